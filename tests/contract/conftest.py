"""What the tests of the contract share: a portal that does not slow down whoever asks much, and its desk."""

import msgspec
import pytest

from revivatech.settings import Settings
from support.desk import Desk, open_desk
from support.people import People
from support.serving import Served

# Above anything that these tests ask in a minute; the limit itself is tested where it is at home.
UNHURRIED = 1_000_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As everywhere, without a limit on how much one account may ask."""
    return msgspec.structs.replace(settings, api_rate_limit=UNHURRIED)


@pytest.fixture
async def desk(served: Served, people: People) -> Desk:
    """The shop's desk."""
    return await open_desk(served, people)
