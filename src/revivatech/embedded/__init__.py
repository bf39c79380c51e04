"""PostgreSQL and Valkey of one data folder, started and stopped by the program itself.

`EmbeddedServices.start(data)` is what a program with nothing configured calls; `running(data)` is for a second command
beside it; `binaries()` names PostgreSQL's own tools. docs/embedded.md tells the whole story.
"""

from revivatech.embedded.errors import EmbeddedError
from revivatech.embedded.folder import Addresses
from revivatech.embedded.os_user import keep_to_own
from revivatech.embedded.programs import Binaries, binaries
from revivatech.embedded.services import EmbeddedServices, running

__all__ = ["Addresses", "Binaries", "EmbeddedError", "EmbeddedServices", "binaries", "keep_to_own", "running"]
