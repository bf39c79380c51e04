"""An account from nothing to nothing, in a browser with an authenticator, its mails read from an SMTP server."""

import subprocess
from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
import redis
from msgspec import structs
from playwright.async_api import Browser, Page, expect

from journeys.test_security_pages import add_passkey, authenticator, sign_out
from revivatech.db import Database
from revivatech.embedded.programs import binaries
from revivatech.privacy.erase import Eraser
from revivatech.settings import Settings
from revivatech.storage import files_for
from revivatech.worker import keepers_of
from support.factors import App
from support.people import Person
from support.post import PostOffice, post_office
from support.serving import Served, serve
from support.visiting import Visitor, visiting

pytestmark = pytest.mark.anyio

PASSWORD = "kelp tram moss gull"
FIRST, SECOND = "orla.kestrel@newcomers.example", "orla.kestrel@elsewhere.example"
ACCOUNT = "/customer/account"
SAME_PAGE_AGAIN = "form[action='/customer/sign-in'] button"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    """Where the portal's mails arrive."""
    async with post_office() as opened:
        yield opened


async def join(visitor: Visitor, office: PostOffice) -> None:
    """Register and confirm the address."""
    page = visitor.page
    await visitor.open("/customer/register")
    await page.fill("#first_name", "Orla")
    await page.fill("#last_name", "Kestrel")
    await page.fill("#email", FIRST)
    await page.fill("#password", PASSWORD)
    await page.check("#accept_terms")
    await page.get_by_role("button", name="Create the account").click()
    await page.goto(await office.link(FIRST, "Confirm your e-mail address"))
    await page.get_by_role("button", name="Yes, confirm the address").click()
    await expect(page.get_by_role("heading", name="your address is confirmed")).to_be_visible()


async def give_password(visitor: Visitor, email: str) -> None:
    """The first step of signing in."""
    await visitor.open("/customer/sign-in")
    await visitor.page.fill("#email", email)
    await visitor.page.fill("#password", PASSWORD)
    await visitor.page.click(SAME_PAGE_AGAIN)


async def give_code(page: Page, code: str) -> None:
    """The second step."""
    await page.fill("#code", code)
    await page.get_by_role("button", name="Sign in").click()


async def set_up_app(visitor: Visitor, served: Served, orla: Person) -> App:
    """Turn two-step sign-in on; the app, with the recovery codes."""
    page = visitor.page
    await visitor.open(f"{ACCOUNT}/security/two-step")
    await page.fill("#start-password", PASSWORD)
    await page.get_by_role("button", name="Set up an app").click()
    app = App(served, orla, (await page.locator("code").first.inner_text()).replace(" ", ""))
    await page.fill("#verify-code", app.shown())
    await page.get_by_role("button", name="Turn it on").click()
    app.recovery_codes = await page.locator("#recovery-codes code").all_inner_texts()
    return app


async def change_email(visitor: Visitor, office: PostOffice, app: App) -> None:
    """Ask for another address and confirm it there."""
    page = visitor.page
    await visitor.open(f"{ACCOUNT}/email")
    await page.fill("#email", SECOND)
    await page.fill("#password", PASSWORD)
    await page.fill("#code", app.code())
    await page.get_by_role("button", name="Send the link").click()
    await page.goto(await office.link(SECOND, "Confirm your new e-mail address"))
    await page.locator("main form button").click()
    await page.wait_for_url("**done=1**")
    assert office.of(FIRST, "Another e-mail address was asked for")


async def take_copy(visitor: Visitor, office: PostOffice, app: App) -> None:
    """Ask for everything that is kept, and get it."""
    page = visitor.page
    await visitor.open(f"{ACCOUNT}/privacy")
    await page.fill("#export-password", PASSWORD)
    await page.fill("#export-password-code", app.code())
    await page.get_by_role("button", name="Make my copy").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    assert (await (await download.value).path()).stat().st_size > 1000
    await office.link(SECOND, "Your copy is ready")


