"""Access tokens: only ours, only of the right kind, realm and time."""

import base64
import hmac
import json
import secrets
import time
from typing import Any
from uuid import uuid4

import jwt
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.keys import keyring
from revivatech.settings import Settings

SECRET = secrets.token_urlsafe(48)
SETTINGS = Settings(secret_key=(SECRET,))
TOKENS = AccessTokens(SETTINGS)
OWNER, SESSION = uuid4(), uuid4()


def good_claims(**changes: Any) -> dict[str, Any]:
    """Claims that hold, but for the changes; a change to None leaves the claim out."""
    now = int(time.time())
    claims = {
        "iss": "revivatech-portal",
        "aud": "customer",
        "sub": str(OWNER),
        "sid": str(SESSION),
        "jti": uuid4().hex,
        "role": "customer",
        "iat": now,
        "exp": now + 900,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def forge(claims: dict[str, Any] | bytes, key: bytes | None = None, **header: Any) -> bytes:
    """A token with any header and claims, signed by our key unless another is given."""
    ours = keyring((SECRET,), "access token").first
    head = {"alg": "HS256", "typ": "at+jwt", "kid": ours.id} | header
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (json.dumps(head).encode(), body))
    signature = hmac.digest(ours.value if key is None else key, signed, "sha256")
    return signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")


def is_good(token: bytes, realm: Realm = "customer", settings: Settings = SETTINGS) -> bool:
    """Whether a process that never saw the token takes it."""
    return AccessTokens(settings).prove(realm, token) is not None


def test_a_token_says_whose_session_it_is() -> None:
    """What was issued is proven, once and again from memory, for its realm alone."""
    token = TOKENS.issue("staff", OWNER, SESSION, "manager").encode()
    for _ in range(2):
        claims = TOKENS.prove("staff", token)
        assert claims is not None
        assert (claims.sub, claims.sid, claims.role) == (OWNER, SESSION, "manager")
        assert TOKENS.prove("customer", token) is None


def test_the_forger_of_these_tests_can_forge() -> None:
    """A token forged with our own key and right claims is taken: the refusals below have their own reasons."""
    assert is_good(forge(good_claims()))


def test_r20_a_token_carries_nothing_personal() -> None:
    """Its claims are ids, times and the role."""
    token = TOKENS.issue("customer", OWNER, SESSION, "customer")
    assert set(jwt.decode(token, options={"verify_signature": False})) == {
        "iss",
        "aud",
        "sub",
        "sid",
        "jti",
        "role",
        "iat",
        "exp",
    }
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"


def test_two_tokens_of_one_second_differ() -> None:
    """Each has an id of its own."""
    assert TOKENS.issue("customer", OWNER, SESSION, "customer") != TOKENS.issue("customer", OWNER, SESSION, "customer")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "NONE"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": None},
        {"kid": "../../dev/null"},
        {"kid": ""},
        {"kid": 7},
        {"kid": None},
        {"jku": "https://evil.example/keys"},
        {"jwk": {"kty": "oct", "k": ""}},
        {"x5u": "https://evil.example/cert"},
        {"x5c": []},
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": False},
        {"typ": "JWT"},
        {"typ": None},
        {"typ": ["at+jwt"]},
        {"zip": "DEF"},
    ],
)
def test_r17_only_our_header_is_taken(header: dict[str, Any]) -> None:
    """Another algorithm, key, type or anything that asks to be obeyed is refused, though our key signed it."""
    assert not is_good(forge(good_claims(), **header))


@pytest.mark.parametrize(
    "key",
    [b"", b"secret", SECRET.encode(), secrets.token_bytes(32)],
    ids=["empty", "guessed", "the secret itself", "random"],
)
def test_r17_only_our_key_is_taken(key: bytes) -> None:
    """Neither an empty key nor the secret itself signs access tokens."""
    assert not is_good(forge(good_claims(), key))


def test_r17_a_stripped_signature_is_refused() -> None:
    """With less than the whole signature there is no token."""
    token = forge(good_claims())
    head, body, signature = token.split(b".")
    for stripped in (
        b".".join((head, body, b"")),
        b".".join((head, body)),
        token[:-2],
        token + b".",
        b".." + signature,
    ):
        assert not is_good(stripped)


