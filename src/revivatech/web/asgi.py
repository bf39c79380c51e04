"""ASGI's own types, as the specification has them: plain mappings."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
# Applications type their arguments each in their own way.
ASGIApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
