"""Preferences as JSON: the specification's switches, and the matrix behind them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.notifications.preferences.contracts import MatrixChange, Switches
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

SWITCHES = "/api/customer/preferences"
MATRIX = "/api/customer/notifications/preferences"
NAMES = [
    "emailNotifications",
    "smsNotifications",
    "pushNotifications",
    "marketingEmails",
    "repairUpdates",
    "quoteNotifications",
    "chatNotifications",
]


async def test_r132_the_switches_of_somebody_new(served: Served, people: People) -> None:
    """All are on but advertising, under the specification's names."""
    answer = await served.client.get(SWITCHES, headers=await served.sign_in(people.anna))

    switches = {name: name != "marketingEmails" for name in NAMES}
    assert answer.json() == switches | {"theme": "system", "dashboardLayout": {}}
    assert len(Switches.__struct_fields__) == len(NAMES) + 2


async def test_put_then_get_gives_back_the_same(served: Served, people: People) -> None:
    """For switches and for the matrix, in turns, each seen by the other as the page of documentation says."""
    anna = await served.sign_in(people.anna)
    client = served.client

    some = {"emailNotifications": False, "repairUpdates": True, "marketingEmails": True, "chatNotifications": False}
    answer = await client.put(SWITCHES, json=some, headers=anna)
    again = await client.get(SWITCHES, headers=anna)
    assert answer.status_code == 200
    assert answer.json() == again.json()
    assert some.items() <= again.json().items()

    seen = (await client.get(MATRIX, headers=anna)).json()["matrix"]
    assert not any(row["email"] for row in seen.values())
    assert not any(seen["messages"].values())
    assert seen["repairUpdates"]["sms"]

    change = {"quotes": {"email": True, "sms": True}, "repairUpdates": {"sms": False}}
    answer = await client.put(
        MATRIX, json={"matrix": change, "quietHours": {"from": "22:00", "to": "07:00"}}, headers=anna
    )
    document = (await client.get(MATRIX, headers=anna)).json()
    assert answer.json() == document
    assert document["quietHours"] == {"from": "22:00", "to": "07:00"}
    for topic, row in seen.items():
        assert document["matrix"][topic] == row | change.get(topic, {})
    assert (await client.get(SWITCHES, headers=anna)).json()["emailNotifications"]

    answer = await client.put(MATRIX, json={"quietHours": None}, headers=anna)
    assert answer.json() == document | {"quietHours": None}


async def test_look_and_dashboard_are_preferences_too(served: Served, people: People) -> None:
    """The specification keeps them here: stored, given back, and left alone by a change of something else."""
    anna = await served.sign_in(people.anna)
    wanted = {"theme": "dark", "dashboardLayout": {"parts": ["activity", "stats"]}}

    answer = await served.client.put(SWITCHES, json=wanted, headers=anna)
    assert wanted.items() <= answer.json().items()
    answer = await served.client.put(SWITCHES, json={"smsNotifications": False}, headers=anna)
    assert wanted.items() <= answer.json().items()
    answer = await served.client.put(SWITCHES, json=answer.json(), headers=anna)
    assert wanted.items() <= answer.json().items()
    answer = await served.client.put(SWITCHES, json={"dashboardLayout": {}}, headers=anna)
    assert answer.json()["dashboardLayout"] == {}
    assert answer.json()["theme"] == "dark"


@given(
    change=st.dictionaries(
        st.sampled_from(["repairUpdates", "quotes", "messages", "appointments", "invoices", "marketing"]),
        st.dictionaries(st.sampled_from(["email", "sms", "push"]), st.booleans()),
    )
)
def test_every_change_of_the_matrix_is_understood(change: dict[str, Any]) -> None:
    """Any choice of topics and channels is a body."""
    import msgspec  # noqa: PLC0415

    assert msgspec.convert(change, MatrixChange) is not None


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (SWITCHES, {"emailNotification": False}),
        (SWITCHES, {"emailNotifications": "no"}),
        (SWITCHES, {"emailNotifications": None}),
        (SWITCHES, {"theme": "dark", "customerId": "x"}),
        (SWITCHES, {"theme": "pink"}),
        (SWITCHES, {"dashboardLayout": {"parts": ["secrets"]}}),
        (SWITCHES, {"dashboardLayout": {"columns": 3}}),
        (SWITCHES, []),
        (MATRIX, {"matrix": {"security": {"email": False}}}),
        (MATRIX, {"matrix": {"quotes": {"fax": True}}}),
        (MATRIX, {"matrix": {"quotes": True}}),
        (MATRIX, {"quietHours": {"from": "22:00"}}),
        (MATRIX, {"quietHours": {"from": "24:00", "to": "07:00"}}),
        (MATRIX, {"quietHours": {"from": "22:00:30", "to": "07:00"}}),
        (MATRIX, {"quietHours": {"from": "07:00", "to": "07:00"}}),
        (MATRIX, {"matrix": {"quotes": {"sms": True}}, "quietHours": {"from": "x", "to": "07:00"}}),
        (MATRIX, {"emailNotifications": False}),
    ],
)
async def test_r42_what_is_not_offered_is_refused(served: Served, people: People, address: str, body: Any) -> None:
    """Unknown fields, other types, times that are none: 422, and nothing has changed."""
    anna = await served.sign_in(people.anna)
    before = [(await served.client.get(path, headers=anna)).json() for path in (SWITCHES, MATRIX)]

    answer = await served.client.put(address, json=body, headers=anna)

    assert answer.status_code == 422, answer.text
    assert before == [(await served.client.get(path, headers=anna)).json() for path in (SWITCHES, MATRIX)]


async def test_r132_the_consent_s_words_come_with_their_version(served: Served, people: People) -> None:
    """A client can show what it asks for, and since when it holds."""
    anna = await served.sign_in(people.anna)

    before = (await served.client.get(MATRIX, headers=anna)).json()["marketingConsent"]
    await served.client.put(SWITCHES, json={"marketingEmails": True}, headers=anna)
    after = (await served.client.get(MATRIX, headers=anna)).json()["marketingConsent"]

    assert before["text"]
    assert before["since"] is None
    assert after["since"].endswith("Z")
    assert after["sinceVersion"] == after["textVersion"] == before["textVersion"]


async def test_the_answer_says_which_channels_there_are(served: Served, people: People) -> None:
    """Mail always; SMS and push are not offered by a shop that has none."""
    answer = await served.client.get(MATRIX, headers=await served.sign_in(people.anna))

    assert answer.json()["available"] == {"email": True, "sms": False, "push": False}
