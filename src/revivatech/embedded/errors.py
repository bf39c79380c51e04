"""Errors of the embedded servers, each in one sentence."""

import errno
import getpass
import os
from pathlib import Path

DISK_FULL = (
    "The disk that holds {folder} is full; free some space (a new data folder takes about 100 MB) and start again."
)
READ_ONLY = "The data folder {folder} is on a read-only file system; choose a folder that can be written."
NOT_ALLOWED = (
    "The data folder {folder} may not be written by user {user}; give it to that user or choose another folder."
)
NOT_A_FOLDER = "{path} is a file and not a folder; choose another data folder."


class EmbeddedError(Exception):
    """The embedded servers cannot do as asked; the text is one sentence for the operator."""


def from_os(error: OSError, folder: Path) -> EmbeddedError:
    """The sentence for what the system refused while `folder` was prepared."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            sentence = DISK_FULL.format(folder=folder)
        case errno.EROFS:
            sentence = READ_ONLY.format(folder=folder)
        case errno.EACCES | errno.EPERM:
            sentence = NOT_ALLOWED.format(folder=folder, user=_user())
        case _:
            sentence = f"The data folder {folder} cannot be used: {error.strerror or error}."
    return EmbeddedError(sentence)


def from_output(server: str, output: str, folder: Path, log: Path, user: str | None = None) -> EmbeddedError:
    """The sentence for a server that ended with `output` instead of starting; `log` is where the rest can be read.

    `user` is the server's user when it is not ours.
    """
    known = {
        "No space left on device": DISK_FULL,
        "Disk quota exceeded": DISK_FULL,
        "Read-only file system": READ_ONLY,
        "Permission denied": NOT_ALLOWED,
        "has wrong ownership": NOT_ALLOWED,
    }
    for sign, sentence in known.items():
        if sign in output:
            return EmbeddedError(sentence.format(folder=folder, user=user or _user()))
    return EmbeddedError(f"{server} did not start: {_reason(output)}; the whole story is in {log}.")


def _reason(output: str) -> str:
    """The first line of `output` that names a fault, else the last one, without the words before the fault."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    faults = [line for line in lines if "FATAL" in line or "PANIC" in line or "rror:" in line or "ERROR" in line]
    line = (faults or lines[-1:] or ["it ended without a word"])[0]
    return line.split("FATAL:")[-1].split("error:")[-1].strip().rstrip(".")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        return str(os.geteuid())
