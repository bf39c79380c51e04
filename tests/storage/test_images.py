"""Pictures made anew: real ones from telephones and cameras, and such as were made to do harm."""

import asyncio
import gc
import io
import resource
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageChops, ImageStat, PngImagePlugin
from structlog.testing import capture_logs

from revivatech.kit.errors import Unavailable
from revivatech.storage import images
from revivatech.storage.images import Crop, PictureRefused, squares
from support.waiting import until_true

pytestmark = pytest.mark.anyio

SAMPLES = Path(__file__).parents[3] / "shared" / "images" / "pillow"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/images")
SCRIPT = b"<html><script>alert(document.domain)</script></html>"


def picture(size: tuple[int, int] = (60, 40), kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new(mode, size, "blue")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "red"), (0, 0))
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


async def made(content: bytes, side: int = 64, crop: Crop = images.MIDDLE) -> Image.Image:
    """The square that becomes of it, checked to be a bare WebP."""
    body = (await squares(content, [side], crop))[side]
    image = Image.open(io.BytesIO(body), formats=["WEBP"])
    image.load()
    assert image.size == (side, side)
    assert not image.getexif()
    assert {"exif", "icc_profile", "xmp"}.isdisjoint(image.info)
    for chunk in (b"EXIF", b"XMP ", b"ICCP", b"<script"):
        assert chunk not in body
    return image.convert("RGB")


def is_red(pixel: object) -> bool:
    """Whether the pixel is about red."""
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 150 and pixel[2] < 100)


@needs_samples
@pytest.mark.parametrize(
    "name",
    [
        "avif_hopper.heif",
        "exif_gps.jpg",
        "flower.jpg",
        "hopper.jpg",
        "hopper.png",
        "hopper.webp",
        "hopper_gray.jpg",
        "hopper_orientation_6.jpg",
        "pil_sample_cmyk.jpg",
        "xmp_tags_orientation.png",
    ],
)
async def test_r66_what_a_real_picture_told_besides_is_gone(name: str) -> None:
    """JPEG, PNG and WebP, grey and for print: each becomes squares of WebP without place, camera, profile or text."""
    await made((SAMPLES / name).read_bytes(), 512)


@needs_samples
@pytest.mark.parametrize(
    "name",
    [
        "avif_exif.avif",
        "broken.png",
        "broken_data_stream.png",
        "decompression_bomb.gif",
        "hopper.gif",
        "truncated_image.png",
        "truncated_jpeg.jpg",
    ],
)
async def test_r63_what_we_do_not_take_is_refused_with_words(name: str) -> None:
    """Other formats, broken and truncated files are refused as input, whatever their decoder raises."""
    with pytest.raises(PictureRefused) as refused:
        await squares((SAMPLES / name).read_bytes(), [96])

    assert refused.value.status == 422
    assert refused.value.errors[0].field == "file"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        SCRIPT,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>",
        b"PK\x03\x04" + bytes(100),
        b"GIF89a/*" + bytes(30) + b"*/=1;alert(1)",
        b"\xff\xd8\xff" + bytes(200),
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\x00\x00\x00\x18ftypheic" + bytes(400),
        b"8BPS\x00\x01" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
async def test_r63_what_is_no_picture_is_refused(content: bytes) -> None:
    """Pages, drawings, archives, documents, bare headers: PictureRefused and nothing else."""
    with pytest.raises(PictureRefused):
        await squares(content, [96])


async def test_r64_a_page_behind_a_picture_is_not_served(tmp_path: Path) -> None:
    """A JPEG that is also HTML, and one that is also a ZIP, come out as pixels alone."""
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.js", "alert(1)")

    for content in (picture() + SCRIPT, picture() + archive.read_bytes(), picture(comment=SCRIPT)):
        body = (await squares(content, [96]))[96]
        assert b"script" not in body
        assert b"evil" not in body


async def test_r66_text_and_exif_of_our_own_making_are_gone() -> None:
    """A place in EXIF, script in EXIF, PNG text: none of it in the result."""
    exif = Image.Exif()
    exif[0x010E] = "<script>canary</script>"
    exif.get_ifd(0x8825)[1] = "N"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "canary")

    for content in (
        picture(exif=exif),
        picture(kind="PNG", pnginfo=notes, exif=exif),
        picture(kind="WEBP", exif=exif, xmp=b"<x>canary</x>"),
    ):
        body = (await squares(content, [512, 96]))[512]
        assert b"canary" not in body


