"""Decode one picture in a process of its own: `storage.images` starts it, one process a picture.

A decoder is C code fed by strangers. Here it can take neither the portal's memory nor its secrets: the process has a
limit on memory and CPU time, an empty environment, one picture to decode, and then it ends. It imports nothing of the
portal, so that it starts in a tenth of a second.

Standard input is a line of JSON, `{"sides": [512, 96], "crop": [0.5, 0.5, 1.0]}`, then the file. Standard output is a
line of JSON, then the WebP files one after the other: `{"sizes": [20413, 2210]}`, or `{"refused": "broken"}` with a
`Reason` and, for the log, the name of the error.
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from typing import Literal

from PIL import Image, ImageCms, ImageOps

Reason = Literal["too_large", "too_heavy", "unknown", "broken"]
Crop = tuple[float, float, float]
Box = tuple[float, float, float, float]

# The formats of phones and cameras. Every other decoder of Pillow is attack surface without a user.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_PIXELS = 40_000_000
# A strip of one pixel by forty million costs a row table of 600 MB. No camera makes a longer side than this.
MAX_SIDE = 16_384
# Memory at the peak of decoding, in bytes a pixel, measured with noise at 12 to 40 megapixels. A baseline JPEG is
# decoded at the size that is needed; all coefficients of a progressive one are in memory at once.
PEAK_BYTES = {"JPEG": 1, "progressive JPEG": 6, "PNG": 6, "PNG with alpha": 10, "WEBP": 17, "HEIF": 8}
# 36 megapixels of PNG, 27 of HEIF (phones make 24), 13 of WebP.
MAX_PEAK_BYTES = 220_000_000
# A progressive JPEG has about ten scans; thousands of them cost minutes for a few kilobytes.
MAX_SCANS = 200
START_OF_SCAN = b"\xff\xda"
ISO_MEDIA_BOX = b"ftyp"
QUALITY = 82
MAX_ZOOM = 8.0

# Address space: what the above needs, and 60 MB for Python and the libraries.
MEMORY_LIMIT = 400_000_000
CPU_SECONDS = 15

ORIENTATION = 0x0112
# The point of the stored picture that is seen at (u, v) of the upright one, by the EXIF orientation.
STORED_POINT: dict[int, Callable[[float, float], tuple[float, float]]] = {
    1: lambda u, v: (u, v),
    2: lambda u, v: (1 - u, v),
    3: lambda u, v: (1 - u, 1 - v),
    4: lambda u, v: (u, 1 - v),
    5: lambda u, v: (v, u),
    6: lambda u, v: (v, 1 - u),
    7: lambda u, v: (1 - v, 1 - u),
    8: lambda u, v: (1 - v, u),
}


class RefusedError(Exception):
    """The file cannot be used, for this `Reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def main() -> None:
    """Answer the one request on standard input."""
    limit_resources()
    request = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    bodies: list[bytes] = []
    try:
        bodies = squares(content, request["sides"], request["crop"])
        head: dict[str, object] = {"sizes": [len(body) for body in bodies]}
    except RefusedError as refused:
        head = {"refused": refused.reason, "error": type(refused.__cause__).__name__}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(bodies))


def limit_resources() -> None:
    """Bound what a hostile file can cost. `MEMORY_LIMIT` is address space; macOS does not support that limit."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def squares(content: bytes, sides: list[int], crop: Crop) -> list[bytes]:
    """Return the picture's square as WebP, once for each side. Raise RefusedError."""
    image = opened(content)
    try:
        with image:
            square = cut(image, crop, max(sides))
        return [encoded(square, side) for side in sides]
    except MemoryError as error:
        raise RefusedError("too_heavy") from error
    except Exception as error:
        # Decoders raise whatever their authors did not expect; each of it means that the file is broken.
        raise RefusedError("broken") from error


def opened(content: bytes) -> Image.Image:
    """Return the picture with its header read and nothing decoded. Raise RefusedError."""
    if ISO_MEDIA_BOX in content[:16]:
        import pillow_heif  # noqa: PLC0415 - 30 ms that other formats need not spend

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener(thumbnails=False)
    # Pillow's own limit would only warn up to twice its value; ours is below.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Exception as error:
        raise RefusedError("unknown") from error
    pixels = image.width * image.height
    if pixels > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise RefusedError("too_large")
    if pixels * PEAK_BYTES[coding_of(image)] > MAX_PEAK_BYTES:
        raise RefusedError("too_heavy")
    if image.format in {"JPEG", "MPO"} and content.count(START_OF_SCAN) > MAX_SCANS:
        raise RefusedError("broken")
    return image


def coding_of(image: Image.Image) -> str:
    """Return the key of `PEAK_BYTES`."""
    if image.format in {"JPEG", "MPO"}:
        return "progressive JPEG" if image.info.get("progressive") else "JPEG"
    if image.format == "PNG" and "A" in image.mode:
        return "PNG with alpha"
    return str(image.format)


def cut(image: Image.Image, crop: Crop, side: int) -> Image.Image:
    """Return the square at that side: upright, in sRGB, on white where it is transparent.

    It is cut out and made small first and turned then, so that the full picture is in memory once.
    """
    zoom = between(1.0, crop[2], MAX_ZOOM)
    # A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough: a fraction of the work.
    image.draft(None, (int(side * zoom), int(side * zoom)))
    box = stored_box(image, crop[0], crop[1], zoom)
    if image.mode not in {"RGB", "L", "CMYK", "RGBA"}:
        # Palettes and the like are converted before they are resized, and only where the square is.
        image = with_colours(image.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3]))))
        box = (0, 0, *image.size)
    small = image.resize((side, side), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    upright = ImageOps.exif_transpose(small)
    if upright.mode == "RGBA":
        ground = Image.new("RGB", upright.size, "white")
        ground.paste(upright, mask=upright.getchannel("A"))
        return ground
    return in_srgb(upright, image.info.get("icc_profile"))


def stored_box(image: Image.Image, x: float, y: float, zoom: float) -> Box:
    """Return the square of the stored picture that is seen around (x, y), shares of the upright width and height."""
    to_stored = STORED_POINT.get(image.getexif().get(ORIENTATION, 1), STORED_POINT[1])
    middle = to_stored(between(0, x, 1), between(0, y, 1))
    edge = max(1.0, min(image.size) / zoom)
    left = between(0, middle[0] * image.width - edge / 2, image.width - edge)
    top = between(0, middle[1] * image.height - edge / 2, image.height - edge)
    return left, top, left + edge, top + edge


def with_colours(image: Image.Image) -> Image.Image:
    """Return the picture in RGB, or in RGBA where it may be transparent."""
    return image.convert("RGBA" if "transparency" in image.info or "a" in image.mode.lower() else "RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture with the colours that its profile means, without the profile."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that makes no sense costs a little colour and no picture.
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def encoded(square: Image.Image, side: int) -> bytes:
    """Return the square at that side as WebP. A new canvas takes the pixels, so that no metadata comes along."""
    canvas = Image.new("RGB", (side, side))
    canvas.paste(square if square.width == side else square.resize((side, side), Image.Resampling.LANCZOS))
    target = io.BytesIO()
    canvas.save(target, "WEBP", quality=QUALITY, method=4)
    return target.getvalue()


def between(least: float, value: float, most: float) -> float:
    """Return the value, or the limit that it passes; NaN becomes the lower one."""
    return min(max(least, value), most)


if __name__ == "__main__":
    main()
