"""The secret that nobody gave: made once, kept for its owner's eyes, and whole."""

import stat
from pathlib import Path

import pytest

from revivatech.settings import Settings, SettingsError, with_secret


def test_the_secret_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    """Two reads give the same; nobody else may read the file, and nothing is left beside it."""
    data = tmp_path / "new" / "data"
    first, second = with_secret(Settings(data=data)), with_secret(Settings(data=data))

    assert first.secret_key == second.secret_key
    assert [file.name for file in data.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600


def test_half_a_secret_signs_nothing(tmp_path: Path) -> None:
    """A file that a full disk has left empty is refused: anybody could sign with what is in it."""
    (tmp_path / "secret-key").write_text("")

    with pytest.raises(SettingsError, match="holds no whole secret"):
        with_secret(Settings(data=tmp_path))
