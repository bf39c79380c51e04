"""Importing a library without what it would load besides."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """While the block imports, these packages seem not to be installed, unless they are loaded already.

    For libraries that load another one wherever they find it, for a part of themselves that is not used here.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        # What Python itself puts there for a module that must not be found (importlib's own convention).
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
