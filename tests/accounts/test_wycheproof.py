"""Wycheproof's cases for JSON Web Signatures: refused or accepted as their file says.

The file is shared by the portal's projects and lies beside the repository; without it these tests are skipped.
"""

import base64
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from revivatech.accounts import tokens
from revivatech.accounts.keys import Key, Keyring
from revivatech.accounts.tokens import AccessTokens
from revivatech.settings import Settings

FILE = Path(__file__).parents[2].parent / "shared" / "contracts" / "jose" / "json_web_signature_test.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the shared contracts do not lie beside the repository")

# In this copy of the file these two are, byte for byte, the token of case 357, which it calls valid.
SAME_AS_VALID = {367, 370}
# The file lets a `?` in the middle of base64url pass; RFC 7515 (2, and RFC 4648, 3.3) does not, and neither do we.
STRICTER = {372, 373}

SETTINGS = Settings(secret_key=("a secret of more than enough characters for this test",))


def groups() -> list[dict[str, Any]]:
    """The groups of the file: a key and its cases each."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text())["testGroups"] if FILE.exists() else []
    return found


def cases(*, ours: bool) -> list[Any]:
    """A case each: its key, its token, its verdict; `ours` are those of the algorithm that we sign with."""
    return [
        pytest.param(key, case, id=f"{case['tcId']}-{case['comment']}")
        for group in groups()
        for key in [group.get("private") or group.get("key") or group["public"]]
        for case in group["tests"]
        if (key.get("alg") == "HS256") is ours
    ]


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
        tokens.verify(token, key)
    except (jwt.PyJWTError, ValueError):
        return False
    return True


def test_the_file_is_the_one_that_we_know() -> None:
    """401 cases, 40 of them with a key for HS256."""
    assert sum(len(group["tests"]) for group in groups()) == 401
    assert len(cases(ours=True)) + len(cases(ours=False)) == 401
    assert len(cases(ours=True)) == 40


@pytest.mark.parametrize(("key", "case"), cases(ours=True))
def test_hs256_is_judged_as_the_file_says(key: dict[str, Any], case: dict[str, Any]) -> None:
    """Our check of signatures, with the case's key; four cases are judged otherwise, for the reason given above."""
    expected = case["result"] == "valid"
    if case["tcId"] in SAME_AS_VALID | STRICTER:
        expected = not expected
    assert is_verified(text_of(case), secret_of(key)) is expected


def test_the_exceptions_are_what_is_said_of_them() -> None:
    """Two are the valid token itself; two have a letter that is none."""
    texts = {case.values[1]["tcId"]: text_of(case.values[1]) for case in cases(ours=True)}
    assert all(texts[number] == texts[357] for number in SAME_AS_VALID)
    assert all(b"?" in texts[number] for number in STRICTER)


@pytest.mark.parametrize(("key", "case"), cases(ours=False))
def test_other_algorithms_are_refused_by_our_check(key: dict[str, Any], case: dict[str, Any]) -> None:
    """With whatever of the case's key could be taken for a secret: its public numbers, or nothing at all."""
    for secret in {str(key.get(name, "")) for name in ("n", "x", "k")}:
        assert not is_verified(text_of(case), secret.encode())


@pytest.mark.parametrize(("key", "case"), [*cases(ours=True), *cases(ours=False)])
def test_r17_none_of_them_is_an_access_token(key: dict[str, Any], case: dict[str, Any]) -> None:
    """Even if its key were ours: what a case says is never what our tokens say, so the well-signed fall as well."""
    ours = AccessTokens(SETTINGS)
    if key.get("kty") == "oct":
        ours._keys = Keyring((Key(str(key.get("kid", "")), secret_of(key)),))  # noqa: SLF001 - no setting leads there
    assert ours.prove("customer", text_of(case)) is None
    assert ours.prove("staff", text_of(case)) is None


def test_a_token_of_ours_passes_the_same_check() -> None:
    """The refusals above are not because nothing passes."""
    ours = AccessTokens(SETTINGS)
    token = ours.issue("customer", uuid4(), uuid4(), "customer").encode()
    assert is_verified(token, ours._keys.first.value)  # noqa: SLF001 - the key that signs
    assert ours.prove("customer", token) is not None