def png_header(width: int, height: int, colour: int = 2) -> bytes:
    """A PNG that claims this size and has nothing behind its header; `colour` 2 is RGB, 6 has transparency."""
    size = width.to_bytes(4) + height.to_bytes(4)
    chunks = [(b"IHDR", size + bytes([8, colour, 0, 0, 0])), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4) for name, body in chunks
    )


def heif_header(side: int) -> bytes:
    """A HEIF of 64 pixels a side that claims another size."""
    import pillow_heif  # noqa: PLC0415 - its encoder is only for tests

    pillow_heif.register_heif_opener()
    content = picture((64, 64), "HEIF")
    claimed, real = (number.to_bytes(4) * 2 for number in (side, 64))
    assert content.count(b"ispe" + bytes(4) + real) == 1
    return content.replace(b"ispe" + bytes(4) + real, b"ispe" + bytes(4) + claimed)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "81 megapixels": (lambda: png_header(9000, 9000), "40 megapixels"),
    "144 megapixels": (lambda: png_header(12000, 12000), "40 megapixels"),
    "one pixel wide": (lambda: png_header(1, 39_999_999), "40 megapixels"),
    "one pixel high": (lambda: png_header(39_999_999, 1), "40 megapixels"),
    "every pixel transparent": (lambda: png_header(6000, 6000, colour=6), "too much memory"),
    "HEIF of 36 megapixels": (lambda: heif_header(6000), "too much memory"),
    "WebP of 20 megapixels": (lambda: picture((5000, 4000), "WEBP", quality=0, method=0), "too much memory"),
    "progressive JPEG of 38 megapixels": (
        lambda: picture((6200, 6200), "JPEG", progressive=True, quality=1),
        "too much memory",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_r67_a_bomb_is_refused_by_its_header(name: str) -> None:
    """Too many pixels, a side that no camera makes, or too much memory for the format: refused before decoding."""
    make, words = BOMBS[name]
    content = make()
    before = cpu_of_children()

    with pytest.raises(PictureRefused, match=words):
        await squares(content, [96])

    assert cpu_of_children() - before < 1


def cpu_of_children() -> float:
    """Return the CPU seconds of all processes that have ended: what a picture cost, however busy the machine is."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@needs_samples
async def test_r67_four_uploads_at_once_of_everything_hostile_give_their_memory_back() -> None:
    """All samples and bombs: the process and its workers rise by less than 150 MB and end within 60 MB."""
    files = [path.read_bytes() for path in sorted(SAMPLES.iterdir())] + [make() for make, _ in BOMBS.values()]
    # Makers of bombs leave memory behind in this process that is not the portal's.
    gc.collect()
    queue = iter(files)
    refused = 0

    async def upload() -> None:
        nonlocal refused
        for content in queue:
            try:
                await squares(content, [512, 96])
            except PictureRefused:
                refused += 1

    before = memory_of_tree()
    peaks = [before]
    uploads = asyncio.gather(*(upload() for _ in range(4)))
    while not uploads.done():
        peaks.append(memory_of_tree())
        await asyncio.wait([uploads], timeout=0.01)
    await uploads

    assert refused >= len(BOMBS)
    assert max(peaks) - before < 150_000_000
    assert memory_of_tree() - before < 60_000_000


def memory_of_tree() -> int:
    """Resident bytes of this process and its children."""
    process = psutil.Process()
    total = process.memory_info().rss
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            total += child.memory_info().rss
    return total


async def test_r67_a_decoder_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The caller gets 503, the process ends, and the next picture is decoded."""
    worker = tmp_path / "worker.py"
    worker.write_text("import time; time.sleep(600)")
    before = set(psutil.Process().children())
    with monkeypatch.context() as patched:
        patched.setattr(images, "WORKER", worker)
        patched.setattr(images, "PATIENCE_SECONDS", 0.3)
        with pytest.raises(Unavailable):
            await squares(picture(), [512])

    await until_true(lambda: set(psutil.Process().children()) <= before)
    await made(picture())


async def test_r67_a_decoder_that_wants_more_memory_than_its_limit_gets_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the estimate is wrong the limit of the process holds: the file is refused, whatever the decoder does."""
    worker = tmp_path / "worker.py"
    text = images.WORKER.read_text().replace("MEMORY_LIMIT = 400_000_000", "MEMORY_LIMIT = 130_000_000")
    worker.write_text(text)
    monkeypatch.setattr(images, "WORKER", worker)

    with pytest.raises(PictureRefused, match=r"memory|damaged"):
        await squares(picture((6000, 3000), "PNG", mode="RGBA"), [96])

    await made(picture())


async def test_a_decoder_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The worker's environment holds nothing of the portal's."""
    worker = tmp_path / "worker.py"
    worker.write_text(
        "import json, os, sys\n"
        "sys.stdin.buffer.read()\n"
        "print(json.dumps({'refused': 'broken', 'error': str(sorted(os.environ))}))"
    )
    monkeypatch.setenv("REVIVATECH_SECRET_KEY", "canary")
    monkeypatch.setattr(images, "WORKER", worker)

    with capture_logs() as logs, pytest.raises(PictureRefused):
        await squares(picture(), [96])

    assert "MALLOC_ARENA_MAX" in logs[0]["error"]
    assert "REVIVATECH" not in logs[0]["error"]


async def test_r67_thousands_of_scans_are_refused() -> None:
    """A progressive JPEG may have scans, not thousands: the decoder would go over all pixels for each."""
    content = picture(progressive=True)
    await made(content)
    scan = content[content.rindex(b"\xff\xda") : -2]

    with pytest.raises(PictureRefused):
        await squares(content[:-2] + scan * 3000 + b"\xff\xd9", [96])


async def test_more_than_15_mb_are_refused() -> None:
    """A file above the limit is not even looked at."""
    with pytest.raises(PictureRefused, match="15 MB"):
        await squares(bytes(images.LARGEST_FILE + 1), [96])


async def test_the_picture_stands_upright() -> None:
    """Orientation 6 says "turn it to the right": what was at the left is then at the top."""
    exif = Image.Exif()
    exif[0x0112] = 6

    image = await made(picture((64, 64), exif=exif, quality=95))

    assert is_red(image.getpixel((32, 8)))
    assert not is_red(image.getpixel((32, 56)))


STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_the_crop_is_of_the_upright_picture(orientation: int) -> None:
    """Whichever of the eight ways a phone was held, the crop names the place that its owner sees."""
    upright = Image.new("RGB", (120, 80), "blue")
    upright.paste("red", (0, 0, 30, 20))
    stored = upright if orientation == 1 else upright.transpose(STORED_AS[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    stored.save(target, "PNG", exif=exif)

    corner = await made(target.getvalue(), crop=Crop(x=0.0, y=0.0, zoom=4))
    opposite = await made(target.getvalue(), crop=Crop(x=1.0, y=1.0, zoom=4))

    assert is_red(corner.getpixel((32, 32)))
    assert not is_red(opposite.getpixel((32, 32)))


@needs_samples
async def test_a_real_telephones_orientation_is_obeyed() -> None:
    """The sample turned by its EXIF looks like the sample that was never turned."""
    turned = await made((SAMPLES / "hopper_orientation_6.jpg").read_bytes())
    upright = await made((SAMPLES / "hopper.jpg").read_bytes())

    difference = ImageStat.Stat(ImageChops.difference(turned, upright)).mean
    assert max(difference) < 20


async def test_a_telephones_heic_is_read() -> None:
    """HEIF, as telephones make it, becomes WebP like everything else."""
    import pillow_heif  # noqa: PLC0415 - its encoder is of this test alone

    pillow_heif.register_heif_opener()
    image = await made(picture((64, 64), "HEIF"))

    assert is_red(image.getpixel((8, 32)))


async def test_the_crop_says_what_is_kept() -> None:
    """The middle without one; with one, the square around its point, never beyond the picture's edge."""
    content = picture((400, 100), quality=95)

    middle = await made(content)
    left = await made(content, crop=Crop(x=0.0, y=0.5, zoom=2))
    right = await made(content, crop=Crop(x=5.0, y=-3.0, zoom=100))

    assert is_red(middle.getpixel((4, 32)))
    assert not is_red(middle.getpixel((60, 32)))
    assert all(is_red(left.getpixel((x, y))) for x in (2, 60) for y in (2, 60))
    assert not any(is_red(right.getpixel((x, y))) for x in (2, 60) for y in (2, 60))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("WEBP", "RGBA")]
)
async def test_every_kind_of_pixel_becomes_colour(kind: str, mode: str) -> None:
    """Palettes, grey, black and white, transparency."""
    target = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).convert(mode).save(target, kind)

    image = await made(target.getvalue())

    if mode in {"RGBA", "LA"}:
        assert image.getpixel((32, 32)) == (255, 255, 255), "what is clear lies on white"


async def test_a_large_photo_becomes_small_quickly() -> None:
    """Twelve megapixels, as telephones make them."""
    content = picture((4000, 3000))
    started = time.perf_counter()

    made_of_it = await squares(content, [512, 96])

    assert time.perf_counter() - started < 2
    assert set(made_of_it) == {512, 96}
    assert all(len(body) < 60_000 for body in made_of_it.values())
