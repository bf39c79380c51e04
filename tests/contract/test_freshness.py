"""What was written is what is read, however warm the kept answers are (R114)."""

import asyncio
from itertools import cycle

import pytest

from support.desk import Desk
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio

ROUNDS = 200
READERS = 2
# Beside readers that never pause, each change takes its time.
RACES = 60
STAGES = ("waiting_for_parts", "repairing")


@pytest.mark.long
async def test_r114_a_read_after_a_write_shows_it(served: Served, people: People, desk: Desk) -> None:
    """200 changes, after each of which repair, list, timeline, figures and page show it: none is stale."""
    repair = (await desk.take_in(people.anna))["repair"]
    await desk.move(repair["id"], "diagnosing")
    version = (await desk.move(repair["id"], "repairing"))["repair"]["version"]
    anna = await served.sign_in(people.anna)
    browser = await served.sign_in_browser(people.anna)
    stale = []
    stage = cycle(STAGES)

    for number in range(ROUNDS):
        change = {"status": "repairing", "stage": next(stage), "version": version, "notes": f"note-{number}."}
        changed = await served.client.post(
            f"/api/staff/repairs/{repair['id']}/status", headers=desk.headers, json=change
        )
        version = changed.json()["repair"]["version"]

        one = await served.client.get(f"/api/customer/repairs/{repair['id']}", headers=anna)
        listed = await served.client.get("/api/customer/repairs", headers=anna)
        timeline = await served.client.get(f"/api/customer/repairs/{repair['id']}/timeline", headers=anna)
        stale += [
            (number, what)
            for what, is_fresh in (
                ("repair", one.json()["version"] == version),
                ("list", listed.json()["items"][0]["stage"]["key"] == change["stage"]),
                ("timeline", timeline.json()["items"][-1]["notes"] == change["notes"]),
            )
            if not is_fresh
        ]
        # Pages cost more to make: every tenth, which is as good at finding a forgotten key.
        if number % 10 == 0:
            page = await served.client.get(f"/customer/repairs/{repair['id']}", headers=browser)
            if change["notes"] not in page.text:
                stale.append((number, "page"))

    assert stale == []


async def test_r114_nobody_reads_what_is_older_than_what_was_answered(
    served: Served, people: People, desk: Desk
) -> None:
    """While the staff write and the customer reads, no read is older than the last write answered before it began."""
    repair = (await desk.take_in(people.anna))["repair"]
    await desk.move(repair["id"], "diagnosing")
    version = (await desk.move(repair["id"], "repairing"))["repair"]["version"]
    anna = await served.sign_in(people.anna)
    stale: list[tuple[int, int]] = []
    reads = 0
    is_over = False

    async def read() -> None:
        nonlocal reads
        while not is_over:
            answered = version
            answer = await served.client.get(f"/api/customer/repairs/{repair['id']}", headers=anna)
            reads += 1
            if answer.json()["version"] < answered:
                stale.append((answer.json()["version"], answered))

    readers = [asyncio.create_task(read()) for _ in range(READERS)]
    for _, stage in zip(range(RACES), cycle(STAGES), strict=False):
        answer = await served.client.post(
            f"/api/staff/repairs/{repair['id']}/status",
            headers=desk.headers,
            json={"status": "repairing", "stage": stage, "version": version},
        )
        version = answer.json()["repair"]["version"]
    is_over = True
    await asyncio.gather(*readers)

    assert stale == []
    assert reads > RACES


async def test_a_kept_answer_is_in_the_readers_language(served: Served, people: People, desk: Desk) -> None:
    """One customer in two languages, by header or by cookie, gets each answer in the language of that request."""
    await desk.take_in(people.anna)
    token, browser = await served.sign_in(people.anna), await served.sign_in_browser(people.anna)
    words = {"en": "Received", "pt-BR": "Recebido"}

    for language in ("en", "pt-BR", "en", "pt-BR"):
        by_header = token | {"Accept-Language": language}
        by_cookie = browser | {"Cookie": f"{browser['Cookie']}; language={language}"}
        for headers in (by_header, by_cookie):
            listed = await served.client.get("/api/customer/repairs", headers=headers)
            assert listed.json()["items"][0]["stage"]["label"] == words[language]
        page = await served.client.get("/customer/repairs", headers=by_cookie)
        assert words[language] in page.text
        assert f'<html lang="{language.replace("en", "en-GB")}"' in page.text
