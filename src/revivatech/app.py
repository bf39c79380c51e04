"""The web program: every route, page and socket, and what each port is bound to. Read this file to find anything."""

import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from revivatech import __version__, worker
from revivatech.accounts import service as accounts
from revivatech.accounts.activity import pages as activity_pages
from revivatech.accounts.activity import routes as activity_routes
from revivatech.accounts.profile import pages as profile_pages
from revivatech.accounts.profile import routes as profile_routes
from revivatech.accounts.profile.addresses import pages as addresses_pages
from revivatech.accounts.profile.addresses import routes as addresses_routes
from revivatech.accounts.registration import pages as registration_pages
from revivatech.accounts.registration import routes as registration_routes
from revivatech.accounts.registration.credentials import pages as registration_credentials_pages
from revivatech.accounts.registration.email_links import pages as registration_email_links_pages
from revivatech.accounts.sign_in import pages as sign_in_pages
from revivatech.accounts.sign_in import routes as sign_in_routes
from revivatech.accounts.sign_in.second_step import pages as second_step_pages
from revivatech.accounts.sign_in.second_step import routes as second_step_routes
from revivatech.accounts.staff_accounts import pages as staff_accounts_pages
from revivatech.accounts.staff_accounts import routes as staff_accounts_routes
from revivatech.accounts.staff_accounts.email_links import pages as staff_accounts_email_links_pages
from revivatech.accounts.two_factor import pages as two_factor_pages
from revivatech.accounts.two_factor import routes as two_factor_routes
from revivatech.accounts.two_factor.passkey_management import pages as passkey_management_pages
from revivatech.accounts.two_factor.passkey_management import routes as passkey_management_routes
from revivatech.cache.store import Cache, CacheUnavailable
from revivatech.db import Database
from revivatech.demo import pages as demo_pages
from revivatech.demo.previews import pages as previews_pages
from revivatech.home import pages as home_pages
from revivatech.home import routes as home_routes
from revivatech.kit.errors import NotSignedIn, Refusal
from revivatech.notifications import pages as notifications_pages
from revivatech.notifications import routes as notifications_routes
from revivatech.notifications.preferences import pages as preferences_pages
from revivatech.notifications.preferences import routes as preferences_routes
from revivatech.page_frame import Frames
from revivatech.privacy import pages as privacy_pages
from revivatech.privacy import routes as privacy_routes
from revivatech.privacy import service as privacy
from revivatech.privacy.desk import pages as privacy_desk_pages
from revivatech.privacy.desk import routes as privacy_desk_routes
from revivatech.realtime.contracts import CustomerChanged, SessionsEnded
from revivatech.realtime.server import SOCKET_PATH, Sockets
from revivatech.repairs import pages as repairs_pages
from revivatech.repairs import realtime as repairs_realtime
from revivatech.repairs import routes as repairs_routes
from revivatech.repairs import service as repairs
from revivatech.repairs.desk import pages as repairs_desk_pages
from revivatech.repairs.desk import routes as repairs_desk_routes
from revivatech.repairs.desk.intake import pages as intake_pages
from revivatech.repairs.desk.repair import pages as repair_pages
from revivatech.repairs.devices import pages as devices_pages
from revivatech.repairs.devices import routes as devices_routes
from revivatech.settings import Settings, with_secret
from revivatech.shop import pages as shop_pages
from revivatech.shop.service import Shop
from revivatech.staff.customers import pages as customers_pages
from revivatech.staff.customers import routes as customers_routes
from revivatech.staff.people import pages as people_pages
from revivatech.staff.people import routes as people_routes
from revivatech.storage import files_for
from revivatech.web import (
    access,
    error_handlers,
    health,
    openapi,
    preferences,
    schemas,
    styleguide,
    well_known,
)
from revivatech.web.context import AppContext, context_of
from revivatech.web.edge.middleware import EdgeMiddleware
from revivatech.web.edge.response_cache import CachingAuthenticator, ResponseCache
from revivatech.web.lifespan import Lifespan
from revivatech.web.openapi import OPEN
from revivatech.web.pages import Pages
from revivatech.web.request import Request, StrictRequest
from revivatech.web.static import StaticFiles
from revivatech.web.strict_input import Agreement
from revivatech.wiring import OBJECTS

