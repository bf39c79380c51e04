"""Re-encode the pictures that people upload: only pixels leave here.

A picture is decoded and encoded again, so that whatever else the file was (a page, an archive, a script) and whatever
metadata it held (location, camera, thumbnails) is gone (R63-R67). `image_worker` does it in a process of its own.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import msgspec
import structlog

from revivatech.kit.errors import FieldError, InvalidInput, Unavailable
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value

log = structlog.get_logger(__name__)

# What a browser's file dialogue offers.
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"
LARGEST_FILE = 15_000_000
CONTENT_TYPE = "image/webp"
PATIENCE_SECONDS = 20
MOST_ZOOM = 8.0

WORKER = Path(__file__).with_name("image_worker.py")
# One picture at a time: four uploads at once need no more memory than one, and a core stays free for the pages.
_slot = asyncio.Semaphore(1)

TOO_LARGE = marked("The picture is too large: at most 15 MB and 40 megapixels, please.")
TOO_HEAVY = marked("This picture takes too much memory to open. Please send it as a JPEG, or make it smaller.")
UNKNOWN = marked("This is not a picture that we can read. Please choose a JPEG, PNG, WebP or HEIC file.")
BROKEN = marked("The picture is damaged. Please choose another one.")
REASONS = {"too_large": TOO_LARGE, "too_heavy": TOO_HEAVY, "unknown": UNKNOWN, "broken": BROKEN}


class PictureRefused(InvalidInput):
    """The file is not a picture that we accept; `detail` tells the person who chose it why."""

    code: ClassVar[str] = "picture_refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=[FieldError("file", detail)])


class Crop(Value):
    """The square to keep: its middle as shares of width and height, and how often it fits into the shorter side."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


MIDDLE = Crop()


class WorkerAnswer(Value):
    """First line of a worker's output: the sizes of the files that follow, or the reason for none."""

    sizes: list[int] = msgspec.field(default_factory=list)
    refused: str = ""
    error: str = ""


async def squares(content: bytes, sides: Sequence[int], crop: Crop = MIDDLE) -> dict[int, bytes]:
    """Return the picture's square as WebP files, by side in pixels.

    Raises PictureRefused, and Unavailable when it takes longer than `PATIENCE_SECONDS`, waiting included.
    """
    if len(content) > LARGEST_FILE:
        raise PictureRefused(TOO_LARGE)
    request = json.dumps({"sides": sides, "crop": (crop.x, crop.y, crop.zoom)}).encode()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), _slot:
            output = await _run_worker(request + b"\n" + content)
    except TimeoutError:
        log.warning("picture_timeout", size=len(content))
        raise Unavailable from None
    head, _, bodies = output.partition(b"\n")
    # No output: the decoder crashed, or met its limit of CPU time.
    answer = msgspec.json.decode(head, type=WorkerAnswer) if head else WorkerAnswer(refused="broken", error="crash")
    if answer.refused:
        log.info("picture_refused", reason=answer.refused, error=answer.error)
        raise PictureRefused(REASONS[answer.refused])
    return dict(zip(sides, _split(bodies, answer.sizes), strict=True))


async def _run_worker(request: bytes) -> bytes:
    """Return what a new worker writes to standard output. It is killed when the caller stops waiting."""
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(WORKER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # No secrets, and one arena: each further one reserves address space that the limit counts.
        env={"MALLOC_ARENA_MAX": "1", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )
    try:
        output, _ = await worker.communicate(request)
    finally:
        if worker.returncode is None:
            with suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()
    return output


def _split(content: bytes, sizes: Sequence[int]) -> list[bytes]:
    """Return the parts of these sizes, in their order."""
    ends = [sum(sizes[: index + 1]) for index in range(len(sizes))]
    return [content[end - size : end] for size, end in zip(sizes, ends, strict=True)]
