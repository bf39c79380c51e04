"""Origins that may open a socket, and those that may by a cookie."""

from typing import Any
from urllib.parse import urlsplit

from revivatech.settings import Settings, is_loopback


class Origins:
    """The origins of the portal's own pages, and the others that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._welcome = {settings.origin, *(origin.lower() for origin in settings.allowed_origins)}

    def is_welcome(self, origin: str | None, environ: dict[str, Any]) -> bool:
        """Return whether a page of that origin may connect; `environ` is the request in the words of WSGI."""
        return origin is not None and (origin.lower() in self._welcome or self._is_own(origin, environ))

    def is_own_page(self, environ: dict[str, Any]) -> bool:
        """Return whether the request comes from a page of the portal, so that its cookie may speak for it."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None:
            return self._is_own(origin, environ)
        # A page that polls sends no Origin with its GET; browsers say in another way where it comes from.
        return bool(environ.get("HTTP_SEC_FETCH_SITE") == "same-origin")

    def _is_own(self, origin: str, environ: dict[str, Any]) -> bool:
        """Return whether a page of the portal itself speaks: the public address, or this machine's in a demo."""
        if origin.lower() == self._settings.origin:
            return True
        parts = urlsplit(origin)
        return (
            not self._settings.is_production
            and is_loopback(parts.hostname or "")
            and parts.netloc == environ.get("HTTP_HOST")
        )
