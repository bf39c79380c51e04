"""What the tests of joining share: a mailbox, a browser's headers, somebody who registers."""

import pytest

from support.mailbox import Mailbox
from support.serving import SAME_ORIGIN, Served

NEWCOMER = {
    "email": "Nora@Newcomers.example",
    "password": "blue horses dance at noon",
    "firstName": "Nora",
    "lastName": "Nilsen",
    "acceptTerms": True,
}


@pytest.fixture
def mailbox(served: Served) -> Mailbox:
    """What people were sent."""
    return Mailbox(served)


@pytest.fixture
def newcomer() -> dict[str, object]:
    """What somebody registers with."""
    return dict(NEWCOMER)


@pytest.fixture
def visitor(served: Served) -> dict[str, str]:
    """The headers of a browser in which nobody is signed in."""
    return {**SAME_ORIGIN, "Origin": served.url}
