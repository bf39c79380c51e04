"""What a colleague changes of their own account."""

from typing import Any

import pytest

from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

OWN = {"firstName": "Tomás", "lastName": "Berg", "language": "pt-BR", "timezone": "America/Sao_Paulo"}


async def test_r42_a_colleague_changes_name_language_and_zone_and_no_more(served: Served, people: People) -> None:
    """What was sent is what is read; role and address cannot be smuggled in."""
    tom = await served.sign_in(people.tom)
    answer = await served.client.put("/api/staff/profile", headers=tom, json=OWN)

    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in OWN} == OWN
    for smuggled in ({"role": "admin"}, {"email": "x@y.example"}, {"twoFactorEnabled": True}, {"id": "x"}):
        refused = await served.client.put("/api/staff/profile", headers=tom, json=OWN | smuggled)
        assert refused.status_code == 422
    after = (await served.client.get("/api/staff/profile", headers=tom)).json()
    assert (after["role"], after["email"]) == ("technician", people.tom.email)


@pytest.mark.parametrize(
    "wrong",
    [
        {"firstName": ""},
        {"firstName": " \u0000 "},
        {"firstName": "x" * 101},
        {"lastName": "x" * 101},
        {"language": "fr"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
    ],
)
async def test_what_is_wrong_is_refused_and_not_kept(served: Served, people: People, wrong: dict[str, Any]) -> None:
    """Each field is judged; nothing of a refused form stays."""
    tom = await served.sign_in(people.tom)
    before = (await served.client.get("/api/staff/profile", headers=tom)).json()
    answer = await served.client.put("/api/staff/profile", headers=tom, json=OWN | wrong)

    assert answer.status_code == 422
    assert (await served.client.get("/api/staff/profile", headers=tom)).json() == before


async def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(served: Served, people: People) -> None:
    """A refused form comes back with its values; a taken one leads on, in the new language."""
    tom = await served.sign_in_browser(people.tom)
    typed = {"first_name": "", "last_name": "Of the Bench", "language": "pt-BR", "timezone": "Europe/Lisbon"}
    refused = await served.client.post("/staff/account", headers=tom, data=typed)
    assert refused.status_code == 422
    assert "Of the Bench" in refused.text
    assert "A first name has 1 to 100 characters." in refused.text
    taken = await served.client.post("/staff/account", headers=tom, data=typed | {"first_name": "Tomás"})
    assert taken.status_code == 303
    assert 'lang="pt-BR"' in (await served.client.get(taken.headers["location"], headers=tom)).text
