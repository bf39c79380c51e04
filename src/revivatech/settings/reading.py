"""The environment as settings: what is given for each, and in what words a wrong one is told."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import msgspec.inspect

from revivatech.settings.declared import COMMON_NAMES, PREFIX, Settings, SettingsError
from revivatech.settings.refusals import refuse_wrong


def read_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """The settings of this environment; `overrides` (the command line's options) win over it.

    Raises SettingsError with one sentence naming the setting that is wrong.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        raw = _raw(field.name, environ)
        if raw is not None:
            values[field.name] = _split(raw) if _is_list(field.type) else raw
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(str(error), values)) from None
    refuse_wrong(settings)
    public_url = settings.public_url.rstrip("/") or f"http://{_name_of(settings.host)}:{settings.port}"
    return msgspec.structs.replace(settings, public_url=public_url)


def unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of the environment that look like settings and are none, each with the likeliest one or ""."""
    known = [field.name.upper() for field in msgspec.structs.fields(Settings)]
    allowed = {*known, *(f"{name}_FILE" for name in known)}
    found = sorted(name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX))
    likeliest = {name: difflib.get_close_matches(name, known, 1) for name in found if name not in allowed}
    return {PREFIX + name: PREFIX + similar[0] if similar else "" for name, similar in likeliest.items()}


def _raw(name: str, environ: Mapping[str, str]) -> str | None:
    """The text given for a setting: REVIVATECH_NAME_FILE's content, REVIVATECH_NAME, or the common name."""
    variable = PREFIX + name.upper()
    if path := environ.get(f"{variable}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{variable}_FILE names {path}, which cannot be read: {error.strerror}.") from None
    if variable in environ:
        return environ[variable]
    common = COMMON_NAMES.get(name)
    return environ.get(common) if common else None


def _is_list(annotation: object) -> bool:
    return "tuple" in str(annotation)


def _split(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def _sentence(message: str, values: Mapping[str, object]) -> str:
    """Return what the operator is told of the library's complaint."""
    problem, _, place = message.partition(" - at `$.")
    name = place.rstrip("`")
    for field in msgspec.inspect.type_info(Settings).fields:  # type: ignore[attr-defined]
        if field.name == name and (wanted := _wanted(field.type)):
            return f"{PREFIX}{name.upper()} is {str(values[name])!r} and must be {wanted}."
    return f"{PREFIX}{name.upper()} is wrong: {problem}." if name else f"A setting is wrong: {problem}."


def _wanted(kind: msgspec.inspect.Type) -> str:
    """Return what a setting of this type may be, in words; empty for those that may hold a secret."""
    match kind:
        case msgspec.inspect.Metadata(type=inner):
            return _wanted(inner)
        case msgspec.inspect.LiteralType(values=choices):
            return " or ".join(map(str, choices))
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"a whole number of at least {least}" if most is None else f"a whole number from {least} to {most}"
        case msgspec.inspect.FloatType(le=most):
            return f"a number of seconds above 0, at most {most:.0f}"
        case msgspec.inspect.BoolType() | msgspec.inspect.UnionType():
            return "true or false"
    return ""


def _name_of(host: str) -> str:
    """Return what people call the address that is listened on; this machine by its name, which passkeys need."""
    if host in {"127.0.0.1", "::1", "0.0.0.0", "::", ""}:  # noqa: S104 - not bound here
        return "localhost"
    return f"[{host}]" if ":" in host else host
