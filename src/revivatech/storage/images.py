"""Pictures that people send, made anew: what leaves here is pixels and nothing else.

A picture is decoded and encoded again, so that whatever else the file was (a page, an archive, a script), and whatever
it told besides (place, camera, thumbnails), is gone (R63-R67). It is turned upright, and its colours become sRGB.
"""

import asyncio
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar

import structlog

from revivatech.kit.errors import FieldError, InvalidInput, Unavailable
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Value

if TYPE_CHECKING:
    from PIL.Image import Image

log = structlog.get_logger(__name__)

# What telephones and cameras make. Everything else Pillow reads is a way in that nobody needs.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# What a browser's file dialogue offers.
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif"
LARGEST_FILE = 15_000_000
MOST_PIXELS = 40_000_000
# A progressive JPEG has about ten scans; thousands of them cost minutes for a few kilobytes.
MOST_SCANS = 200
START_OF_SCAN = b"\xff\xda"
QUALITY = 82
CONTENT_TYPE = "image/webp"
# One at a time: decoding 40 megapixels takes up to a second and 200 MB, and the pages go on meanwhile.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
PATIENCE_SECONDS = 20
MOST_ZOOM = 8.0

TOO_LARGE = marked("The picture is too large: at most 15 MB and 40 megapixels, please.")
UNKNOWN = marked("This is not a picture that we can read. Please choose a JPEG, PNG, WebP or HEIC file.")
BROKEN = marked("The picture is damaged. Please choose another one.")


class PictureRefused(InvalidInput):
    """The file is no picture that we take; `detail` says why, to whoever chose it."""

    code: ClassVar[str] = "picture_refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=[FieldError("file", detail)])


class Crop(Value):
    """The square that is kept: its middle as shares of width and height, and how often it fits the shorter side."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0


MIDDLE = Crop()


async def squares(content: bytes, sides: Sequence[int], crop: Crop = MIDDLE) -> dict[int, bytes]:
    """The picture's square as WebP, by its side in pixels. Raises PictureRefused, and Unavailable when all is busy."""
    loop = asyncio.get_running_loop()
    making = loop.run_in_executor(_thread, _squares, content, tuple(sides), crop)
    try:
        return await asyncio.wait_for(making, PATIENCE_SECONDS)
    except TimeoutError:
        log.warning("picture_took_too_long", size=len(content))
        raise Unavailable from None


def _squares(content: bytes, sides: Sequence[int], crop: Crop) -> dict[int, bytes]:
    if len(content) > LARGEST_FILE:
        raise PictureRefused(TOO_LARGE)
    image = _opened(content)
    try:
        with image:
            square = _cut(image, crop, max(sides))
        return {side: _encoded(square, side) for side in sides}
    except Exception as error:
        # A decoder fails in any way that its author did not think of: each means that the file is broken.
        log.info("picture_refused", error=type(error).__name__)
        raise PictureRefused(BROKEN) from error


def _opened(content: bytes) -> "Image":
    """The picture with its header read and nothing decoded. Raises PictureRefused."""
    # 50 ms and 10 MB that a portal without uploads need not spend at its start.
    import pillow_heif  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    pillow_heif.register_heif_opener(thumbnails=False)
    # Our own limit stands below; Pillow's would only warn up to twice of its own.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Exception as error:
        log.info("picture_refused", error=type(error).__name__)
        raise PictureRefused(UNKNOWN) from error
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise PictureRefused(TOO_LARGE)
    if image.format in {"JPEG", "MPO"} and content.count(START_OF_SCAN) > MOST_SCANS:
        image.close()
        raise PictureRefused(BROKEN)
    return image


def _cut(image: "Image", crop: Crop, side: int) -> "Image":
    """The square at that side, upright, in sRGB, on white where it is transparent."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    zoom = _between(1.0, crop.zoom, MOST_ZOOM)
    wanted = int(side * zoom)
    # A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough: a fraction of the work.
    image.draft(None, (wanted, wanted))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    edge = max(1, round(min(upright.size) / zoom))
    left = int(_between(0, _between(0, crop.x, 1) * upright.width - edge / 2, upright.width - edge))
    top = int(_between(0, _between(0, crop.y, 1) * upright.height - edge / 2, upright.height - edge))
    cut = upright.crop((left, top, left + edge, top + edge))
    if cut.mode not in {"RGB", "L", "CMYK", "RGBA"}:
        cut = cut.convert("RGBA" if "transparency" in cut.info or "A" in cut.mode or "a" in cut.mode else "RGB")
    small = cut.resize((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        return ground
    return _in_srgb(small, profile)


def _in_srgb(image: "Image", profile: bytes | None) -> "Image":
    """The picture with the colours that its profile means, which is left behind."""
    from PIL import ImageCms  # noqa: PLC0415 - as above

    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            # A profile that makes no sense costs a little colour and no picture.
            log.debug("colour_profile_ignored")
        else:
            if converted is not None:
                return converted
    return image.convert("RGB")


def _encoded(square: "Image", side: int) -> bytes:
    """The square at that side as WebP. A new canvas takes the pixels, so that nothing else comes along."""
    from PIL import Image  # noqa: PLC0415 - as above

    canvas = Image.new("RGB", (side, side))
    scaled = square if square.width == side else square.resize((side, side), Image.Resampling.LANCZOS)
    canvas.paste(scaled)
    target = io.BytesIO()
    canvas.save(target, "WEBP", quality=QUALITY, method=4)
    return target.getvalue()


def _between(least: float, value: float, most: float) -> float:
    """The value, or the limit that it passes; what is no number passes the lower one."""
    return min(max(least, value), most)
