"""What the machine gives at the moment: without it no figure of a shared machine says anything."""

import os
import time

# Above this share of the cores somebody else is working, and CPU times are up to three times what they are alone.
BUSY = 0.5


def loop_ms() -> float:
    """CPU milliseconds of a bare Python loop of a million steps, the best of three: the machine's speed now."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        rest = 0
        for number in range(1_000_000):
            rest += number * number % 7
        best = min(best, (time.process_time() - began) * 1000)
    return best


def load() -> float:
    """Return how many processes wanted a core during the last minute."""
    return os.getloadavg()[0]


def is_busy() -> bool:
    """Return whether others work here; asked before the bench has begun to."""
    return load() > BUSY * (os.cpu_count() or 1)


def said() -> str:
    """The machine in words."""
    return f"{os.cpu_count()} cores, load {load():.1f}, a bare loop of a million steps takes {loop_ms():.0f} ms of CPU"