LARGEST_JSON = 1_000_000


@get("/", include_in_schema=False, security=OPEN)
async def home(request: Request) -> Redirect:
    """The right home: the desk for staff, the dashboard for customers, their sign-in for anybody else."""
    authenticator = context_of(request).authenticator
    try:
        await authenticator.staff(request)
    except NotSignedIn:
        return Redirect("/customer/dashboard", status_code=303)
    return Redirect("/staff", status_code=303)


@get("/customer", include_in_schema=False, security=OPEN)
async def customer_home() -> Redirect:
    """Return where somebody comes out who shortens an address of theirs: the dashboard."""
    return Redirect("/customer/dashboard", status_code=303)


HANDLERS = [
    home,  # /
    customer_home,
    *sign_in_routes.handlers,  # /api/customer/auth, /profile, /sessions; /api/staff/auth
    *profile_routes.handlers,  # /api/customer/profile, /api/customer/avatar
    *profile_pages.handlers,  # /customer/account, /preferences/theme
    *sign_in_pages.handlers,  # /customer/sign-in, /staff/sign-in
    *registration_routes.handlers,  # /api/customer/auth/register, forgot-password …; /profile/password, /profile/email
    *registration_pages.handlers,  # /customer/register, /forgot-password, /resend-verification
    *registration_email_links_pages.handlers,  # /customer/verify-email, /reset-password, /welcome …
    *registration_credentials_pages.handlers,  # /customer/account/password, /email
    *shop_pages.handlers,  # /customer/terms
    *activity_routes.handlers,  # /api/customer/activity
    *activity_pages.handlers,  # /customer/account/activity
    *two_factor_pages.handlers,  # /customer/account/security, /two-step; the same below /staff
    *second_step_pages.handlers,  # /customer/sign-in/second-step, /passkey; the same below /staff
    *passkey_management_pages.handlers,  # /customer/account/security/passkeys; the same below /staff
    *second_step_routes.handlers,  # /api/customer/auth/login/2fa, /passkey; the same below /api/staff
    *two_factor_routes.handlers,  # /api/customer/profile/2fa; the same below /api/staff
    *passkey_management_routes.handlers,  # /api/customer/profile/passkeys; the same below /api/staff
    *addresses_routes.handlers,  # /api/customer/addresses
    *addresses_pages.handlers,  # /customer/account/addresses
    *repairs_routes.handlers,  # /api/customer/repairs
    *repairs_pages.handlers,  # /customer/repairs
    *devices_routes.handlers,  # /api/customer/devices
    *devices_pages.handlers,  # /customer/account/devices
    *notifications_routes.handlers,  # /api/customer/notifications, /events
    *notifications_pages.handlers,  # /customer/notifications
    *preferences_routes.handlers,  # /api/customer/preferences, /notifications/preferences
    *preferences_pages.handlers,  # /customer/account/preferences, /unsubscribe
    *privacy_routes.handlers,  # /api/customer/privacy
    *privacy_pages.handlers,  # /customer/account/privacy, /customer/erasure, /staff/privacy
    *privacy_desk_routes.handlers,  # /api/staff/customers/…/privacy
    *privacy_desk_pages.handlers,  # /staff/privacy/customers
    *home_routes.handlers,  # /api/customer/dashboard
    *home_pages.handlers,  # /customer/dashboard
    *repairs_desk_routes.handlers,  # /api/staff/repairs
    *repairs_desk_pages.handlers,  # /staff, /staff/repairs
    *repair_pages.handlers,  # /staff/repairs/{id}
    *intake_pages.handlers,  # /staff/repairs/new
    *staff_accounts_routes.handlers,  # /api/staff/profile
    *staff_accounts_email_links_pages.handlers,  # /staff/welcome, /staff/forgot-password, /staff/reset-password
    *staff_accounts_pages.handlers,  # /staff/account
    *customers_routes.handlers,  # /api/staff/customers
    *customers_pages.handlers,  # /staff/customers
    *people_routes.handlers,  # /api/staff/users, /permissions, /audit
    *people_pages.handlers,  # /staff/people, /permissions, /audit
    *demo_pages.handlers,  # /demo/mail
    *preferences.handlers,  # /preferences/language
    *well_known.handlers,  # /robots.txt, /.well-known/security.txt, /change-password
    *styleguide.handlers,  # /styleguide
    *previews_pages.handlers,  # /styleguide/mails
    *health.handlers,  # /health/live, /health/ready, /metrics
]


