"""Everything that is wrong with a JSON body: the library stops at the first problem, this goes on to the last."""

from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

Hook = Callable[[type, Any], Any]
# More are not worth reading, and a list of thousands would make them all.
MOST = 50


def problems_of(body: bytes, kind: Any, hook: Hook | None = None) -> list[tuple[str, str]]:  # noqa: ANN401 - a type
    """Return where the body is not of that type, as pairs of path (`outer.inner`, empty for the whole) and message.

    Messages are the library's own. Empty where nothing is wrong; raises msgspec.DecodeError for what is not JSON.
    """
    return [found for found, _ in zip(_problems(msgspec.Raw(body), kind, hook, ""), range(MOST), strict=False)]


def _problems(raw: msgspec.Raw, kind: Any, hook: Hook | None, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    try:
        msgspec.json.decode(raw, type=kind, dec_hook=hook)
    except msgspec.ValidationError as error:
        inner = list(_inside(raw, kind, hook, path))
        yield from inner or [(path, str(error))]


def _inside(raw: msgspec.Raw, kind: Any, hook: Hook | None, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """The problems of the members of an object or a list; none where it is of another kind altogether."""
    first = bytes(raw).lstrip()[:1]
    members = _members(kind)
    objects = [one for one in members if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    lists = [get_args(one)[0] for one in members if get_origin(one) in {list, tuple, Sequence} and get_args(one)]
    if first == b"{" and len(objects) == 1:
        yield from _of_object(raw, objects[0], hook, path)
    elif first == b"[" and len(lists) == 1:
        for index, item in enumerate(msgspec.json.decode(raw, type=list[msgspec.Raw])):
            yield from _problems(item, lists[0], hook, f"{path}[{index}]")


def _of_object(raw: msgspec.Raw, kind: type[msgspec.Struct], hook: Hook | None, path: str) -> Iterator[tuple[str, str]]:
    given = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    fields = msgspec.structs.fields(kind)
    for field in fields:
        if field.encode_name in given:
            yield from _problems(given[field.encode_name], field.type, hook, _below(path, field.encode_name))
        elif field.required:
            yield path, f"Object missing required field `{field.encode_name}`"
    if kind.__struct_config__.forbid_unknown_fields:
        for name in given.keys() - {field.encode_name for field in fields}:
            yield path, f"Object contains unknown field `{name}`"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _members(kind: Any) -> list[Any]:  # noqa: ANN401 - a type
    """The types of a union, without their annotations."""
    if get_origin(kind) is Annotated:
        return _members(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return [one for member in get_args(kind) for one in _members(member)]
    return [kind]
