"""The terms and the privacy notice: the portal's own words, until the shop gives its own.

A shop's text is plain: paragraphs between empty lines, `## ` before a heading, `- ` before each line of a list.
"""

import hashlib
from typing import Literal

from revivatech.db import Reader, Transaction
from revivatech.kit.clock import utcnow
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.structs import Value
from revivatech.shop import queries
from revivatech.shop.contracts import ShopText, TextKind

# A change of meaning in the words of templates/terms.html needs a new version: it is noted who accepted which.
DEFAULT_VERSION = "2026-11"
LONGEST = 100_000


class Block(Value):
    """A part of a text: a heading, a paragraph, or a list; its lines."""

    kind: Literal["heading", "paragraph", "list"]
    lines: list[str]


async def text_for(reader: Reader, kind: TextKind, language: str) -> ShopText | None:
    """The shop's text in that language, else in another that it has; None where the portal's own words hold."""
    texts = await queries.newest_texts(reader, kind)
    return next((one for one in texts if one.language == language), texts[0] if texts else None)


async def terms_version(reader: Reader, language: str) -> str:
    """The version of the terms that a reader of that language sees, and accepts, now."""
    text = await text_for(reader, "terms", language)
    return text.version if text else DEFAULT_VERSION


async def replace(tx: Transaction, kind: TextKind, language: str, text: str) -> ShopText:
    """Put the shop's own text in place of what held; what it was stays on record. Raises InvalidInput."""
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST or "\x00" in text:
        raise InvalidInput(
            f"A text has 1 to {LONGEST:,} characters.",
            errors=[FieldError("text", f"Give 1 to {LONGEST:,} characters.")],
        )
    version = f"{utcnow():%Y-%m-%d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    own = ShopText(kind, language, version, text)
    await queries.add_text(tx, kind, language, version, text)
    return own


async def withdraw(tx: Transaction, kind: TextKind, language: str) -> None:
    """From here on the portal's own words hold again in that language."""
    await queries.add_text(tx, kind, language, DEFAULT_VERSION, None)


def blocks_of(text: str) -> list[Block]:
    """The parts of a shop's text, in order."""
    blocks: list[Block] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        for line in filter(None, map(str.strip, part.split("\n"))):
            kind: Literal["heading", "paragraph", "list"] = "paragraph"
            if line.startswith("#"):
                kind, line = "heading", line.lstrip("#").strip()  # noqa: PLW2901 - the mark is no part of the words
            elif line.startswith(("- ", "* ")):
                kind, line = "list", line[2:].strip()  # noqa: PLW2901
            if kind != "heading" and blocks and blocks[-1].kind == kind and blocks[-1].lines:
                blocks[-1].lines.append(line)
            else:
                blocks.append(Block(kind, [line]))
        # An empty line ends a paragraph or a list.
        blocks.append(Block("paragraph", []))
    return [block for block in blocks if block.lines and any(block.lines)]
