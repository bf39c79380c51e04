"""The ZIP of an export: JSON for programs, a page for people, the own files. Memory does not grow with it."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import msgspec

from revivatech.db import Database, Transaction, personal_data
from revivatech.db.personal_data import Table
from revivatech.privacy.export_page import Reading
from revivatech.privacy.ports import Keeper

# How many rows of a table the page shows; a program reads all of them.
MOST_ON_PAGE = 1000
# What remains when every row is written: the page and the files.
ROWS_SHARE = 95
PAGE = "index.html"
SCHEMA = "schema.json"
JSON_TYPES: dict[str, dict[str, object]] = {
    "boolean": {"type": "boolean"},
    "smallint": {"type": "integer"},
    "integer": {"type": "integer"},
    "bigint": {"type": "integer"},
    "numeric": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
    "jsonb": {},
}

Progress = Callable[[int], Awaitable[None]]
_encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")


async def write(
    db: Database,
    keepers: Sequence[Keeper],
    customer_id: UUID,
    path: Path,
    reading: Reading,
    progress: Progress,
) -> int:
    """Write everything of the customer to that new file; its size in bytes comes back.

    The rows are of one moment. `progress` is told the percentage now and then.
    """
    tables = [table for keeper in keepers for table in keeper.tables if table.file]
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        async with db.transaction() as tx:
            await personal_data.read_as_of_now(tx)
            total = sum([await personal_data.count(tx, table, customer_id) for table in tables])
            done = 0
            for table in tables:
                async with _entry(archive, f"data/{table.file}.json") as put:
                    async for count in _table(tx, table, customer_id, put, reading):
                        done += count
                        await progress(done * ROWS_SHARE // max(total, 1))
            schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": await _schemas(tx, tables)}
        async with _entry(archive, SCHEMA) as put:
            await put(msgspec.json.format(msgspec.json.encode(schema)))
        for keeper in keepers:
            async for name, chunks in keeper.files(customer_id):
                async with _entry(archive, f"files/{name}") as put:
                    async for chunk in chunks:
                        await put(chunk)
                reading.file(f"files/{name}")
        async with _entry(archive, PAGE) as put:
            for part in reading.page():
                await put(part)
    return (await asyncio.to_thread(path.stat)).st_size


async def _table(
    tx: Transaction,
    table: Table,
    customer_id: UUID,
    put: Callable[[bytes], Awaitable[None]],
    reading: Reading,
) -> AsyncIterator[int]:
    """Write the rows as a JSON array, one a line; how many came with each batch."""
    names = {column: camel(column) for column in table.shown}
    on_page: list[Mapping[str, Any]] = []
    total = 0
    await put(b"[")
    async for batch in personal_data.rows(tx, table, customer_id):
        lines = [_encoder.encode({names[column]: value for column, value in row.items()}) for row in batch]
        await put((b",\n" if total else b"\n") + b",\n".join(lines))
        on_page += batch[: MOST_ON_PAGE - len(on_page)]
        total += len(batch)
        yield len(batch)
    await put(b"\n]\n")
    if total:
        await asyncio.to_thread(reading.section, table.file, on_page, total)


async def _schemas(tx: Transaction, tables: Sequence[Table]) -> dict[str, object]:
    """JSON Schema of each file's array, by the file's name."""
    schemas: dict[str, object] = {}
    for table in tables:
        types = await personal_data.types(tx, table)
        properties = {
            camel(column): _nullable(JSON_TYPES.get(kind, {"type": "string"})) for column, kind in types.items()
        }
        schemas[f"data/{table.file}.json"] = {
            "type": "array",
            "items": {"type": "object", "properties": properties, "required": list(properties)},
        }
    return schemas


def _nullable(schema: dict[str, object]) -> dict[str, object]:
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema


def camel(column: str) -> str:
    """A column's name as programs read it."""
    first, *rest = column.split("_")
    return first + "".join(word.title() for word in rest)


@asynccontextmanager
async def _entry(archive: zipfile.ZipFile, name: str) -> AsyncIterator[Callable[[bytes], Awaitable[None]]]:
    """A function that appends to that entry; packing happens in a thread."""
    entry: IO[bytes] = await asyncio.to_thread(archive.open, name, "w", force_zip64=True)

    async def put(part: bytes) -> None:
        await asyncio.to_thread(entry.write, part)

    try:
        yield put
    finally:
        await asyncio.to_thread(entry.close)
