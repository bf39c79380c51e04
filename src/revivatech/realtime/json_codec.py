"""JSON as python-socketio wants it, a thing with `dumps` and `loads`; raw JSON of the event log passes unread."""

import msgspec


class JsonCodec:
    """Compact JSON by msgspec, which writes UUIDs, times and `msgspec.Raw` too."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """The value as JSON text."""
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: object) -> object:
        """Return the JSON text's value. Raises ValueError, as the library expects, for what is not JSON."""
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValueError(str(error)) from None