@pytest.mark.parametrize("purpose", ["refresh token", "sign-in throttle"])
def test_r18_keys_of_other_purposes_do_not_sign_access_tokens(purpose: str) -> None:
    """What is signed for one purpose is worth nothing for another."""
    other = keyring((SECRET,), purpose).first
    assert not is_good(forge(good_claims(), other.value))
    assert not is_good(forge(good_claims(), other.value, kid=other.id))


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in ("iss", "aud", "sub", "sid", "jti", "role", "iat", "exp")),
        {"exp": int(time.time()) - 1},
        {"exp": str(int(time.time()) + 900)},
        {"exp": time.time() + 900.5},
        {"exp": True},
        {"exp": [1]},
        {"exp": -1},
        {"exp": 10**30},
        {"nbf": int(time.time()) + 86_400},
        {"nbf": "soon"},
        {"iss": "somebody-else"},
        {"iss": ["revivatech-portal"]},
        {"aud": "staff"},
        {"aud": "anybody"},
        {"aud": ["customer"]},
        {"sub": "not-a-uuid"},
        {"sub": 7},
        {"sid": "not-a-uuid"},
        {"iat": "now"},
        {"jti": 7},
    ],
)
def test_r19_missing_or_wrong_claims_are_refused(changes: dict[str, Any]) -> None:
    """Each claim must be there, of its type, and right; nothing of it is a fault."""
    assert not is_good(forge(good_claims(**changes)))


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"NaN", b"Infinity", b"9" * 1000])
def test_r19_numbers_that_are_none_are_refused(number: bytes) -> None:
    """An end of time beyond all time is not one."""
    for claim in ("exp", "iat", "nbf"):
        body = json.dumps(good_claims(**{claim: 123456789})).encode().replace(b"123456789", number)
        assert not is_good(forge(body))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"[" * 1400, b"\xff", b'{"exp": }'])
def test_r19_a_body_that_is_no_claims_is_refused(body: bytes) -> None:
    """Signed nonsense is nonsense."""
    assert not is_good(forge(body))


def test_a_token_is_refused_from_the_second_of_its_end() -> None:
    """Also by the process that has proven it before."""
    now = time.time()
    clock = [now]
    tokens = AccessTokens(SETTINGS, clock=lambda: clock[0])
    token = tokens.issue("customer", OWNER, SESSION, "customer").encode()
    assert tokens.prove("customer", token) is not None
    clock[0] = int(now) + 900
    assert tokens.prove("customer", token) is None


def test_r150_a_new_key_signs_and_the_old_one_still_verifies() -> None:
    """Putting a key in front keeps the old tokens; taking the old one away ends them."""
    new = secrets.token_urlsafe(48)
    old_token = forge(good_claims())
    both = Settings(secret_key=(new, SECRET))
    assert is_good(old_token, settings=both)
    new_token = AccessTokens(both).issue("customer", OWNER, SESSION, "customer").encode()
    assert not is_good(new_token)
    assert is_good(new_token, settings=Settings(secret_key=(new,)))
    assert not is_good(old_token, settings=Settings(secret_key=(new,)))


def test_proven_tokens_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tokens there are, only so many are remembered, and all still hold."""
    monkeypatch.setattr("revivatech.accounts.secrets.access_tokens.MOST_PROVEN", 10)
    tokens = AccessTokens(SETTINGS)
    made = [tokens.issue("customer", OWNER, SESSION, "customer").encode() for _ in range(25)]
    assert all(tokens.prove("customer", token) for token in made)
    assert all(tokens.prove("customer", token) for token in made)
    assert len(tokens._proven) <= 10  # noqa: SLF001 - the bound is the point


@given(st.binary(max_size=300))
def test_any_bytes_are_answered_without_a_fault(junk: bytes) -> None:
    """Whatever stands behind `Bearer` is refused in peace."""
    assert TOKENS.prove("customer", junk) is None


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.integers(), st.lists, max_leaves=5)
)
def test_any_value_as_a_claim_is_answered_without_a_fault(value: Any) -> None:
    """Our own signature under any `exp`, `nbf` or `sub` never makes a fault."""
    for claim in ("exp", "nbf", "sub", "aud"):
        body = json.dumps(good_claims() | {claim: value}).encode()
        claims = TOKENS.prove("customer", forge(body))
        assert claims is None or msgspec.to_builtins(claims)[claim] == value


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_token_with_one_bit_changed_is_refused(place: int, bit: int) -> None:
    """No bit of what is signed can be changed."""
    token = bytearray(forge(good_claims()))
    signed = token.rindex(b".")
    token[place % signed] ^= 1 << bit
    assert TOKENS.prove("customer", bytes(token)) is None
