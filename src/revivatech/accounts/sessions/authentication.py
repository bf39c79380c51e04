"""Authentication: who comes with a request or a socket, whether their session lives, whether they ask too often."""

import asyncio
import hmac
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from revivatech.accounts.contracts import ErasurePending, Realm
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.accounts.secrets.credentials import read_credential
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.cookies import cookie_name, find_cookie
from revivatech.accounts.sessions.mfa_policy import SecondFactorRequired, is_open, needs_second_factor
from revivatech.accounts.sessions.queries import sessions
from revivatech.accounts.sessions.service import IDLE_SECONDS
from revivatech.cache.store import ENDED, WINDOW_SECONDS, Admission, Cache, CacheUnavailable
from revivatech.db import Database
from revivatech.kit.actor import CustomerActor, Role, StaffActor
from revivatech.kit.errors import NotSignedIn, TooMany
from revivatech.kit.structs import Value
from revivatech.realtime.contracts import SessionsEnded
from revivatech.realtime.ports import Admitted
from revivatech.settings import Settings
from revivatech.web.authentication import AdmittedCustomer

# A page costs several requests where the API costs one, and people reload when they wait.
PAGES_FACTOR = 3
BEARER = b"bearer "
# In place of a customer's role: the account waits for its erasure (R128).
ERASING = "erasing"
# After a role that needs a second factor, while the account has none.
SETS_UP = "!"

Headers = Iterable[tuple[bytes, bytes]]


class HasScope(Protocol):
    """The part of a request that authentication needs: its ASGI scope."""

    @property
    def scope(self) -> Any:  # noqa: ANN401 - the framework's own mapping
        """Path and headers, among others."""


class Bearer(Value, frozen=True):
    """Credentials of a request: a session, by an access token or by a browser's cookie.

    `secret_hash` is empty for a token, whose signature has been proven; `expires_at` is None for a cookie.
    """

    owner_id: UUID
    session_id: UUID
    secret_hash: bytes
    expires_at: int | None


