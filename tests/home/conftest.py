"""What the tests of the dashboard share."""

import pytest

from revivatech.db import Database
from support.people import People
from support.repairing import Actors, Bench, actors_of


@pytest.fixture
def actors(people: People) -> Actors:
    """Anna and Ben, Tom the technician, Fay of the front desk, Mia the manager."""
    return actors_of(people)


@pytest.fixture
def bench(db: Database, actors: Actors) -> Bench:
    """The shop at work."""
    return Bench(db, actors)
