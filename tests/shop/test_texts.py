"""The terms and the privacy notice: whose words hold, and what becomes of what a shop writes."""

import pytest

from revivatech.db import Database
from revivatech.kit.errors import InvalidInput
from revivatech.shop import texts
from support.serving import Served

pytestmark = pytest.mark.anyio

OWN = """## Our rules

Pay when you collect,
in cash or by card.

- No dogs
- <b>No</b> ladders
"""


def test_a_text_has_headings_paragraphs_and_lists() -> None:
    """Lines of one paragraph are one; marks make headings and lists; nothing else means anything."""
    assert [(block.kind, block.lines) for block in texts.blocks_of(OWN + "\n\n\n\nThe end.\n# Last\nword")] == [
        ("heading", ["Our rules"]),
        ("paragraph", ["Pay when you collect,", "in cash or by card."]),
        ("list", ["No dogs", "<b>No</b> ladders"]),
        ("paragraph", ["The end."]),
        ("heading", ["Last"]),
        ("paragraph", ["word"]),
    ]


async def test_the_newest_text_of_the_readers_language_holds(db: Database) -> None:
    """A shop that writes one language shows it in every other, not our words beside it; taken back, ours hold again."""
    async with db.transaction() as tx:
        assert await texts.text_for(tx, "terms", "en") is None
        assert await texts.terms_version(tx, "en") == texts.DEFAULT_VERSION

        await texts.replace(tx, "terms", "pt-BR", "Velho.")
        portuguese = await texts.replace(tx, "terms", "pt-BR", "Novo.")
        assert await texts.text_for(tx, "terms", "en") == portuguese
        english = await texts.replace(tx, "terms", "en", "New.")
        assert await texts.text_for(tx, "terms", "en") == english
        assert await texts.text_for(tx, "terms", "pt-BR") == portuguese
        assert english.version != portuguese.version == await texts.terms_version(tx, "pt-BR")
        assert await texts.text_for(tx, "privacy", "en") is None

        await texts.withdraw(tx, "terms", "en")
        await texts.withdraw(tx, "terms", "pt-BR")
        assert await texts.text_for(tx, "terms", "en") is None


@pytest.mark.parametrize("text", ["", " \n ", "a" * (texts.LONGEST + 1), "a\x00b"])
async def test_a_text_that_nobody_can_read_is_refused(db: Database, text: str) -> None:
    """Nothing, more than anybody reads, and what no page can show."""
    async with db.transaction() as tx:
        with pytest.raises(InvalidInput):
            await texts.replace(tx, "terms", "en", text)


@pytest.mark.usefixtures("people")
async def test_anybody_reads_what_they_agree_to(served: Served, db: Database) -> None:
    """Our words to begin with, then the shop's, escaped; the registration leads there."""
    register = (await served.client.get("/customer/register")).text
    ours = (await served.client.get("/customer/terms")).text
    async with db.transaction() as tx:
        own = await texts.replace(tx, "terms", "en", OWN)
    theirs = (await served.client.get("/customer/terms", headers={"Accept-Language": "pt-BR"})).text

    assert 'href="/customer/terms" target="_blank"' in register
    assert "Having an account orders nothing." in ours
    assert f"Version {texts.DEFAULT_VERSION}" in ours
    assert '<div class="prose" lang="en"><h3>Our rules</h3>' in theirs
    assert "<li>&lt;b&gt;No&lt;/b&gt; ladders</li>" in theirs
    assert own.version in theirs
    assert "Aviso de privacidade" in theirs
