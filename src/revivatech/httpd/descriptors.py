"""The limit of open files, which is the limit of connections, too."""

import resource
from contextlib import suppress

# Files, logs, Valkey, SMTP, the event loop; the database's connections come on top.
RESERVED = 128
LEAST = 16


def most_connections(wanted: int, reserved: int = 0) -> int:
    """Return how many connections this process may hold: `wanted`, or fewer where the system allows no more.

    The soft limit of open files is raised as far as that takes and the hard limit allows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED + reserved
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    raised = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    # Some systems have yet another limit, below the one that they name.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        soft = raised
    return max(LEAST, min(wanted, soft - RESERVED - reserved))
