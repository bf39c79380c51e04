"""The locks fix what is installed, and say nothing of where it comes from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
LINE = re.compile(r"[a-z0-9][a-z0-9.\-]*==[^ ]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")


def test_there_are_locks() -> None:
    """Running, testing, checking and building are each locked."""
    assert [lock.stem for lock in LOCKS] == ["build", "check", "run", "test"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_versions_and_hashes_only(lock: Path) -> None:
    """Each line is an exact version or a hash of it: no address, no path, nothing without a hash."""
    strange = [line for line in lock.read_text().splitlines() if not LINE.fullmatch(line)]

    assert strange == []


def test_what_runs_is_what_is_tested_and_checked() -> None:
    """The later locks have the versions of the earlier ones."""
    run, test, check = (_versions(ROOT / "requirements" / f"{name}.lock") for name in ("run", "test", "check"))

    assert run.items() <= test.items() <= check.items()


def _versions(lock: Path) -> dict[str, str]:
    lines = [line for line in lock.read_text().splitlines() if "==" in line]
    return {line.partition("==")[0]: line.partition("==")[2].split(" ")[0] for line in lines}
