"""Exports: complete, one's own, one at a time, and never half of one."""

import json

import psycopg
import pytest

from support.exporting import fetched
from support.people import People
from support.serving import Served

pytestmark = pytest.mark.anyio


async def test_r125_an_export_is_a_zip_to_read_and_to_process(served: Served, people: People) -> None:
    """JSON with a schema, and a page in the customer's language without scripts or outside addresses."""
    with psycopg.connect(served.settings.database_url) as connection:
        connection.execute("UPDATE customers SET language = 'pt-BR' WHERE id = %s", [people.anna.id])
    anna = await served.sign_in(people.anna)

    archive = await fetched(served, anna)

    assert archive.testzip() is None
    profile = json.loads(archive.read("data/account/profile.json"))
    schema = json.loads(archive.read("schema.json"))["$defs"]["data/account/profile.json"]
    assert profile[0]["email"] == people.anna.email
    assert set(schema["items"]["required"]) == set(profile[0])
    page = archive.read("index.html").decode()
    assert people.anna.email in page
    assert 'lang="pt-BR"' in page
    assert not any(word in page for word in ("<script", "http://", "https://", "javascript:"))
