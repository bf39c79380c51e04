"""A form as a person left it, and what its page says when it comes back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from revivatech.kit.errors import FieldError, Problems, Refusal
from revivatech.kit.i18n import translations
from revivatech.kit.structs import Value

AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


class Fields(dict[str, str]):
    """The text fields of a form as they were typed; a missing one is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def fields_of(form: Mapping[str, object]) -> Fields:
    """Return what was typed; files are left out."""
    return Fields({name: value for name, value in form.items() if isinstance(value, str)})


class TypedForm(Value):
    """The fields of a form as a person left them, and how that person reads and writes; a missing field is empty."""

    fields: dict[str, str]
    language: str
    timezone: str

    def __getitem__(self, name: str) -> str:
        """The field's text."""
        return self.fields.get(name, "")


def missing(form: Fields, wanted: Mapping[str, str]) -> Problems:
    """Return what to say of the fields that were left empty; `wanted` holds the sentence of each by the form's name."""
    found = Problems()
    for name, message in wanted.items():
        if not form[name].strip():
            found.add(name, message)
    return found


def problems(refusal: Refusal | None, language: str, names: Mapping[str, str] = AS_THEY_ARE) -> list[FieldError]:
    """The wrong fields in the reader's language: the services, which also answer programs, name them in English.

    `names` holds what the form calls those fields of the services that it calls otherwise.
    """
    gettext = translations(language).gettext
    errors = refusal.errors if refusal else ()
    return [FieldError(names.get(one.field, one.field), gettext(one.message)) for one in errors]


def why(refusal: Refusal | None, language: str, names: Mapping[str, str] = AS_THEY_ARE) -> dict[str, Any]:
    """For `Pages.render`: the status and headers; for its template refused, code, minutes, errors, wrong, problem.

    `minutes` are those until the next try; `wrong` holds the errors by field; `problem` is what no field says. `names`
    as `problems` takes them.
    """
    errors = problems(refusal, language, names)
    headers = refusal.headers if refusal else {}
    return {
        "status": refusal.status if refusal else 200,
        "headers": headers,
        "refused": refusal is not None,
        "code": refusal.code if refusal else "",
        "minutes": -(-int(headers.get("Retry-After", 0)) // 60),
        "errors": errors,
        "wrong": {one.field: one.message for one in errors},
        "problem": translations(language).gettext(refusal.detail) if refusal and not errors else "",
    }
