"""Access tokens: short-lived JWTs that name a session and nothing of a person."""

import base64
import time
from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID, uuid4

import jwt
import msgspec

from revivatech.accounts.contracts import Realm
from revivatech.accounts.secrets.keys import keyring
from revivatech.kit.structs import Value
from revivatech.settings import Settings

ALGORITHM = "HS256"
KIND = "at+jwt"
LIFE_SECONDS = 15 * 60
# Ours have some 400 characters; whatever is much longer is not read.
LONGEST = 2048
MOST_PROVEN = 8192


# Unix seconds until the end of the year 9999.
Moment = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class Claims(Value, frozen=True):
    """The claims of an access token."""

    iss: str
    aud: str
    sub: UUID
    sid: UUID
    jti: str
    role: str
    iat: Moment
    exp: Moment
    nbf: Moment | None = None


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The only header we accept: no `crit`, `jku`, `jwk` or `x5u` can ask anything of us."""

    alg: Literal["HS256"]
    typ: Literal["at+jwt"]
    kid: str


class AccessTokens:
    """Issues and proves the access tokens of both realms."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._keys = keyring(settings.secret_key, "access token")
        self._issuer = settings.issuer
        self._clock = clock
        # A signature that held once holds until the token's end; whether the session lives is asked elsewhere.
        self._proven: dict[bytes, Claims] = {}

    def issue(self, realm: Realm, owner_id: UUID, session_id: UUID, role: str) -> str:
        """A fresh token for that session."""
        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "aud": realm,
            "sub": str(owner_id),
            "sid": str(session_id),
            "jti": uuid4().hex,
            "role": role,
            "iat": now,
            "exp": now + LIFE_SECONDS,
        }
        key = self._keys.first
        return jwt.encode(claims, key.value, algorithm=ALGORITHM, headers={"typ": KIND, "kid": key.id})

    def prove(self, realm: Realm, token: bytes) -> Claims | None:
        """Return what the token claims, None where it is not one of ours, not for this realm or no longer valid."""
        claims = self._proven.get(token)
        if claims is None:
            claims = self._decode(token)
            if claims is None:
                return None
            if len(self._proven) >= MOST_PROVEN:
                self._forget_some()
            self._proven[token] = claims
        if claims.exp <= self._clock():
            self._proven.pop(token, None)
            return None
        return claims if claims.aud == realm else None

    def _decode(self, token: bytes) -> Claims | None:
        """The claims of a token of ours in either realm, None for anything else.

        Header and claims are read strictly before the library sees them: it would take an `exp` in quotes, and
        stumble over one of 1e400.
        """
        if len(token) > LONGEST:
            return None
        try:
            head, body, _ = token.split(b".")
            header = msgspec.json.decode(_unbase64(head), type=Header)
            claims = msgspec.json.decode(_unbase64(body), type=Claims)
            key = self._keys.named(header.kid)
            if key is None:
                return None
            verify(token, key.value)
            jwt.decode(
                token,
                key.value,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                audience=["customer", "staff"],
                options={"require": ["iss", "aud", "sub", "jti", "iat", "exp"]},
                leeway=0,
            )
        except (jwt.PyJWTError, msgspec.DecodeError, ValueError, RecursionError):
            return None
        return claims

    def _forget_some(self) -> None:
        """Drop what has run out, else the older half."""
        now = self._clock()
        living = [(token, claims) for token, claims in self._proven.items() if claims.exp > now]
        self._proven = dict(living[-MOST_PROVEN // 2 :])


def verify(token: bytes, key: bytes) -> bytes:
    """The payload of a compact JWS (RFC 7515) that this key has signed with HS256, each part in strict base64url.

    The library alone would skip letters that are none. Raises jwt.PyJWTError and ValueError for anything else.
    """
    for part in token.split(b"."):
        _unbase64(part)
    payload: bytes = jwt.PyJWS().decode(token, key, algorithms=[ALGORITHM])
    return payload


def _unbase64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
