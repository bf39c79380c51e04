"""A second factor that is lost: an admin helps a colleague, a manager a customer; nobody helps themselves."""

from typing import Any

import psycopg
import pytest

from support.factors import challenge, mails_to, second_step, turn_on
from support.mailbox import Mailbox
from support.people import PASSWORD, People
from support.serving import Served

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "a harbour of seven lanterns"


def audit(served: Served) -> list[tuple[Any, ...]]:
    """The last entry of the log of what staff did to accounts."""
    with psycopg.connect(served.settings.database_url) as connection:
        return connection.execute(
            "SELECT action, user_id, customer_id, facts FROM staff_audit_log ORDER BY created_at DESC LIMIT 1"
        ).fetchall()


async def test_r38_an_admin_takes_a_colleagues_lost_factor_off(served: Served, people: People) -> None:
    """With proof of their own; sessions, waiting sign-ins and the old password end, and a mail leads to a new one."""
    await turn_on(served, people.tom)
    tom = await challenge(served, people.tom)
    ada, mia = await served.sign_in(people.ada), await served.sign_in(people.mia)
    path = f"/api/staff/users/{people.tom.id}/2fa/reset"

    refused = [
        await served.client.post(path, headers=mia, json={"password": PASSWORD}),
        await served.client.post(path, headers=ada, json={"password": "something else entirely"}),
        await served.client.post(
            f"/api/staff/users/{people.ada.id}/2fa/reset", headers=ada, json={"password": PASSWORD}
        ),
        await served.client.post(
            f"/api/staff/users/{people.fay.id}/2fa/reset", headers=ada, json={"password": PASSWORD}
        ),
    ]
    done = await served.client.post(path, headers=ada, json={"password": PASSWORD})
    again = await served.client.post(path, headers=ada, json={"password": PASSWORD})

    assert [answer.status_code for answer in refused] == [403, 403, 403, 409]
    assert (done.status_code, done.json()["twoFactorEnabled"]) == (200, False)
    assert again.status_code == 409
    assert (await second_step(served, people.tom, tom, code="000000")).status_code == 401
    known = {"email": people.tom.email, "password": PASSWORD}
    assert (await served.client.post("/api/staff/auth/login", json=known)).status_code == 401
    assert audit(served) == [("staff_factor_reset", people.tom.id, None, {})]
    token = await Mailbox(served).token(people.tom.email, "taken off")
    chosen = {"token": token, "password": NEW_PASSWORD}
    assert (await served.client.post("/api/staff/auth/reset-password", json=chosen)).status_code == 204
    signed_in = await served.client.post(
        "/api/staff/auth/login", json={"email": people.tom.email, "password": NEW_PASSWORD}
    )
    assert "accessToken" in signed_in.json()


async def test_r38_who_has_a_factor_proves_it_before_helping(served: Served, people: People) -> None:
    """The helper's password alone is not enough where their account asks for a code."""
    await turn_on(served, people.tom)
    app = await turn_on(served, people.ada)
    signed_in = await second_step(served, people.ada, await challenge(served, people.ada), code=app.code())
    ada = {"Authorization": f"Bearer {signed_in.json()['accessToken']}"}
    path = f"/api/staff/users/{people.tom.id}/2fa/reset"

    without = await served.client.post(path, headers=ada, json={"password": PASSWORD})
    with_code = await served.client.post(path, headers=ada, json={"password": PASSWORD, "code": app.code()})

    assert (without.status_code, without.json()["errors"][0]["field"]) == (403, "code")
    assert with_code.status_code == 200


async def test_r38_a_manager_helps_a_customer_and_says_how_they_knew(served: Served, people: People) -> None:
    """The check of identity is on record; the customer reads of it and is mailed; the front desk may not."""
    anna = await served.sign_in(people.anna)
    await turn_on(served, people.anna)
    mia, fay = await served.sign_in_browser(people.mia), await served.sign_in_browser(people.fay)
    page = f"/staff/customers/{people.anna.id}"
    fields = {"password": PASSWORD, "identity": "id_document"}

    offered = (await served.client.get(page, headers=mia)).text
    hidden = (await served.client.get(page, headers=fay)).text
    refused = [
        await served.client.post(f"{page}/reset-factor", headers=fay, data=fields),
        await served.client.post(f"{page}/reset-factor", headers=mia, data=fields | {"identity": "a_feeling"}),
        await served.client.post(f"{page}/reset-factor", headers=mia, data=fields | {"password": "wrong"}),
    ]
    done = await served.client.post(f"{page}/reset-factor", headers=mia, data=fields)

    assert f'action="{page}/reset-factor"' in offered
    assert "reset-factor" not in hidden
    assert "A manager takes two-step sign-in off" in hidden
    assert [answer.status_code for answer in refused] == [403, 422, 403]
    assert "Say how you made sure who it is." in refused[1].text
    assert 'value="wrong"' not in refused[2].text
    assert (done.status_code, done.headers["location"]) == (303, f"{page}?said=factor")
    assert (await served.client.get("/api/customer/profile", headers=anna)).status_code == 401
    assert audit(served) == [("customer_factor_reset", None, people.anna.id, {"identity": "id_document"})]
    assert (await mails_to(served, people.anna))[-1] == "second_factor_reset"
