"""What can be right about a device: texts that fit, an IMEI that checks out, days that make sense."""

from datetime import date, timedelta

from revivatech.kit.clock import utcnow
from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import translations
from revivatech.kit.text import one_line, plain
from revivatech.repairs.devices.contracts import DeviceFields

LONGEST = {"device_type": 50, "brand": 100, "model": 100, "serial_number": 100}
LONGEST_NOTES = 2000
# No device that is still repaired was bought before; nobody guarantees longer.
EARLIEST = date(1970, 1, 1)
LONGEST_WARRANTY = timedelta(days=50 * 366)
# As many digits as an IMEI has; one with a software version has more and is not what is asked for.
IMEI_DIGITS = 15

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


def checked(given: DeviceFields, language: str) -> DeviceFields:
    """The device with its blanks in order and its IMEI as 15 digits.

    Raises InvalidInput, in that language, naming every field that is missing or cannot be right.
    """
    gettext = translations(language).gettext
    errors: list[FieldError] = []
    texts = {name: one_line(getattr(given, name)) for name in LONGEST} | {"notes": plain(given.notes)}
    for name, most in (LONGEST | {"notes": LONGEST_NOTES}).items():
        if len(texts[name]) > most:
            problem = gettext("At most %(count)s characters, please.") % {"count": most}
            errors.append(FieldError(NAMES[name], problem))
    errors += [
        FieldError(NAMES[name], gettext("Please fill this in.")) for name in ("device_type", "brand") if not texts[name]
    ]
    imei = imei_of(given.imei)
    if imei is None:
        problem = gettext("This is not an IMEI: it has 15 digits, of which the last checks the others.")
        errors.append(FieldError("imei", problem))
    errors += _wrong_days(given, language)
    if errors:
        raise InvalidInput(gettext("Please check what you wrote."), errors=errors)
    return DeviceFields(
        **texts, imei=imei or "", purchase_date=given.purchase_date, warranty_expires=given.warranty_expires
    )


def imei_of(text: str) -> str | None:
    """The 15 digits that the text means, empty for an empty one; None where it is no IMEI (3GPP TS 23.003, 6.2.1)."""
    if not (typed := one_line(text)):
        return ""
    # Imported at the first IMEI: few requests need it.
    from stdnum import imei  # noqa: PLC0415
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    try:
        digits = str(imei.validate(typed))
    except ValidationError:
        return None
    return digits if len(digits) == IMEI_DIGITS and digits.isascii() else None


def _wrong_days(given: DeviceFields, language: str) -> list[FieldError]:
    gettext = translations(language).gettext
    # Somewhere it is tomorrow already.
    latest = utcnow().date() + timedelta(days=1)
    errors = []
    bought, until = given.purchase_date, given.warranty_expires
    if bought is not None and not EARLIEST <= bought <= latest:
        errors.append(FieldError("purchaseDate", gettext("Give a day between 1970 and today.")))
    if until is not None and not EARLIEST <= until <= latest + LONGEST_WARRANTY:
        errors.append(FieldError("warrantyExpires", gettext("Give a day between 1970 and fifty years from now.")))
    elif until is not None and bought is not None and until < bought:
        errors.append(FieldError("warrantyExpires", gettext("The warranty cannot end before the device was bought.")))
    return errors
