"""Validation of a device: texts that fit, an IMEI that checks out, days that make sense."""

from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Any

from revivatech.kit.clock import utcnow
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked, translations
from revivatech.kit.spreadsheets import SHORTENED, ShortenedNumberError
from revivatech.kit.text import one_line, plain
from revivatech.repairs.device_numbers import imei_of, serial_of
from revivatech.repairs.devices.contracts import DeviceFields

LONGEST = {"device_type": 50, "brand": 100, "model": 100, "serial_number": 100}
LONGEST_NOTES = 2000
# No device that is still repaired was bought before; nobody guarantees longer.
EARLIEST = date(1970, 1, 1)
LONGEST_WARRANTY = timedelta(days=50 * 366)

NAMES = {
    "device_type": "deviceType",
    "brand": "brand",
    "model": "model",
    "serial_number": "serialNumber",
    "imei": "imei",
    "purchase_date": "purchaseDate",
    "warranty_expires": "warrantyExpires",
    "notes": "notes",
}


# What is wrong with an IMEI field, by `identifiers.Imei.flaw`.
IMEI_PROBLEMS = {
    "check_digit": marked(
        "The last digit of an IMEI depends on the others, and this one does not fit: look for a typo."
    ),
    "two": marked("These are two IMEIs. Please put the first one here and the other one in the notes."),
    "software_version": marked("This number has 16 digits: the IMEI and a software version. An IMEI has 15."),
    "meid": marked("This is an MEID, not an IMEI. Please put it in the serial number field."),
    "other": marked("An IMEI has 15 digits. Dial *#06# to see it."),
    "no_number": marked("An IMEI has 15 digits. Dial *#06# to see it."),
}


def checked(given: DeviceFields, language: str, before: DeviceFields | None = None) -> DeviceFields:
    """Return the device with its texts tidied, its IMEI as 15 digits and placeholders for numbers (N/A, 0000) emptied.

    Raises InvalidInput, in that language, naming every field that is missing or cannot be right. A field that holds
    what it held `before` is never wrong: imports and older rules have let it in.
    """
    gettext = translations(language).gettext
    errors: list[FieldError] = []
    fields: dict[str, Any] = {name: one_line(getattr(given, name)) for name in LONGEST} | {"notes": plain(given.notes)}
    for name, most in (LONGEST | {"notes": LONGEST_NOTES}).items():
        if len(fields[name]) > most:
            problem = gettext("At most %(count)s characters, please.") % {"count": most}
            errors.append(FieldError(NAMES[name], problem))
    missing = {"device_type": gettext("Choose the kind of device."), "brand": gettext("Enter the brand.")}
    errors += [FieldError(NAMES[name], labels) for name, labels in missing.items() if not fields[name]]
    fields |= {name: getattr(given, name) for name in ("purchase_date", "warranty_expires")}
    errors += _wrong_numbers(fields, given, language)
    kept = _kept(fields, before)
    errors = [error for error in errors if error.field not in kept]
    errors += _wrong_days(given, kept, language)
    if errors:
        raise InvalidInput(gettext("Please check what you wrote."), errors=errors)
    return DeviceFields(**fields)


def _kept(fields: Mapping[str, object], before: DeviceFields | None) -> set[str]:
    """The API's names of the fields that are as they were."""
    return {NAMES[name] for name in NAMES if before is not None and fields[name] == getattr(before, name)}


def _wrong_numbers(fields: dict[str, Any], given: DeviceFields, language: str) -> list[FieldError]:
    """Read the serial number and the IMEI into the fields, and return what is wrong with them."""
    gettext = translations(language).gettext
    errors = []
    try:
        fields["serial_number"] = serial_of(given.serial_number)
    except ShortenedNumberError:
        errors.append(FieldError("serialNumber", gettext(SHORTENED)))
    fields["imei"] = ""
    try:
        imei = imei_of(given.imei)
    except ShortenedNumberError:
        return [*errors, FieldError("imei", gettext(SHORTENED))]
    fields["imei"] = imei.digits
    if imei.flaw:
        errors.append(FieldError("imei", gettext(IMEI_PROBLEMS[imei.flaw])))
    return errors


def _wrong_days(given: DeviceFields, kept: Container[str], language: str) -> list[FieldError]:
    gettext = translations(language).gettext
    # Somewhere it is tomorrow already.
    latest = utcnow().date() + timedelta(days=1)
    errors = []
    bought, until = given.purchase_date, given.warranty_expires
    is_bought_new, is_until_new = "purchaseDate" not in kept, "warrantyExpires" not in kept
    if is_bought_new and bought is not None and not EARLIEST <= bought <= latest:
        errors.append(FieldError("purchaseDate", gettext("Give a day between 1970 and today.")))
    if is_until_new and until is not None and not EARLIEST <= until <= latest + LONGEST_WARRANTY:
        errors.append(FieldError("warrantyExpires", gettext("Give a day between 1970 and fifty years from now.")))
    elif (is_bought_new or is_until_new) and until is not None and bought is not None and until < bought:
        errors.append(FieldError("warrantyExpires", gettext("The warranty cannot end before the device was bought.")))
    return errors
