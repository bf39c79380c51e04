"""What the tests of the profile share."""

from collections.abc import Callable

import psycopg
import pytest

from revivatech.settings import Settings
from support.pictures import jpeg


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
    return jpeg("canary-of-the-place")
