"""Pictures to send."""

import io
from collections.abc import Mapping

from PIL import Image

from support.serving import Served


def jpeg(description: str = "", size: tuple[int, int] = (300, 200)) -> bytes:
    """A JPEG whose EXIF holds that description."""
    exif = Image.Exif()
    exif[0x010E] = description
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, "JPEG", exif=exif)
    return target.getvalue()


async def keep_avatar(served: Served, headers: Mapping[str, str]) -> str:
    """The id of a picture that the customer of these headers has from now on."""
    answer = await served.client.post(
        "/api/customer/profile/avatar", files={"file": ("me.jpg", jpeg(), "image/jpeg")}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["avatarUrl"]).rpartition("/")[2]
