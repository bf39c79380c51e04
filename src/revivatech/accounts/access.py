"""The guard of a route that needs a permission."""

from collections.abc import Awaitable, Callable
from typing import Any

from revivatech.kit.permissions import Permission, require
from revivatech.web.context import context_of


def needs(permission: Permission) -> Callable[[Any, Any], Awaitable[None]]:
    """Return a guard that raises NotAllowed unless the staff member who asks holds the permission.

    It runs before the body is read (R158), and after the guard of the whole program has identified the caller.
    """

    async def guard(request: Any, _handler: Any) -> None:  # noqa: ANN401 - Litestar's types of guards
        require(await context_of(request).authenticator.staff(request), permission)

    return guard
