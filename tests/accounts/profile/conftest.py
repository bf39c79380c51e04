"""What the tests of the profile share."""

import io
from collections.abc import Callable

import psycopg
import pytest
from PIL import Image

from revivatech.settings import Settings


@pytest.fixture
def sql(settings: Settings) -> Callable[..., list[tuple[object, ...]]]:
    """Ask the test's database beside the program, as `sql(statement, parameters)`."""

    def ask(statement: str, parameters: object = ()) -> list[tuple[object, ...]]:
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    return ask


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A JPEG with a place in its EXIF."""
    exif = Image.Exif()
    exif[0x010E] = "canary-of-the-place"
    target = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(target, "JPEG", exif=exif)
    return target.getvalue()