async def ask_to_leave(visitor: Visitor, app: App) -> None:
    """Ask to be erased."""
    page = visitor.page
    await visitor.open(f"{ACCOUNT}/privacy/erasure")
    await page.check("#understood")
    await page.fill("#erasure-password", PASSWORD)
    await page.fill("#erasure-password-code", app.code())
    await page.get_by_role("button", name="Erase my account").click()
    await page.get_by_role("heading", name="You are signed out everywhere").wait_for()


def newcomer(settings: Settings) -> Person:
    """The account as the database has it."""
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("SELECT id FROM customers WHERE email = %s", [FIRST]).fetchone()
    assert row is not None
    return Person(row[0], FIRST, "customer", "Orla", "Kestrel", PASSWORD)


async def let_the_week_pass(settings: Settings) -> None:
    """The clock goes on by more than seven days, and the hourly job comes by."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("UPDATE privacy_erasures SET execute_at = execute_at - interval '8 days'")
    async with Database(settings.database_url) as db:
        files = files_for(settings)
        await Eraser(db, settings, files, keepers_of(files), ()).run_due()


def traces(settings: Settings, words: list[bytes]) -> list[str]:
    """Where a dump of the database, the files or Valkey still hold one of the words."""
    text = subprocess.run(
        [str(binaries().pg_dump), settings.database_url], capture_output=True, check=True, timeout=60
    ).stdout
    assert b"CREATE TABLE" in text
    found = [f"database: {line!r}" for line in text.splitlines() for word in words if word in line.lower()]
    files = (path for path in settings.data.rglob("*") if path.is_file())
    found += [str(path) for path in files if any(word in path.read_bytes().lower() for word in words)]
    with redis.Redis.from_url(settings.redis_url) as client:
        held = {key: (key + (client.dump(key) or b"")).lower() for key in client.scan_iter()}
    return found + [f"Valkey: {key!r}" for key, value in held.items() if any(word in value for word in words)]


@pytest.mark.long
async def test_an_account_comes_is_used_and_goes(browser: Browser, settings: Settings, office: PostOffice) -> None:
    """Joined, kept with passkey and app, used after the phone was lost, moved, copied, erased, and gone everywhere."""
    settings = structs.replace(settings, smtp_url=office.url, data=settings.data / str(uuid4()))
    async with (
        serve(settings, host="localhost") as served,
        visiting(browser, served.url, accept_downloads=True) as visitor,
    ):
        page = visitor.page
        await authenticator(page)
        await join(visitor, office)
        orla = newcomer(settings)
        await give_password(visitor, FIRST)
        await page.wait_for_url("**/customer/dashboard")

        await add_passkey(visitor, orla, "My phone")
        app = await set_up_app(visitor, served, orla)
        await sign_out(visitor)
        await visitor.open("/customer/sign-in")
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/customer/dashboard")

        await sign_out(visitor)
        await give_password(visitor, FIRST)
        await give_code(page, app.code())
        await page.wait_for_url("**/customer/dashboard")

        await sign_out(visitor)
        await give_password(visitor, FIRST)
        await page.get_by_role("link", name="Use a recovery code").click()
        await page.fill("#recovery_code", app.recovery_codes[0])
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/customer/dashboard")
        await office.link(FIRST, "A recovery code was used")

        await change_email(visitor, office, app)
        await take_copy(visitor, office, app)

        await ask_to_leave(visitor, app)
        await give_password(visitor, SECOND)
        await give_code(page, app.code())
        await page.get_by_role("button", name="Keep my account").click()
        await page.wait_for_url(f"**{ACCOUNT}/privacy*")
        await ask_to_leave(visitor, app)
        assert traces(served.settings, [b"kestrel"])
        await let_the_week_pass(served.settings)

        assert traces(served.settings, [b"kestrel", b"orla"]) == []
        visitor.forgive("status of 401")
        await give_password(visitor, SECOND)
        await expect(page.get_by_role("alert")).to_contain_text("did not match")
