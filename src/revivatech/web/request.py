"""The request as handlers take it: Litestar's, whose three type parameters nobody here uses."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

import litestar
import msgspec
from litestar.exceptions import SerializationException, ValidationException
from litestar.handlers import BaseRouteHandler
from typing_extensions import override

from revivatech.web.body_problems import problems_of
from revivatech.web.validation_messages import PLACE

Request: TypeAlias = litestar.Request[Any, Any, Any]


class StrictRequest(litestar.Request[Any, Any, Any]):
    """A request whose JSON is read as the very type that its handler takes: `"1"` is no number, `1` is not true.

    The framework itself would read any JSON first and then convert it as it converts a form, whose values are all text.
    """

    @override
    async def json(self) -> Any:
        """Return the body. Raises SerializationException for what is no JSON, ValidationException for another type's.

        The latter names every problem, not the first alone.
        """
        body, handler = await self.body(), self.route_handler
        try:
            try:
                return _decoder_of(handler).decode(body)
            except msgspec.ValidationError as error:
                found = problems_of(body, _type_of(handler), handler.default_deserializer)
                raise ValidationException("The body is not this call's.", extra=[*_items(found)]) from error
        except msgspec.DecodeError as error:
            raise SerializationException(str(error)) from error


@cache
def _decoder_of(handler: BaseRouteHandler) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_type_of(handler), dec_hook=handler.default_deserializer)


def _type_of(handler: BaseRouteHandler) -> Any:  # noqa: ANN401 - a type
    field = handler.parsed_data_field
    return Any if field is None else field.raw


def _items(found: list[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Each problem as the framework would tell it: the path without its root, and what is wrong there."""
    for path, message in found:
        # A converter of the program's own types adds a path below its field.
        place = PLACE.search(message)
        inner = place[1] if place else ""
        key = ".".join(part for part in (path, inner) if part) or "data"
        yield {"message": PLACE.sub("", message), "key": key, "source": "body"}