class SessionAuthenticator:
    """Authenticates requests (`web.authentication`) and sockets (`realtime.ports`)."""

    def __init__(self, settings: Settings, db: Database, cache: Cache) -> None:
        self._settings = settings
        self._db = db
        self._cache = cache
        self._access = AccessTokens(settings)
        self._api_limit = settings.api_rate_limit
        self._asking: dict[tuple[UUID, UUID], asyncio.Task[bytes | None]] = {}
        self._cookies: dict[Realm, bytes] = {
            "customer": cookie_name(settings, "customer").encode(),
            "staff": cookie_name(settings, "staff").encode(),
        }

    # -------------------------------------------------------------- requests

    async def customer(self, request: HasScope, *, read: str = "") -> AdmittedCustomer:
        """Return who asks, and the cached answer named `read` if one is kept.

        Raises NotSignedIn and TooMany, and ErasurePending for who may only take their erasure back.
        """
        bearer, role, admission = await self._request("customer", request, read)
        actor = CustomerActor(bearer.owner_id, bearer.session_id)
        if role == ERASING:
            raise ErasurePending(actor)
        if admission is None:
            return AdmittedCustomer(actor, None, None)
        return AdmittedCustomer(actor, admission.body, admission.generation)

    async def staff(self, request: HasScope) -> StaffActor:
        """The staff member who asks, with the role they have now.

        Raises NotSignedIn and TooMany, and SecondFactorRequired for who must set one up before anything else.
        """
        bearer, role, _ = await self._request("staff", request, "")
        if role.endswith(SETS_UP) and not is_open(request.scope["path"]):
            raise SecondFactorRequired
        return StaffActor(bearer.owner_id, bearer.session_id, Role(role.removesuffix(SETS_UP)))

    async def keep(self, admitted: AdmittedCustomer, read: str, body: bytes) -> None:
        """Keep the answer under that name until something of this customer changes."""
        if admitted.generation is not None:
            await self._cache.keep(admitted.actor.id, admitted.generation, read, body)

    async def _request(self, realm: Realm, request: HasScope, read: str) -> tuple[Bearer, str, Admission | None]:
        scope = request.scope
        bearer = self.presented(realm, scope["headers"])
        if bearer is None:
            raise _not_signed_in()
        if scope["path"].startswith("/api/"):
            return bearer, *await self._admit(realm, bearer, "limit", self._api_limit, read)
        return bearer, *await self._admit(realm, bearer, "pages", self._api_limit * PAGES_FACTOR, read)

    def presented(self, realm: Realm, headers: Headers) -> Bearer | None:
        """The session that the headers show, which may be over by now; None where they show none.

        A request with an Authorization header is judged by that alone.
        """
        authorization = None
        cookies = []
        for name, value in headers:
            if name == b"authorization":
                authorization = value
            elif name == b"cookie":
                cookies.append(value)
        if authorization is not None:
            return self._by_token(realm, authorization[len(BEARER) :]) if _is_bearer(authorization) else None
        return self._by_cookie(realm, b"; ".join(cookies)) if cookies else None

    def _by_token(self, realm: Realm, token: bytes) -> Bearer | None:
        claims = self._access.prove(realm, token)
        return Bearer(claims.sub, claims.sid, b"", claims.exp) if claims else None

    def _by_cookie(self, realm: Realm, header: bytes) -> Bearer | None:
        value = find_cookie(header, self._cookies[realm])
        shown = read_credential(value) if value is not None else None
        return Bearer(shown.owner_id, shown.session_id, shown.secret_hash, None) if shown else None

    async def on_sessions_ended(self, fact: SessionsEnded) -> None:
        """Have Valkey refuse these sessions from now on. Raises CacheUnavailable; a job tries again."""
        for session_id in fact.session_ids:
            await self._cache.end_session(fact.owner_id, session_id)

    # -------------------------------------------------------------- sockets

    async def admit(self, *, token: str | None, cookie_header: str | None, realm: Realm | None = None) -> Admitted:
        """Return who comes with this access token, or else with this Cookie header; in that realm, if any.

        Raises NotSignedIn, and TooMany for an account that connects all the time.
        """
        for candidate in (realm,) if realm else tuple(self._cookies):
            bearer = self._of_socket(candidate, token, cookie_header)
            if bearer is not None:
                role, _ = await self._admit(candidate, bearer, "sockets", self._api_limit, "")
                if role == ERASING or role.endswith(SETS_UP):
                    break
                return Admitted(
                    candidate,
                    bearer.owner_id,
                    bearer.session_id,
                    Role(role) if candidate == "staff" else None,
                    datetime.fromtimestamp(bearer.expires_at, UTC) if bearer.expires_at is not None else None,
                )
        raise _not_signed_in()

    async def ended(self, realm: Realm, session_ids: Collection[UUID]) -> set[UUID]:
        """Those of the sessions that are over, whatever the reason: ended, expired, the account disabled or gone."""
        async with self._db.read() as reader:
            return await sessions.over(reader, realm, list(session_ids))

    def _of_socket(self, realm: Realm, token: str | None, cookie_header: str | None) -> Bearer | None:
        if token is not None:
            return self._by_token(realm, token.encode(errors="replace"))
        if cookie_header is not None:
            return self._by_cookie(realm, cookie_header.encode(errors="replace"))
        return None

    # -------------------------------------------------------------- the check

    async def _admit(
        self, realm: Realm, bearer: Bearer, limit_name: str, limit: int, read: str
    ) -> tuple[str, Admission | None]:
        """The role, and what Valkey knows; without Valkey, PostgreSQL is asked and counts, and nothing is cached."""
        try:
            admission = await self._ask_cache(bearer, limit_name, read)
            state = admission.state
            if state is None:
                state = await self._ask_database(realm, bearer)
                await self._cache.remember_session(bearer.owner_id, bearer.session_id, state)
                # Asked again, so that a burst on a session that nobody remembers is counted too.
                admission = await self._ask_cache(bearer, limit_name, read)
                state = admission.state or state
        except CacheUnavailable:
            role = _role(await self._ask_database(realm, bearer), bearer)
            name = f"{limit_name} of"
            await throttle.count(
                self._db, self._settings, name, str(bearer.owner_id), most=limit, seconds=WINDOW_SECONDS
            )
            return role, None
        role = _role(state, bearer)
        if role.endswith(SETS_UP):
            # It may have been set up a moment ago; few ask, and not for long.
            role = _role(await self._ask_database(realm, bearer), bearer)
        if admission.count > limit:
            raise TooMany(
                "Too many requests. Please slow down.",
                limit=limit,
                retry_after=max(1, min(admission.seconds_left, WINDOW_SECONDS)),
            )
        return role, admission

    async def _ask_cache(self, bearer: Bearer, limit_name: str, read: str) -> Admission:
        return await self._cache.admit(
            bearer.owner_id, bearer.session_id, read, limit=limit_name, secret_hash=bearer.secret_hash
        )

    async def _ask_database(self, realm: Realm, bearer: Bearer) -> bytes:
        """The state of the session as Valkey remembers it. Raises NotSignedIn where it is over.

        Whoever asks for the same session meanwhile waits for the same answer: a burst takes one connection.
        """
        key = (bearer.owner_id, bearer.session_id)
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._state(realm, *key))
            asking.add_done_callback(lambda done: self._answered(key, done))
        # A client that hangs up does not take the answer from the others.
        state = await asyncio.shield(asking)
        if state is None:
            raise _not_signed_in()
        return state

    async def _state(self, realm: Realm, owner_id: UUID, session_id: UUID) -> bytes | None:
        """The role and the hash of a browser's secret, None for a session that is over; its use is written down."""
        async with self._db.transaction() as tx:
            session = await sessions.use(tx, realm, owner_id, session_id, IDLE_SECONDS)
        if session is None:
            return None
        role = session.role
        if not session.two_factor_enabled and needs_second_factor(self._settings, realm, role):
            role += SETS_UP
        return role.encode() + b"|" + (session.secret_hash or b"")

    def _answered(self, key: tuple[UUID, UUID], done: asyncio.Task[bytes | None]) -> None:
        del self._asking[key]
        if not done.cancelled():
            # Looked at, so that a fault that nobody waited for is not reported as lost.
            done.exception()


def _role(state: bytes, bearer: Bearer) -> str:
    """The role that the state names. Raises NotSignedIn where the session is over or its secret is another."""
    if state == ENDED:
        raise _not_signed_in()
    role, _, secret_hash = state.partition(b"|")
    if bearer.expires_at is None and not hmac.compare_digest(secret_hash, bearer.secret_hash):
        raise _not_signed_in()
    return role.decode()


def _is_bearer(authorization: bytes) -> bool:
    return authorization[: len(BEARER)].lower() == BEARER


def _not_signed_in() -> NotSignedIn:
    return NotSignedIn("Please sign in.", headers={"WWW-Authenticate": "Bearer"})
