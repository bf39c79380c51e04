"""The challenges of proof of work: ours, in time, for one address of one realm, and used once."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets import proof_of_work
from revivatech.accounts.secrets.proof_of_work import (
    BASE_BITS,
    LIFE_SECONDS,
    is_right,
    level_of,
    new_challenge,
    spend,
)
from revivatech.db import Database
from revivatech.settings import Settings
from support.proving import solve

EMAIL = "anna@customers.example"
SECRETS = ("an earlier secret of forty characters here", "a later secret that is as long as the other")


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that takes a test no time."""
    monkeypatch.setattr(proof_of_work, "BASE_BITS", 6)


def proof_for(settings: Settings, realm: Realm = "customer", email: str = EMAIL, level: int = 0) -> str:
    """A right answer to a fresh challenge."""
    challenge = new_challenge(settings, realm, email, level)
    return solve({name: getattr(challenge, name) for name in challenge.__struct_fields__})


def test_a_proof_is_for_its_realm_and_address_alone() -> None:
    """Another realm, another address, another shop: refused."""
    settings = Settings(secret_key=SECRETS[:1])
    proof = proof_for(settings, level=2)

    assert is_right(settings, "customer", EMAIL, proof)
    assert not is_right(settings, "staff", EMAIL, proof)
    assert not is_right(settings, "customer", "ben@customers.example", proof)
    assert not is_right(Settings(secret_key=SECRETS[1:]), "customer", EMAIL, proof)
    # A new key in front of the old one takes nothing from those who are solving.
    assert is_right(Settings(secret_key=SECRETS[::-1]), "customer", EMAIL, proof)


def test_a_proof_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five minutes after its challenge it is no good."""
    settings = Settings(secret_key=SECRETS)
    proof = proof_for(settings)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LIFE_SECONDS)

    assert not is_right(settings, "customer", EMAIL, proof)


@given(st.data())
def test_no_altered_proof_is_right(data: st.DataObject) -> None:
    """One character other, one more or one less, of token or number: never a right proof, never an error."""
    settings = Settings(secret_key=SECRETS)
    proof = proof_for(settings)
    at = data.draw(st.integers(0, 999)) % len(proof)
    letter = data.draw(st.sampled_from("AZaz09-_=.+/ \u0664\u00e9\0"))
    rest = proof[at:] if data.draw(st.booleans()) else proof[at + 1 :]
    altered = proof[:at] + letter + rest

    # Zeros in front of the number write the same number.
    token, _, number = altered.partition(".")
    same = token == proof.partition(".")[0] and number.isascii() and number.isdigit()
    if not (same and int(number) == int(proof.partition(".")[2])):
        assert not is_right(settings, "customer", EMAIL, altered)


@given(st.text())
@example("")
@example("." * 200)
@example("A" * 76 + "." + "9" * 5000)
def test_nonsense_is_no_proof(text: str) -> None:
    """Whatever somebody sends is looked at and refused."""
    assert not is_right(Settings(secret_key=SECRETS), "customer", EMAIL, text)


@pytest.mark.parametrize(
    ("failures", "level"), [(0, 0), (1000, 0), (1999, 0), (2000, 1), (4001, 2), (8000, 3), (10**9, 3)]
)
def test_work_doubles_with_the_failures_over_the_limit(failures: int, level: int) -> None:
    """A phone never gets more than eight times the base."""
    assert level_of(failures, 1000) == level
    assert BASE_BITS + level <= 20


@pytest.mark.anyio
async def test_a_proof_is_used_once_and_not_by_what_was_rolled_back(settings: Settings, db: Database) -> None:
    """Of two uses one succeeds, however its number is written; a transaction that fails uses nothing."""
    proof = proof_for(settings)

    async def spend_in_vain() -> None:
        async with db.transaction() as tx:
            assert await spend(tx, settings, "customer", EMAIL, proof)
            raise LookupError

    with pytest.raises(LookupError):
        await spend_in_vain()
    async with db.transaction() as tx:
        assert await spend(tx, settings, "customer", EMAIL, proof)
    async with db.transaction() as tx:
        assert not await spend(tx, settings, "customer", EMAIL, proof)
        assert not await spend(tx, settings, "customer", EMAIL, proof.replace(".", ".0"))
