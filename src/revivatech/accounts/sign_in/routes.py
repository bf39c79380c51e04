"""Signing in and out, the own profile and the own sessions, as JSON."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from revivatech.accounts.contracts import (
    CustomerProfile,
    CustomerSignIn,
    Realm,
    SecondStep,
    SessionView,
    StaffProfile,
    StaffSignIn,
    Tokens,
)
from revivatech.accounts.directory import account_summary
from revivatech.accounts.ports import RepairCounts, no_repairs
from revivatech.accounts.secrets import proof_of_work
from revivatech.accounts.secrets.credentials import read_credential
from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.secrets.proof_of_work import LONGEST_PROOF
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.sessions import throttle
from revivatech.accounts.sessions.client import access_tokens, client_of, realm_of
from revivatech.accounts.sessions.cookies import cookie_name, remove_cookie
from revivatech.accounts.sign_in import service as signin
from revivatech.kit.challenge import PowChallenge
from revivatech.kit.email import EmailText, lookup_forms
from revivatech.kit.paging import Page
from revivatech.kit.structs import Body, Json
from revivatech.web.access import EVERY_ROLE
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN, problems
from revivatech.web.request import Request

ProofOfWork = Annotated[
    str,
    Meta(
        max_length=LONGEST_PROOF,
        description="The answer to the `challenge` of a 429 `proof_of_work_needed`, as `token.number`; else empty.",
    ),
]


class Login(Body, frozen=True):
    """An e-mail address and a password."""

    email: EmailText
    password: Annotated[str, Meta(max_length=LONGEST)]
    proof_of_work: ProofOfWork = ""


class ChallengeRequest(Body, frozen=True):
    """The address that the proof of work is for."""

    email: EmailText


class ChallengeAnswer(Json, frozen=True):
    """A challenge to solve before signing in, registering or asking for an email."""

    challenge: PowChallenge


class Refresh(Body, frozen=True):
    """A refresh token, which is replaced by the answer's."""

    refresh_token: Annotated[str, Meta(max_length=sessions.LONGEST_REFRESH_TOKEN)]


class Logout(Body, frozen=True):
    """The refresh token of the session to end, where there is no access token any more.

    A sign-in that waits for its second factor is given up by its challenge token.
    """

    refresh_token: Annotated[str, Meta(max_length=sessions.LONGEST_REFRESH_TOKEN)] | None = None
    challenge_token: Annotated[str, Meta(max_length=64)] | None = None


# ------------------------------------------------------------------ customers


@post(
    "/api/customer/auth/login",
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 422, 429),
)
async def customer_login(request: Request, data: JSONBody[Login]) -> CustomerSignIn | SecondStep:
    """Begin a session: an access token of 15 minutes, a refresh token of 7 days, and who the customer is.

    Where a second factor is on, a challenge for POST /auth/login/2fa comes instead. While many sign-ins fail, a 429
    `proof_of_work_needed` has a `challenge`: send its answer as `proofOfWork`.
    """
    context = context_of(request)
    return await signin.sign_in_customer(
        context.db,
        context.settings,
        access_tokens(request),
        data.email,
        data.password,
        client_of(request),
        repair_counts(request),
        data.proof_of_work,
    )


@post(
    ["/api/customer/auth/challenge", "/api/staff/auth/challenge"],
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(422),
)
async def new_challenge(request: Request, data: JSONBody[ChallengeRequest]) -> ChallengeAnswer:
    """Get a proof-of-work challenge before it is asked for; good for five minutes and one request of that address.

    The answer is the same for every address. A request that needs no proof ignores one.
    """
    context = context_of(request)
    realm = realm_of(request)
    email = lookup_forms(data.email)[0]
    async with context.db.read() as reader:
        level = await throttle.level(reader, context.settings, realm)
    return ChallengeAnswer(proof_of_work.new_challenge(context.settings, realm, email, level))


@post(
    "/api/customer/auth/refresh",
    status_code=200,
    tags=["Sign-in"],
    security=OPEN,
    responses=problems(401, 422),
)
async def customer_refresh(request: Request, data: JSONBody[Refresh]) -> Tokens:
    """Fresh tokens for a refresh token. Asked again within 30 seconds the same refresh token comes back."""
    return await _refresh(request, "customer", data)


@post("/api/customer/auth/logout", status_code=204, tags=["Sign-in"], security=OPEN, responses=problems(422))
async def customer_logout(request: Request, data: JSONBody[Logout | None] = None) -> Response[None]:
    """End the session of the access token, of the cookie or of the refresh token. Over is over: 204 as well."""
    return await _logout(request, "customer", data)


@get("/api/customer/profile", tags=["Profile"], responses=problems(401, 429))
async def customer_profile(request: Request) -> CustomerProfile:
    """Return who is signed in."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    async with context.db.read() as reader:
        return await account_summary.customer_profile(reader, admitted.actor.id, repair_counts(request))


@get("/api/customer/sessions", tags=["Profile"], responses=problems(401, 429))
async def customer_sessions(request: Request) -> Page[SessionView]:
    """Return where the customer is signed in, the last used first; at most 100."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    return Page(await sessions.sessions_of(context.db, "customer", admitted.actor))


