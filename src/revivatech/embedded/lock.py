"""One program a data folder: a lock that the kernel lets go of when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from revivatech.embedded.errors import EmbeddedError


class FolderLock:
    """The held lock of a data folder; it is held until `release` or until this process ends."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Take the lock file `path` of `folder`; raises EmbeddedError naming the process that has it."""
        # Opened without the means to be inherited: a server that outlives us must not keep our lock.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, 20).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise EmbeddedError(
                f"The data folder {folder} is in use by process {holder}; stop that one first or choose another folder."
            ) from None
        except OSError:
            os.close(self._file)
            raise
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let go of the folder. The file stays: removing it could remove the lock that another process just took."""
        os.ftruncate(self._file, 0)
        os.close(self._file)
