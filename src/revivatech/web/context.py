"""The services of the running program, as handlers reach them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from revivatech.cache.store import Cache
from revivatech.db import Database
from revivatech.settings import Settings
from revivatech.sms.sender import SmsSender
from revivatech.storage import Files
from revivatech.web.authentication import Authenticator
from revivatech.web.pages import Pages
from revivatech.web.request import Request


@dataclass(frozen=True, slots=True)
class AppContext:
    """The parts that app.py has built; one a process."""

    settings: Settings
    db: Database
    cache: Cache
    files: Files
    sms: SmsSender
    authenticator: Authenticator
    pages: Pages
    # Whether this process hears what other processes publish.
    is_listening: Callable[[], Awaitable[bool]]


def is_at_public_address(request: Request) -> bool:
    """Return whether the page was opened by the portal's own name; what a browser binds to a name works there alone."""
    return request.headers.get("host", "").lower() == urlsplit(context_of(request).settings.public_url).netloc.lower()


def context_of(request: Request) -> AppContext:
    """The portal that serves this request."""
    context: AppContext = request.scope["state"]["portal"]
    return context
