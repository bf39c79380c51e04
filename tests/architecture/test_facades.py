"""A facade shows functions and types, never modules: what others may call is named one by one."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).parents[2] / "src"
FACADES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in SOURCE.glob("revivatech/*/service.py")
)


@pytest.mark.parametrize("name", FACADES)
def test_a_facade_exports_no_modules(name: str) -> None:
    """What stands in `__all__` is a function, a type or a constant of the slice."""
    facade = import_module(name)
    exported = getattr(facade, "__all__", [])

    assert [each for each in exported if isinstance(getattr(facade, each), ModuleType)] == []


def test_facades_are_found() -> None:
    """The test above can fail: the slices have facades."""
    assert "revivatech.accounts.service" in FACADES
