"""Every mail of the program, in every language, as those see it who write and translate them."""

import msgspec
import pytest

from revivatech.demo.previews.samples import FACTS, kinds, sample
from revivatech.kit.i18n import LANGUAGES
from revivatech.settings import Settings
from revivatech.shop.contracts import ShopSettings
from support.serving import Served, serve

pytestmark = pytest.mark.anyio

SHOP = ShopSettings("Nordic Repairs", "desk@shop.example", "+1 555", None, "EUR", "UTC", "en")
BARE = ShopSettings("Nordic Repairs", None, None, None, "EUR", "UTC", "en")
LIST = "/styleguide/mails"
ONE = LIST + "/pt-BR/accounts/new_device"


def test_every_mail_has_facts() -> None:
    """Who writes a mail gives facts to show it with; who removes one removes them."""
    assert kinds() == sorted(FACTS)
    assert "notifications/repair_update" in kinds()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
def test_every_mail_can_be_written(kind: str, language: str) -> None:
    """Each has a subject, a text and HTML in the reader's language, for a shop that says little of itself too."""
    for shop in (SHOP, BARE):
        mail = sample(kind, language, shop)

        assert mail.subject
        assert "\n" not in mail.subject
        assert "Nora" in mail.text
        assert f'<html lang="{language}">' in mail.html
        for part in (mail.subject, mail.text, mail.html):
            assert "None" not in part
            assert "{{" not in part
            assert "%(" not in part


@pytest.mark.parametrize("kind", FACTS)
def test_r132_mails_about_an_account_cannot_be_unsubscribed(kind: str) -> None:
    """They protect whoever gets them; all others offer it."""
    mail = sample(kind, "en", SHOP)

    is_about_the_account = kind.startswith("accounts/")
    assert ("/unsubscribe/" in mail.text + mail.html) != is_about_the_account


async def test_the_mails_are_shown_in_development(served: Served) -> None:
    """A list, a page each, and the HTML in a frame that may run and load nothing."""
    listing = await served.client.get(LIST)
    page = await served.client.get(ONE)
    html = await served.client.get(ONE + "/html")

    assert all(f"/styleguide/mails/en/{kind}" in listing.text for kind in FACTS)
    assert page.status_code == 200
    assert f'src="{ONE}/html"' in page.text
    assert "sandbox" in html.headers["content-security-policy"]
    assert "script-src" not in html.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in html.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/en/accounts/nothing", "/xx/accounts/new_device", "/en/mail/layout", "/en/../app/x"])
async def test_there_is_nothing_else(served: Served, path: str) -> None:
    """Another kind, language or folder is not found."""
    answer = await served.client.get(LIST + path)

    assert answer.status_code == 404


async def test_r57_outside_development_there_is_no_preview(settings: Settings) -> None:
    """Neither a demo nor a shop shows how its mails are made."""
    async with serve(msgspec.structs.replace(settings, mode="demo")) as demo:
        for path in (LIST, ONE, ONE + "/html"):
            assert (await demo.client.get(path)).status_code == 404
