"""Second factors as their owners have them: an app that shows codes, and recovery codes on paper."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pyotp

from support.people import Person
from support.serving import Served


@dataclass(slots=True)
class App:
    """An authenticator app with one secret. It shows a code at most once: the next one it is asked for is fresh."""

    served: Served
    person: Person
    secret: str
    recovery_codes: list[str] = field(default_factory=list)

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many half minutes later; an earlier one is forgotten, as if time had passed."""
        table, owner = (
            ("customer_authenticators", "customer_id")
            if self.person.realm == "customer"
            else ("staff_authenticators", "user_id")
        )
        with psycopg.connect(self.served.settings.database_url) as connection:
            connection.execute(
                f"UPDATE {table} SET last_step = 0 WHERE {owner} = %s",  # noqa: S608 - one of two names
                [self.person.id],
            )
        return self.shown(steps)

    def shown(self, steps: int = 0) -> str:
        """The code of now, or of so many half minutes later, used before or not."""
        return pyotp.TOTP(self.secret).generate_otp(int(time.time()) // 30 + steps)


async def turn_on(served: Served, person: Person) -> App:
    """Give the person two-step sign-in, by a session of their own that ends with it."""
    headers = await served.sign_in(person)
    base = f"/api/{person.realm}/profile/2fa"
    enabled = await served.client.post(f"{base}/enable", headers=headers, json={"password": person.password})
    assert enabled.status_code == 200, enabled.text
    secret = enabled.json()["secret"].replace(" ", "")
    proven = await served.client.post(
        f"{base}/verify", headers=headers, json={"code": pyotp.TOTP(secret).at(time.time())}
    )
    assert proven.status_code == 200, proven.text
    return App(served, person, secret, proven.json()["recoveryCodes"])


async def challenge(served: Served, person: Person) -> str:
    """The challenge token after the right password."""
    answer = await served.client.post(
        f"/api/{person.realm}/auth/login", json={"email": person.email, "password": person.password}
    )
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert set(data) == {"twoFactorRequired", "challengeToken"}
    assert data["twoFactorRequired"] is True
    return str(data["challengeToken"])


async def second_step(served: Served, person: Person, token: str, **answer: str) -> httpx.Response:
    """The answer to the second step."""
    body: dict[str, Any] = {"challengeToken": token, **answer}
    return await served.client.post(f"/api/{person.realm}/auth/login/2fa", json=body)


async def mails_to(served: Served, person: Person) -> list[str]:
    """The subjects of the mails that the person was or will be sent, the oldest first, by their kind."""
    owner = "customer_id" if person.realm == "customer" else "user_id"
    with psycopg.connect(served.settings.database_url) as connection:
        rows = connection.execute(
            f"SELECT kind FROM account_mails WHERE {owner} = %s ORDER BY id",  # noqa: S608 - one of two names
            [person.id],
        ).fetchall()
    return [str(row[0]) for row in rows]
