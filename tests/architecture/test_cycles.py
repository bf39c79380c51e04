"""No packages that import each other, at any depth."""

from collections.abc import Iterator
from functools import cache

import grimp
import pytest

ROOT = "revivatech"


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(ROOT, exclude_type_checking_imports=True)


def _packages() -> Iterator[str]:
    graph = _graph()
    return (module for module in sorted(graph.modules) if graph.find_children(module))


@pytest.mark.parametrize("package", list(_packages()))
def test_the_parts_of_a_package_import_in_one_direction(package: str) -> None:
    """Among the children of a package, each taken as a whole, there is no cycle of imports."""
    children = sorted(_graph().find_children(package))
    arrows = {child: {other for other in children if other != child and _imports(child, other)} for child in children}

    assert _in_cycles(arrows) == set()


def test_a_cycle_is_found() -> None:
    """The test above can fail."""
    assert _in_cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {"a", "b", "c"}


@cache
def _direct() -> dict[str, set[str]]:
    graph = _graph()
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def _imports(child: str, other: str) -> bool:
    return any(
        target == other or target.startswith(f"{other}.")
        for module, targets in _direct().items()
        if module == child or module.startswith(f"{child}.")
        for target in targets
    )


def _in_cycles(arrows: dict[str, set[str]]) -> set[str]:
    """Return what is left after taking away, again and again, what imports nothing or is imported by nothing."""
    left = {name: set(targets) for name, targets in arrows.items()}
    while True:
        imported = {target for targets in left.values() for target in targets}
        gone = {name for name, targets in left.items() if not targets or name not in imported}
        if not gone:
            return set(left)
        left = {name: targets - gone for name, targets in left.items() if name not in gone}
