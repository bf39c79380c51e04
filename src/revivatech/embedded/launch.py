"""The first moments of a server process: tie its life to ours, step down from root, become the server.

Run by path with the options -I -S (never imported by the program), so that it starts in about 15 ms:
`launch.py PARENT SIGNAL UID GID PASS PROGRAM ARGUMENT...`. It is a process of its own rather than a `preexec_fn`
because Python code between fork and exec may deadlock in a program with threads.
"""

import contextlib
import ctypes
import os
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_SECUREBITS: Final = 28
SECBIT_NO_SETUID_FIXUP: Final = 1 << 2
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_RAISE: Final = 2
CAP_DAC_OVERRIDE: Final = 1
CAPABILITY_VERSION_3: Final = 0x20080522
CLOSED: Final = "a folder above the program or its data is closed to other users and root may not let them pass here"


def main() -> None:
    """Become the program of the command line; ends with one line on stderr when the system refuses."""
    parent, death_signal, uid, gid, may_pass = (int(word) for word in sys.argv[1:6])
    program, arguments = sys.argv[6], sys.argv[6:]
    libc = ctypes.CDLL(None, use_errno=True)
    if uid:
        try:
            step_down(libc, uid, gid, may_pass=bool(may_pass))
        except OSError as error:
            sys.exit(f"FATAL:  {CLOSED if may_pass else 'root may not become another user here'} ({error.strerror})")
    if sys.platform == "linux":
        # After the change of user, which would clear it. The signal comes when the thread that started us ends.
        call(libc, "prctl", PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        sys.exit("the program that asked for this server is gone")
    os.execv(program, arguments)  # noqa: S606 - becoming the server is what this file is for


def step_down(libc: ctypes.CDLL, uid: int, gid: int, *, may_pass: bool) -> None:
    """Become user `uid`; with `may_pass` keep the one capability that opens folders closed to that user."""
    if may_pass:
        # Capabilities then survive the change of user, and access(2), with which PostgreSQL looks at its own
        # programs, heeds them.
        call(libc, "prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([gid])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if may_pass:
        keep_only(libc, CAP_DAC_OVERRIDE)


def keep_only(libc: ctypes.CDLL, capability: int) -> None:
    """Keep one capability, through exec too, and drop all others."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; low words, high words
    call(libc, "capset", header, sets)
    call(libc, "prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def call(libc: ctypes.CDLL, name: str, *arguments: object) -> None:
    """Call a function of the C library; raises OSError with its errno when it fails."""
    # prctl is variadic: its arguments must be passed as whole words.
    words = [ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments]
    if libc[name](*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"FATAL:  {error}\n")
        sys.exit(1)