@delete(
    "/api/customer/sessions/{session_id:uuid}",
    status_code=204,
    tags=["Profile"],
    responses=problems(401, 404, 429),
)
async def end_customer_session(request: Request, session_id: FromPath[UUID]) -> None:
    """End one of the customer's own sessions."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    await sessions.end_one(context.db, "customer", admitted.actor.id, session_id, client_of(request))


@delete("/api/customer/sessions", status_code=204, tags=["Profile"], responses=problems(401, 429))
async def end_other_customer_sessions(request: Request) -> None:
    """End every session of the customer's but the one that asks."""
    context = context_of(request)
    admitted = await context.authenticator.customer(request)
    await sessions.leave_others(
        context.db, "customer", admitted.actor.id, admitted.actor.session_id, client_of(request)
    )


# ------------------------------------------------------------------ staff


@post("/api/staff/auth/login", status_code=200, tags=["Staff"], security=OPEN, responses=problems(401, 422, 429))
async def staff_login(request: Request, data: JSONBody[Login]) -> StaffSignIn | SecondStep:
    """Begin a session of a staff member; where a second factor is on, a challenge comes instead."""
    context = context_of(request)
    return await signin.sign_in_staff(
        context.db,
        context.settings,
        access_tokens(request),
        data.email,
        data.password,
        client_of(request),
        data.proof_of_work,
    )


@post("/api/staff/auth/refresh", status_code=200, tags=["Staff"], security=OPEN, responses=problems(401, 422))
async def staff_refresh(request: Request, data: JSONBody[Refresh]) -> Tokens:
    """Fresh tokens for a refresh token. Asked again within 30 seconds the same refresh token comes back."""
    return await _refresh(request, "staff", data)


@post("/api/staff/auth/logout", status_code=204, tags=["Staff"], security=OPEN, responses=problems(422))
async def staff_logout(request: Request, data: JSONBody[Logout | None] = None) -> Response[None]:
    """End the session of the access token, of the cookie or of the refresh token. Over is over: 204 as well."""
    return await _logout(request, "staff", data)


@get("/api/staff/profile", tags=["Staff"], responses=problems(401, 429), opt=EVERY_ROLE)
async def staff_profile(request: Request) -> StaffProfile:
    """Return who is signed in, and the role they have now."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    async with context.db.read() as reader:
        return await account_summary.staff_profile(reader, actor.id)


@get("/api/staff/sessions", tags=["Staff"], responses=problems(401, 403, 429), opt=EVERY_ROLE)
async def staff_sessions(request: Request) -> Page[SessionView]:
    """Return where the staff member is signed in, the last used first; at most 100."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    return Page(await sessions.sessions_of(context.db, "staff", actor))


@delete(
    "/api/staff/sessions/{session_id:uuid}",
    status_code=204,
    tags=["Staff"],
    responses=problems(401, 403, 404, 429),
    opt=EVERY_ROLE,
)
async def end_staff_session(request: Request, session_id: FromPath[UUID]) -> None:
    """End one of the staff member's own sessions."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    await sessions.end_one(context.db, "staff", actor.id, session_id)


@delete("/api/staff/sessions", status_code=204, tags=["Staff"], responses=problems(401, 403, 429), opt=EVERY_ROLE)
async def end_other_staff_sessions(request: Request) -> None:
    """End every session of the staff member's but the one that asks."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    await sessions.leave_others(context.db, "staff", actor.id, actor.session_id)


# ------------------------------------------------------------------ both


async def _refresh(request: Request, realm: Realm, data: Refresh) -> Tokens:
    context = context_of(request)
    return await sessions.refresh(
        context.db, context.settings, access_tokens(request), realm, data.refresh_token, client_of(request)
    )


async def _logout(request: Request, realm: Realm, data: Logout | None) -> Response[None]:
    context = context_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    claims = None
    if scheme.lower() == "bearer":
        claims = access_tokens(request).prove(realm, token.encode(errors="replace"))
    cookie = request.cookies.get(cookie_name(context.settings, realm))
    await sessions.sign_out(
        context.db,
        context.settings,
        realm,
        session=(claims.sub, claims.sid) if claims else None,
        credential=read_credential(cookie) if cookie else None,
        refresh_token=data.refresh_token if data else None,
        challenge_token=data.challenge_token if data else None,
    )
    headers = {"Set-Cookie": remove_cookie(context.settings, realm)} if cookie is not None else {}
    return Response(None, status_code=204, headers=headers)


def repair_counts(request: Request) -> RepairCounts:
    """Return what app.py has bound to the port, as `repair_counts`."""
    bound: RepairCounts = request.scope["state"].get("repair_counts", no_repairs)
    return bound


handlers: Sequence[HTTPRouteHandler] = [
    customer_login,
    new_challenge,
    customer_refresh,
    customer_logout,
    customer_profile,
    customer_sessions,
    end_customer_session,
    end_other_customer_sessions,
    staff_login,
    staff_refresh,
    staff_logout,
    staff_profile,
    staff_sessions,
    end_staff_session,
    end_other_staff_sessions,
]
