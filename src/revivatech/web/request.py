"""The request as handlers take it: Litestar's, whose three type parameters nobody here uses."""

from functools import cache
from typing import Any, TypeAlias

import litestar
import msgspec
from litestar.exceptions import SerializationException, ValidationException
from litestar.handlers import BaseRouteHandler
from typing_extensions import override

from revivatech.web.complaints import PLACE

Request: TypeAlias = litestar.Request[Any, Any, Any]


class StrictRequest(litestar.Request[Any, Any, Any]):
    """A request whose JSON is read as the very type that its handler takes: `"1"` is no number, `1` is not true.

    The framework itself would read any JSON first and then convert it as it converts a form, whose values are all text.
    """

    @override
    async def json(self) -> Any:
        """The body. Raises SerializationException for what is no JSON, ValidationException for another type's."""
        body = await self.body()
        try:
            return _decoder_of(self.route_handler).decode(body)
        except msgspec.ValidationError as error:
            raise ValidationException("The body is not this call's.", extra=[_complaint(str(error))]) from error
        except msgspec.DecodeError as error:
            raise SerializationException(str(error)) from error


@cache
def _decoder_of(handler: BaseRouteHandler) -> msgspec.json.Decoder[Any]:
    field = handler.parsed_data_field
    return msgspec.json.Decoder(Any if field is None else field.raw, dec_hook=handler.default_deserializer)


def _complaint(said: str) -> dict[str, str]:
    """What the framework makes of the library's words: the path without its root, and what is wrong there."""
    place = PLACE.search(said)
    return {"message": PLACE.sub("", said), "key": place[1] if place and place[1] else "data", "source": "body"}
