"""The address that a request comes from, believing nobody but a configured proxy."""

from revivatech.kit.network import resolve
from revivatech.web.asgi import Scope
from revivatech.web.request import Request


def resolve_client(scope: Scope, proxies: tuple[str, ...]) -> None:
    """Replace the peer in the scope by the client that its trusted proxy names.

    Raises UnreadableForwardingError.
    """
    peer = scope.get("client")
    if peer is None or not (proxies or ":" in peer[0]):
        return
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    scope["client"] = (resolve(peer[0], forwarded, proxies), peer[1])


def client_address(request: Request) -> str:
    """Return the client's address, which the edge has resolved; `0.0.0.0` where the transport has none."""
    client = request.scope.get("client")
    return client[0] if client else "0.0.0.0"  # noqa: S104 - a placeholder, nothing is bound
