"""The request as handlers take it: Litestar's, whose three type parameters nobody here uses."""

from typing import Any, TypeAlias

import litestar

Request: TypeAlias = litestar.Request[Any, Any, Any]
