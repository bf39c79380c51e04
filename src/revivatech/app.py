"""The web program: every route, page and socket, and what each port is bound to. Read this file to find anything."""

import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from revivatech import __version__, worker
from revivatech.accounts import pages as accounts_pages
from revivatech.accounts import routes as accounts_routes
from revivatech.accounts import service as accounts
from revivatech.accounts.activity import pages as activity_pages
from revivatech.accounts.activity import routes as activity_routes
from revivatech.accounts.addresses import pages as addresses_pages
from revivatech.accounts.addresses import routes as addresses_routes
from revivatech.accounts.factors import pages as factors_pages
from revivatech.accounts.factors import routes as factors_routes
from revivatech.accounts.factors.entering import pages as entering_pages
from revivatech.accounts.factors.entering import routes as entering_routes
from revivatech.accounts.factors.keeping import pages as keeping_pages
from revivatech.accounts.factors.keeping import routes as keeping_routes
from revivatech.accounts.joining import pages as joining_pages
from revivatech.accounts.joining import routes as joining_routes
from revivatech.accounts.joining.opened import pages as opened_pages
from revivatech.accounts.joining.signed_in import pages as signed_in_pages
from revivatech.accounts.people import pages as own_pages
from revivatech.accounts.people import routes as own_routes
from revivatech.accounts.people.opened import pages as own_opened_pages
from revivatech.accounts.profile import pages as profile_pages
from revivatech.accounts.profile import routes as profile_routes
from revivatech.cache.store import Cache, CacheAway
from revivatech.dashboard import pages as dashboard_pages
from revivatech.dashboard import routes as dashboard_routes
from revivatech.db import Database
from revivatech.demo import pages as demo_pages
from revivatech.demo.previews import pages as previews_pages
from revivatech.frames import Frames
from revivatech.kit.errors import NotSignedIn, Refusal
from revivatech.notifications import pages as notifications_pages
from revivatech.notifications import routes as notifications_routes
from revivatech.notifications.preferences import pages as preferences_pages
from revivatech.notifications.preferences import routes as preferences_routes
from revivatech.objects import OBJECTS
from revivatech.privacy import pages as privacy_pages
from revivatech.privacy import routes as privacy_routes
from revivatech.privacy import service as privacy
from revivatech.privacy.counter import pages as counter_pages
from revivatech.privacy.counter import routes as counter_routes
from revivatech.realtime.contracts import CustomerChanged, SessionsEnded
from revivatech.realtime.server import SOCKET_PATH, Sockets
from revivatech.repairs import pages as repairs_pages
from revivatech.repairs import realtime as repairs_realtime
from revivatech.repairs import routes as repairs_routes
from revivatech.repairs import service as repairs
from revivatech.repairs.devices import pages as devices_pages
from revivatech.repairs.devices import routes as devices_routes
from revivatech.settings import Settings, with_secret
from revivatech.shop import pages as shop_pages
from revivatech.shop.service import Shop
from revivatech.staff import pages as staff_pages
from revivatech.staff import routes as staff_routes
from revivatech.staff.customers import pages as desk_customers_pages
from revivatech.staff.customers import routes as desk_customers_routes
from revivatech.staff.intake import pages as intake_pages
from revivatech.staff.people import pages as people_pages
from revivatech.staff.people import routes as people_routes
from revivatech.storage import files_for
from revivatech.web import access, health, openapi, preferences, refusals, schemas, styleguide, well_known
from revivatech.web.agreement import Agreement
from revivatech.web.entrance import Entrance, RememberingDoor
from revivatech.web.gate import Gate
from revivatech.web.lifespan import Lifespan
from revivatech.web.openapi import OPEN
from revivatech.web.pages import Pages
from revivatech.web.portal import Portal, portal_of
from revivatech.web.request import Request, StrictRequest
from revivatech.web.static import StaticFiles

LARGEST_JSON = 1_000_000


@get("/", include_in_schema=False, security=OPEN)
async def home(request: Request) -> Redirect:
    """The right home: the desk for staff, the dashboard for customers, their sign-in for anybody else."""
    door = portal_of(request).door
    try:
        await door.staff(request)
    except NotSignedIn:
        return Redirect("/customer/dashboard", status_code=303)
    return Redirect("/staff", status_code=303)


@get("/customer", include_in_schema=False, security=OPEN)
async def customer_home() -> Redirect:
    """Where somebody comes out who shortens an address of theirs: the dashboard."""
    return Redirect("/customer/dashboard", status_code=303)


