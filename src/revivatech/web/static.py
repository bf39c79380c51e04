"""The built files of `static/`: content-hashed names, kept in memory, compressed once, cached by browsers for ever."""

import gzip
import json
import mimetypes
from importlib import resources
from importlib.resources.abc import Traversable

from revivatech.kit.structs import Value

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")

PREFIX = "/static/"
FOREVER = b"public, max-age=31536000, immutable"
COMPRESSIBLE = ("text/", "image/svg", "application/json", "application/manifest")


class StaticFile(Value):
    """One file, ready to send."""

    content_type: bytes
    body: bytes
    compressed: bytes | None


class StaticFiles:
    """Every built file by its path, and the manifest that knows the hashed name of each logical one."""

    def __init__(self) -> None:
        folder = resources.files("revivatech.web") / "static"
        manifest = folder / "manifest.json"
        self.names: dict[str, str] = json.loads(manifest.read_text()) if manifest.is_file() else {}
        self.files = {PREFIX + name: _load(folder / name) for name in self.names.values()}

    def url(self, name: str) -> str:
        """The URL of a logical name such as `app.css`. Raises KeyError for a file that was never built."""
        return PREFIX + self.names[name]


def _load(file: Traversable) -> StaticFile:
    body = file.read_bytes()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    compressed = gzip.compress(body, 9, mtime=0) if kind.startswith(COMPRESSIBLE) else None
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return StaticFile(kind.encode(), body, compressed)
