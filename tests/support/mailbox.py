"""The mails that the portal has kept instead of sending, and the links in them."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.rows import dict_row

from support.serving import Served
from support.waiting import until_true

LINK = re.compile(r"https?://\S+")


class Mailbox:
    """What people were sent, the oldest first."""

    def __init__(self, served: Served) -> None:
        self._url = served.settings.database_url

    def mails(self, recipient: str = "", subject: str = "") -> list[dict[str, Any]]:
        """The mails to that address whose subject holds these words."""
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            rows = connection.execute(
                "SELECT recipient, subject, text_body, html_body FROM kept_mails ORDER BY created_at, id"
            ).fetchall()
        return [row for row in rows if recipient in {"", row["recipient"]} and subject in row["subject"]]

    async def wait(self, recipient: str, subject: str = "", count: int = 1) -> dict[str, Any]:
        """The newest of those mails, once there are so many."""
        await until_true(lambda: len(self.mails(recipient, subject)) >= count)
        return self.mails(recipient, subject)[-1]

    async def link(self, recipient: str, subject: str = "", count: int = 1) -> str:
        """The first link in the newest of those mails."""
        return _link(await self.wait(recipient, subject, count))

    async def token(self, recipient: str, subject: str = "", count: int = 1) -> str:
        """Return what proves that link."""
        return _token(await self.link(recipient, subject, count))

    def tokens(self, recipient: str, subject: str = "") -> list[str]:
        """Return what proves the link of each of those mails. Mails made close together may be kept in any order."""
        return [_token(_link(mail)) for mail in self.mails(recipient, subject)]

    async def quiet(self) -> None:
        """Return once every job has been done."""
        await until_true(self._is_quiet)

    def _is_quiet(self) -> bool:
        with psycopg.connect(self._url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND scheduled_at IS NULL"
            ).fetchone()
        return row is not None and row[0] == 0


def _link(mail: dict[str, Any]) -> str:
    found = LINK.search(mail["text_body"])
    assert found, mail["text_body"]
    return found[0]


def _token(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]
