"""A program of its own that starts the embedded servers, so that tests can end it in every rude way.

`holder.py DATA [orphans]` prints one JSON line when the servers are up, then waits: for Ctrl-C, for a line on its input
(an orderly stop), or for whatever kills it. With `orphans` its servers outlive it, as on a system without Linux's
signal at the parent's death.
"""

import json
import signal
import sys
import tempfile
from pathlib import Path

from revivatech.embedded import EmbeddedError, EmbeddedServices, processes


def main() -> None:
    """Hold the data folder of the command line."""
    # A shell without job control starts what runs in the background deaf to Ctrl-C, and the deafness is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    data = Path(sys.argv[1])
    if "orphans" in sys.argv:
        processes.LAUNCHER = _launcher_without_death_signal()
    said: list[str] = []
    try:
        services = EmbeddedServices.start(data, log=said.append)
    except EmbeddedError as error:
        _answer({"error": str(error)})
        return
    try:
        _answer({"pids": services.pids, "url": services.database_url, "redis": services.redis_url, "said": said})
        sys.stdin.readline()
    except KeyboardInterrupt:
        _answer({"alive": [Path(f"/proc/{pid}").exists() for pid in services.pids.values()]})
    services.stop()
    _answer({"stopped": True})


def _answer(words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _launcher_without_death_signal() -> Path:
    source = processes.LAUNCHER.read_text()
    copy = Path(tempfile.mkdtemp(), "launch.py")
    copy.write_text(source.replace('sys.platform == "linux"', "False"))
    return copy


if __name__ == "__main__":
    main()
