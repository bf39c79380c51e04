"""Forms of registration, and why one came back, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from revivatech.kit.errors import Refusal
from revivatech.kit.text import plain
from revivatech.kit.urls import safe_next
from revivatech.web import forms as sent

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
    return sent.fields_of(form)[name]


def shown_again(form: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return what a form shows again when it comes back: never a secret."""
    return {name: plain(typed(form, name))[:LONGEST_FIELD] for name in names if name not in SECRET}


def why(refusal: Refusal | None, language: str) -> dict[str, Any]:
    """As `web.forms.why`, by these forms' names of the fields."""
    return sent.why(refusal, language, FIELDS)


def wanted(text: str | None) -> str:
    """The page to come to after signing in, where it is one of ours; empty otherwise (R15)."""
    return safe_next(text, "")
