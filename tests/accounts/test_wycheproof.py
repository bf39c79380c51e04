"""Wycheproof's cases for JSON Web Signatures: refused or accepted as their file says.

The file is shared by the portal's projects and lies beside the repository; without it these tests are skipped.
"""

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
import pytest

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets import access_tokens
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.keys import Key, Keyring
from revivatech.settings import Settings

FILE = Path(__file__).parents[2].parent / "shared" / "contracts" / "jose" / "json_web_signature_test.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the shared contracts do not lie beside the repository")

# In this copy of the file these two are, byte for byte, the token of case 357, which it calls valid.
SAME_AS_VALID = {367, 370}
# The file lets a `?` in the middle of base64url pass; RFC 7515 (2, and RFC 4648, 3.3) does not, and neither do we.
STRICTER = {372, 373}

REALMS: tuple[Realm, ...] = ("customer", "staff")

SETTINGS = Settings(secret_key=("a secret of more than enough characters for this test",))


def groups() -> list[dict[str, Any]]:
    """The groups of the file: a key and its cases each."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text())["testGroups"] if FILE.exists() else []
    return found


class Case(NamedTuple):
    """A case of the file, and the key that it comes with."""

    number: int
    key: dict[str, Any]
    token: bytes
    is_valid: bool


def cases() -> list[Case]:
    """All of them. Read once: hundreds of tests for hundreds of lines of one file would only be collected slowly."""
    return [
        Case(test["tcId"], key, text_of(test), test["result"] == "valid")
        for group in groups()
        for key in [group.get("private") or group.get("key") or group["public"]]
        for test in group["tests"]
    ]


def is_ours(case: Case) -> bool:
    """Whether its key is for the algorithm that we sign with."""
    return bool(case.key.get("alg") == "HS256")


def text_of(case: dict[str, Any]) -> bytes:
    """The token as it would come behind `Bearer`; some are JSON objects instead."""
    jws = case["jws"]
    return (jws if isinstance(jws, str) else json.dumps(jws)).encode()


def secret_of(key: dict[str, Any]) -> bytes:
    """The bytes of a symmetric key."""
    return base64.urlsafe_b64decode(key["k"] + "==")


def is_verified(token: bytes, key: bytes) -> bool:
    """Whether the check that every access token passes lets this one through."""
    try:
        access_tokens.verify(token, key)
    except (jwt.PyJWTError, ValueError):
        return False
    return True


def test_the_file_is_the_one_that_we_know() -> None:
    """401 cases, 40 of them with a key for HS256, each with a verdict."""
    assert len(cases()) == len({case.number for case in cases()}) == 401
    assert sum(map(is_ours, cases())) == 40
    assert {test["result"] for group in groups() for test in group["tests"]} == {"valid", "invalid"}


def test_hs256_is_judged_as_the_file_says() -> None:
    """Our check of signatures, with each case's key; four are judged otherwise, for the reason given above."""
    judged_otherwise = {
        case.number
        for case in filter(is_ours, cases())
        if is_verified(case.token, secret_of(case.key)) is not case.is_valid
    }
    assert judged_otherwise == SAME_AS_VALID | STRICTER


def test_the_exceptions_are_what_is_said_of_them() -> None:
    """Two are the valid token itself, with its key; two are valid but for a letter that is none."""
    known = {case.number: case for case in cases()}
    assert known[357].is_valid
    for number in SAME_AS_VALID:
        assert not known[number].is_valid
        assert (known[number].token, known[number].key) == (known[357].token, known[357].key)
    for number in STRICTER:
        assert known[number].is_valid
        assert known[number].token != known[357].token == known[number].token.replace(b"?", b"")


def test_other_algorithms_are_refused_by_our_check() -> None:
    """With whatever of the case's key could be taken for a secret: its public numbers, or nothing at all."""
    assert [
        case.number
        for case in cases()
        if not is_ours(case)
        for secret in {str(case.key.get(name, "")) for name in ("n", "x", "k")}
        if is_verified(case.token, secret.encode())
    ] == []


def test_r17_none_of_them_is_an_access_token() -> None:
    """Even if its key were ours: what a case says is never what our tokens say, so the well-signed fall as well."""
    ours = AccessTokens(SETTINGS)
    let_in = []
    for case in cases():
        if case.key.get("kty") == "oct":
            # No setting leads there.
            ours._keys = Keyring((Key(str(case.key.get("kid", "")), secret_of(case.key)),))  # noqa: SLF001
        let_in += [(case.number, realm) for realm in REALMS if ours.prove(realm, case.token) is not None]
    assert let_in == []


def test_a_token_of_ours_passes_the_same_check() -> None:
    """The refusals above are not because nothing passes; with a letter that is none, it passes no more."""
    ours = AccessTokens(SETTINGS)
    token = ours.issue("customer", uuid4(), uuid4(), "customer").encode()
    assert is_verified(token, ours._keys.first.value)  # noqa: SLF001 - the key that signs
    for part in range(3):
        for letter in (b"?", b"=", b"\n", b" ", b"+"):
            parts = token.split(b".")
            parts[part] = parts[part][:5] + letter + parts[part][5:]
            assert not is_verified(b".".join(parts), ours._keys.first.value)  # noqa: SLF001 - as above
            assert ours.prove("customer", b".".join(parts)) is None
    assert ours.prove("customer", token) is not None
