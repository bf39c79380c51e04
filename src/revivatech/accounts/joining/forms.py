"""What the forms of joining hold, and why one came back, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from revivatech.kit.errors import FieldError, Refusal, TooMany
from revivatech.kit.i18n import translations
from revivatech.kit.text import plain
from revivatech.kit.urls import safe_next

LONGEST_FIELD = 255
# How the services name fields, which are JSON's, and how the forms do.
FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "acceptTerms": "accept_terms",
    "currentPassword": "current_password",
}
SECRET = frozenset({"password", "current_password", "token", "code"})


def typed(form: Mapping[str, Any], name: str) -> str:
    """A field's text as it was typed; a file or nothing is an empty one."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def shown_again(form: Mapping[str, Any], *names: str) -> dict[str, str]:
    """What a form shows again when it comes back: never a secret."""
    return {name: plain(typed(form, name))[:LONGEST_FIELD] for name in names if name not in SECRET}


def why(refusal: Refusal | None, language: str) -> dict[str, Any]:
    """For the template: refused, code, minutes (until the next try), errors and wrong (by field)."""
    gettext = translations(language).gettext
    errors = [FieldError(FIELDS.get(one.field, one.field), gettext(one.message)) for one in _errors(refusal)]
    seconds = int(refusal.headers["Retry-After"]) if isinstance(refusal, TooMany) else 0
    return {
        "refused": refusal is not None,
        "code": refusal.code if refusal else "",
        "minutes": -(-seconds // 60),
        "errors": errors,
        "wrong": {one.field: one.message for one in errors},
    }


def headers_of(refusal: Refusal | None) -> dict[str, str]:
    """What an answer says in its headers of when to come again."""
    return dict(refusal.headers) if isinstance(refusal, TooMany) else {}


def wanted(text: str | None) -> str:
    """The page to come to after signing in, where it is one of ours; empty otherwise (R15)."""
    return safe_next(text, "")


def _errors(refusal: Refusal | None) -> tuple[FieldError, ...]:
    return refusal.errors if refusal is not None else ()
