"""The profile's forms, as they were typed and as the services take them."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import UNSET

from revivatech.accounts.profile.contracts import DASHBOARD, DashboardPart, Profile, ProfileEdit
from revivatech.kit import phones
from revivatech.kit.errors import FieldError
from revivatech.kit.i18n import translations
from revivatech.storage.images import Crop
from revivatech.web.forms import fields_of

# The fields of the form, as the API calls them, and the edit's own names.
FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "phone": "phone",
    "language": "language",
    "timezone": "timezone",
}


def of(profile: Profile) -> dict[str, str]:
    """The form's fields as the profile fills them."""
    values = {name: getattr(profile, own) or "" for name, own in FIELDS.items()}
    return values | {"phone": phones.shown(profile.phone) if profile.phone else ""}


def typed(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields as a person left them; a missing one is empty."""
    return {name: _text(form, name) for name in FIELDS}


def edit(form: Mapping[str, Any]) -> ProfileEdit:
    """The fields that differ from what the page showed: what was changed elsewhere meanwhile stays (R107)."""
    fields = {
        own: _text(form, name)
        for name, own in FIELDS.items()
        if name in form and _text(form, name) != _text(form, f"{name}_was")
    }
    return ProfileEdit(**cast(dict[str, Any], fields))


def in_words(errors: Iterable[FieldError], language: str) -> list[FieldError]:
    """Return what is wrong, in the reader's language."""
    gettext = translations(language).gettext
    return [FieldError(error.field, gettext(error.message)) for error in errors]


def crop(form: Mapping[str, Any]) -> Crop:
    """The square that the page's script has chosen: the middle in each direction that it says nothing of."""
    values = {}
    for name in ("x", "y", "zoom"):
        try:
            values[name] = float(_text(form, name))
        except ValueError:
            continue
    return Crop(**values)


def parts(form: Any) -> list[DashboardPart] | None:  # noqa: ANN401 - the framework's multi-dictionary
    """The parts of the dashboard to show, in their order, after a step up or down; None asks for how it comes."""
    if _text(form, "move") == "reset":
        return None
    order = [part for part in DASHBOARD if part not in form.getall("order", [])]
    order = [part for part in form.getall("order", []) if part in DASHBOARD] + order
    name, _, direction = _text(form, "move").partition(":")
    if name in order:
        place = order.index(name)
        order.insert(max(place + (-1 if direction == "up" else 1), 0), order.pop(place))
    shown = form.getall("show", [])
    return [part for part in order if part in shown]


def arrangement(profile: Profile) -> list[tuple[DashboardPart, bool]]:
    """Every part and whether it is shown: the shown ones in their order, then the others."""
    shown = list(profile.dashboard)
    return [(part, True) for part in shown] + [(part, False) for part in DASHBOARD if part not in shown]


def is_changed(edited: ProfileEdit, field: str) -> bool:
    """Return whether the edit names that field."""
    return getattr(edited, field) is not UNSET


def _text(form: Mapping[str, Any], name: str) -> str:
    return fields_of(form)[name].strip()
