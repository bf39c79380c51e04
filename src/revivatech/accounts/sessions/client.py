"""The client of a request, its realm, and the paths that both realms have."""

from revivatech.accounts.contracts import Client, Realm
from revivatech.accounts.secrets.access_tokens import AccessTokens
from revivatech.kit.text import one_line
from revivatech.web.client_address import client_address
from revivatech.web.context import context_of
from revivatech.web.request import Request

LONGEST_USER_AGENT = 400


def client_of(request: Request) -> Client:
    """Return where the request comes from and with which program."""
    agent = one_line(request.headers.get("user-agent", ""))[:LONGEST_USER_AGENT]
    return Client(client_address(request), agent or None)


def realm_of(request: Request) -> Realm:
    """Return whose half of the portal the address belongs to."""
    return "staff" if request.url.path.startswith(("/api/staff/", "/staff/")) else "customer"


def both(path: str) -> list[str]:
    """Return the path in either half of the portal."""
    return [f"/customer{path}", f"/staff{path}"]


def access_tokens(request: Request) -> AccessTokens:
    """The issuer of access tokens."""
    return AccessTokens(context_of(request).settings)
