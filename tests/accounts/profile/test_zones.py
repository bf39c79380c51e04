"""Time zones as a profile offers them."""

import pytest

from revivatech.accounts.profile import time_zones


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_zones_are_found_by_their_city(language: str) -> None:
    """Every choice is a zone, one city a line, in the reader's language; what is stored is always among them."""
    choices = time_zones.choices(language, "Asia/Calcutta")

    assert len(choices) > 400
    assert len({choice.name for choice in choices}) == len(choices)
    assert all(time_zones.is_zone(choice.name) for choice in choices)
    cities = {choice.name: choice.city for choice in choices}
    assert cities["Europe/Lisbon"] == {"en": "Lisbon", "pt-BR": "Lisboa"}[language]
    assert "Asia/Calcutta" in cities
    assert not any(
        time_zones.is_zone(name) for name in ("", "Factory", "localtime", "../etc/passwd", "Europe/Atlantis")
    )


@pytest.mark.anyio
async def test_the_present_zone_alone_is_selected() -> None:
    """Whoever asks next sees nothing of it; a zone that is none, as one may have sent it, is text and no markup."""
    lisbon = await time_zones.options("en", "Europe/Lisbon")
    strange = await time_zones.options("en", '"><script>')

    assert lisbon.count(" selected>") == strange.count(" selected>") == 1
    assert '<option value="Europe/Lisbon" selected>Lisbon · Western European Time</option>' in lisbon
    assert strange.startswith('<option value="&#34;&gt;&lt;script&gt;" selected>&#34;&gt;&lt;script&gt;</option>')
    assert "<script" not in strange
    assert '<option value="Europe/Lisbon">' in strange