def create_app(settings: Settings) -> EdgeMiddleware:
    """The ASGI application; its lifespan opens the pool, the sockets and, where they run here, the jobs."""
    settings = with_secret(settings)
    db = Database(settings.database_url, most=settings.database_pool)
    cache = Cache(settings.redis_url)
    shop = Shop(db)
    static = StaticFiles()
    authenticator = accounts.SessionAuthenticator(settings, db, cache)
    sockets = Sockets(settings, db, settings.redis_url, authenticator, repairs_realtime.Rules(db))
    context = AppContext(
        settings=settings,
        db=db,
        cache=cache,
        files=files_for(settings),
        sms=worker.sms_for(settings, db),
        authenticator=CachingAuthenticator(authenticator),
        pages=Pages(settings, static, Frames(db, shop)),
        is_listening=sockets.is_listening,
    )
    _bind(db, cache, authenticator, sockets)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Mapping[str, object]]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(db)
            await stack.enter_async_context(cache)
            await stack.enter_async_context(sockets)
            if settings.jobs_in_web:
                await stack.enter_async_context(worker.running(settings, db, cache))
            # Whoever is told that the portal is ready finds it so.
            await sockets.settle()
            yield {
                "portal": context,
                "repair_counts": repairs.count_repairs,
                "keepers": worker.keepers_of(context.files),
                "figures": [privacy.refresh_figures],
            }

    cached = ResponseCache(site(debug=settings.debug), authenticator, keeps=settings.keep_answers)
    return EdgeMiddleware(Lifespan(opened), cached, sockets, SOCKET_PATH, settings, static)


@functools.cache
def site(*, debug: bool = False) -> Litestar:
    """Every route. It holds nothing of a configuration: what a request needs comes with it, in its scope's state.

    Raises LookupError for a route that does not say who may ask.
    """
    app = Litestar(
        HANDLERS,
        guards=[access.identify],
        before_request=Agreement(OBJECTS).hold,
        request_class=StrictRequest,
        plugins=[schemas.Amounts(), schemas.Structs()],
        exception_handlers={
            Refusal: error_handlers.on_refusal,
            HTTPException: error_handlers.on_http_exception,
            RecursionError: error_handlers.on_unreadable,
            UnicodeDecodeError: error_handlers.on_unreadable,
            Exception: error_handlers.on_fault,
        },
        request_max_body_size=LARGEST_JSON,
        openapi_config=openapi.describing(__version__),
        logging_config=None,
        debug=debug,
    )
    if gaps := access.gaps(app, OBJECTS.keys()):
        raise LookupError("\n".join(gaps))
    return app


def _bind(db: Database, cache: Cache, authenticator: Any, sockets: Sockets) -> None:  # noqa: ANN401
    """Return what happens after a commit, beyond what the transaction itself has written."""

    async def forget_answers(changed: CustomerChanged) -> None:
        try:
            await cache.forget_answers(changed.customer_id)
        except CacheUnavailable:
            # Nothing is kept while Valkey is away, and what it held is gone from it within minutes.
            return

    db.on_commit(CustomerChanged, forget_answers)
    db.on_commit(SessionsEnded, authenticator.on_sessions_ended)
    sockets.observe(db)