HANDLERS = [
    home,  # /
    customer_home,
    *accounts_routes.handlers,  # /api/customer/auth, /profile, /sessions; /api/staff/auth
    *profile_routes.handlers,  # /api/customer/profile, /api/customer/avatar
    *profile_pages.handlers,  # /customer/account, /preferences/theme
    *accounts_pages.handlers,  # /customer/sign-in, /staff/sign-in
    *joining_routes.handlers,  # /api/customer/auth/register, forgot-password …; /profile/password, /profile/email
    *joining_pages.handlers,  # /customer/register, /forgot-password, /resend-verification
    *opened_pages.handlers,  # /customer/verify-email, /reset-password, /welcome, /confirm-email, /sign-in/link
    *signed_in_pages.handlers,  # /customer/account/password, /email
    *shop_pages.handlers,  # /customer/terms
    *activity_routes.handlers,  # /api/customer/activity
    *activity_pages.handlers,  # /customer/account/activity
    *factors_pages.handlers,  # /customer/account/security, /two-step; the same below /staff
    *entering_pages.handlers,  # /customer/sign-in/second-step, /passkey; the same below /staff
    *keeping_pages.handlers,  # /customer/account/security/passkeys; the same below /staff
    *entering_routes.handlers,  # /api/customer/auth/login/2fa, /passkey; the same below /api/staff
    *factors_routes.handlers,  # /api/customer/profile/2fa; the same below /api/staff
    *keeping_routes.handlers,  # /api/customer/profile/passkeys; the same below /api/staff
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
    *counter_routes.handlers,  # /api/staff/customers/…/privacy
    *counter_pages.handlers,  # /staff/privacy/customers
    *dashboard_routes.handlers,  # /api/customer/dashboard
    *dashboard_pages.handlers,  # /customer/dashboard
    *staff_routes.handlers,  # /api/staff/repairs
    *staff_pages.handlers,  # /staff
    *intake_pages.handlers,  # /staff/repairs/new
    *own_routes.handlers,  # /api/staff/profile
    *own_opened_pages.handlers,  # /staff/welcome, /staff/forgot-password, /staff/reset-password
    *own_pages.handlers,  # /staff/account
    *desk_customers_routes.handlers,  # /api/staff/customers
    *desk_customers_pages.handlers,  # /staff/customers
    *people_routes.handlers,  # /api/staff/users, /permissions, /audit
    *people_pages.handlers,  # /staff/people, /permissions, /audit
    *demo_pages.handlers,  # /demo/mail
    *preferences.handlers,  # /preferences/language
    *well_known.handlers,  # /robots.txt, /.well-known/security.txt, /change-password
    *styleguide.handlers,  # /styleguide
    *previews_pages.handlers,  # /styleguide/mails
    *health.handlers,  # /health/live, /health/ready, /metrics
]


def create_app(settings: Settings) -> Gate:
    """The ASGI application; its lifespan opens the pool, the sockets and, where they run here, the jobs."""
    settings = with_secret(settings)
    db = Database(settings.database_url, most=settings.database_pool)
    cache = Cache(settings.redis_url)
    shop = Shop(db)
    static = StaticFiles()
    door = accounts.Doorkeeper(settings, db, cache)
    sockets = Sockets(settings, db, settings.redis_url, door, repairs_realtime.Rules(db))
    portal = Portal(
        settings=settings,
        db=db,
        cache=cache,
        files=files_for(settings),
        sms=worker.sms_for(settings, db),
        door=RememberingDoor(door),
        pages=Pages(settings, static, Frames(db, shop)),
        is_listening=sockets.is_listening,
    )
    _bind(db, cache, door, sockets)

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
                "portal": portal,
                "repair_counts": repairs.count_repairs,
                "keepers": worker.keepers_of(portal.files),
                "figures": [privacy.refresh_figures],
            }

    entrance = Entrance(site(debug=settings.debug), door, keeps=settings.keep_answers)
    return Gate(Lifespan(opened), entrance, sockets, SOCKET_PATH, settings, static)


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
            Refusal: refusals.on_refusal,
            HTTPException: refusals.on_http_exception,
            RecursionError: refusals.on_unreadable,
            UnicodeDecodeError: refusals.on_unreadable,
            Exception: refusals.on_fault,
        },
        request_max_body_size=LARGEST_JSON,
        openapi_config=openapi.describing(__version__),
        logging_config=None,
        debug=debug,
    )
    if gaps := access.gaps(app, OBJECTS.keys()):
        raise LookupError("\n".join(gaps))
    return app


def _bind(db: Database, cache: Cache, door: Any, sockets: Sockets) -> None:  # noqa: ANN401
    """What happens after a commit, beyond what the transaction itself has written."""

    async def forget_answers(changed: CustomerChanged) -> None:
        try:
            await cache.forget_answers(changed.customer_id)
        except CacheAway:
            # Nothing is kept while Valkey is away, and what it held is gone from it within minutes.
            return

    db.on_commit(CustomerChanged, forget_answers)
    db.on_commit(SessionsEnded, door.on_sessions_ended)
    sockets.observe(db)
