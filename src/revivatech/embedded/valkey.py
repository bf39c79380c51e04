"""The embedded Valkey: cache, limits and presence, all of which may be lost, so nothing is written to disk."""

import os
import socket
import subprocess

from revivatech.embedded.folder import DataFolder
from revivatech.embedded.processes import Launcher, end_leftovers
from revivatech.embedded.programs import Binaries

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "128mb",
    "maxmemory-policy": "allkeys-lru",
    "daemonize": "no",
    "logfile": "",
}


def start(
    folder: DataFolder, programs: Binaries, launcher: Launcher
) -> tuple[subprocess.Popen[bytes], tuple[int, ...]]:
    """The server, on its way up, and the process ids of an earlier run's server that had to be ended first."""
    ended = end_leftovers("valkey-server", folder.valkey_pid, (str(folder.valkey), str(folder.valkey_socket)))
    folder.valkey_socket.unlink(missing_ok=True)
    paths = {"dir": folder.valkey, "pidfile": folder.valkey_pid, "unixsocket": folder.valkey_socket}
    arguments: list[str] = []
    for name, value in (SETTINGS | {key: str(path) for key, path in paths.items()}).items():
        arguments += [f"--{name}", value]
    log = os.open(folder.valkey_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        return launcher.start(programs.valkey_server, arguments, cwd=folder.valkey, output=log), ended
    finally:
        os.close(log)


def is_ready(folder: DataFolder) -> bool:
    """Return whether the server answers a PING."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(folder.valkey_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
