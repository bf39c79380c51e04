"""What the tests of people share."""

import pytest

from support.desk import Desk, open_desk
from support.people import People
from support.serving import Served


@pytest.fixture
async def desk(served: Served, people: People) -> Desk:
    """The desk, with the manager signed in."""
    return await open_desk(served, people)
