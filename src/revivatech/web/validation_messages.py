"""Messages for invalid input, field by field, made from what the framework says about types."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from litestar.exceptions import ValidationException
from litestar.handlers import BaseRouteHandler

from revivatech.kit.errors import FieldError

# The framework's name of the whole body.
DATA = "data"
BODY = "body"
MISSING_PARAMETER = re.compile(r"Missing required \w+ parameter '([^']+)'")
MEMBER = re.compile(r"Object (missing required|contains unknown) field `([^`]+)`")
PLACE = re.compile(r" - at `(?:key in )?\$\.?(.*)`$")
WRONG_FORM = "This is not in the right form."
KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "uuid": "a UUID",
    "datetime": "a date and time (RFC 3339)",
    "date": "a date (RFC 3339)",
}
# What msgspec says, and what a person or a program's author is told instead.
WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Expected `(?:int|float|decimal)` >= (.+)", lambda found: f"This must be at least {found[1]}."),
        (r"Expected `(?:int|float|decimal)` <= (.+)", lambda found: f"This must be at most {found[1]}."),
        (r"Expected `(?:int|float|decimal)` > (.+)", lambda found: f"This must be more than {found[1]}."),
        (r"Expected `(?:int|float|decimal)` < (.+)", lambda found: f"This must be less than {found[1]}."),
        (r"Expected `str` of length >= 1$", lambda _: "This is needed."),
        (r"Expected `\w+` of length >= (\d+)", lambda found: f"This must have {found[1]} or more."),
        (r"Expected `str` of length <= (\d+)", lambda found: f"This must have at most {found[1]} characters."),
        (r"Expected `\w+` of length <= (\d+)", lambda found: f"This must have at most {found[1]}."),
        (r"Expected `datetime` with a timezone", lambda _: "Give the time zone, such as Z."),
        (r"Expected `\w+` matching regex", lambda _: WRONG_FORM),
        (r"Expected `([^`]+)`", lambda found: f"This must be {_kinds(found[1])}."),
        (r"Invalid enum value", lambda _: "This is not one of the values that there are."),
        (r"Invalid UUID", lambda _: "This must be a UUID."),
        (r"Invalid RFC3339 encoded datetime", lambda _: "This must be a date and time (RFC 3339)."),
        (r"Invalid RFC3339 encoded date", lambda _: "This must be a date (RFC 3339)."),
        (r"Invalid decimal", lambda _: "This must be a number."),
        (r"Invalid", lambda _: WRONG_FORM),
    )
)


def complaints_about(error: ValidationException, handler: BaseRouteHandler | None) -> list[FieldError]:
    """Return what is wrong with each parameter and each field of a body, as `field` or `outer.inner`."""
    extra = error.extra if isinstance(error.extra, list) else []
    found = [_complaint(item, handler) for item in extra if isinstance(item, dict)]
    if not found and (missing := MISSING_PARAMETER.search(str(error.detail))):
        return [FieldError(missing[1], "This is needed.")]
    return found


def _complaint(item: dict[str, Any], handler: BaseRouteHandler | None) -> FieldError:
    field = str(item.get("key") or DATA)
    message = PLACE.sub("", str(item.get("message", "")))
    if member := MEMBER.match(message):
        path = member[2] if field == DATA else f"{field}.{member[2]}"
        return FieldError(path, "This is needed." if member[1] == "missing required" else "There is no such field.")
    if message == repr(DATA):
        return FieldError(BODY, "A body is needed.")
    if message.startswith("Invalid enum value") and (values := _values_of(handler, field)):
        return FieldError(field, f"This must be one of: {', '.join(values)}.")
    words = next((say(found) for pattern, say in WORDS if (found := pattern.match(message))), "This cannot be read.")
    if words == WRONG_FORM and (description := _description_of(handler, field)):
        words = f"{words} {description}"
    return FieldError(BODY if field == DATA else field, words)


def _kinds(names: str) -> str:
    return " or ".join(KINDS.get(name.strip(), name.strip()) for name in names.split("|"))


def _values_of(handler: BaseRouteHandler | None, field: str) -> list[str]:
    """The values that a parameter or a body's field may have; empty where that is not to be found out."""
    return sorted({value for one in _each(_kind_of(handler, field)) for value in _choices(one)})


def _description_of(handler: BaseRouteHandler | None, field: str) -> str:
    """The description of a parameter or a body's field in the API's document; empty where it has none."""
    if handler is not None and (parameter := handler.parsed_fn_signature.parameters.get(field)):
        return getattr(parameter.kwarg_definition, "description", "") or ""
    kind = _kind_of(handler, field)
    while isinstance(kind, msgspec.inspect.Metadata):
        if description := (kind.extra_json_schema or {}).get("description"):
            return str(description)
        kind = kind.type
    return ""


def _kind_of(handler: BaseRouteHandler | None, field: str) -> Any:  # noqa: ANN401 - msgspec's description of a type
    """The type of a parameter or a body's field; None where that is not to be found out."""
    if handler is None:
        return None
    parameters = handler.parsed_fn_signature.parameters
    name, *path = (field,) if field in parameters else (DATA, *field.split("."))
    if name not in parameters:
        return None
    kind: Any = msgspec.inspect.type_info(parameters[name].raw)
    for part in path:
        kind = _inside(kind, part)
    return kind


def _inside(kind: Any, part: str) -> Any:  # noqa: ANN401 - msgspec's description of a type
    for one in _each(kind):
        for field in getattr(one, "fields", ()):
            if field.encode_name == part:
                return field.type
        if isinstance(one, msgspec.inspect.DictType):
            return one.value_type
    return None


def _each(kind: Any) -> list[Any]:  # noqa: ANN401 - likewise
    while isinstance(kind, msgspec.inspect.Metadata):
        kind = kind.type
    if isinstance(kind, msgspec.inspect.UnionType):
        return [one for member in kind.types for one in _each(member)]
    return [kind]


def _choices(kind: Any) -> list[str]:  # noqa: ANN401 - likewise
    if isinstance(kind, msgspec.inspect.EnumType):
        return [str(member.value) for member in kind.cls]
    return [str(value) for value in kind.values] if isinstance(kind, msgspec.inspect.LiteralType) else []
