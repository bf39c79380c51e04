"""The columns with a device's numbers: what they mean, and where a number goes that is no IMEI."""

from revivatech.kit.spreadsheets import ShortenedNumberError
from revivatech.kit.structs import Value
from revivatech.repairs.device_numbers import Imei, imei_of, serial_of
from revivatech.repairs.importing.fields import LONGEST_TEXT, Fields, shortened
from revivatech.repairs.importing.wording import Wording

LONGEST_SERIAL = 100
NO_IMEI = "An IMEI has 15 digits."
WRONG_CHECK_DIGIT = "The last digit of this IMEI does not fit the others: look for a typo. It was imported as it is."
TWO = "These are two IMEIs. The first was kept as the device's, the other one in the internal notes."
# What a number is that is no IMEI, by `Imei.flaw`.
KINDS = {
    "software_version": "This is an IMEISV (an IMEI with a software version)",
    "meid": "This is an MEID",
    "other": "This is not an IMEI",
}


class Numbers(Value):
    """The numbers of a row's device; `note` is what the internal notes say of a number that has no field."""

    serial_number: str | None = None
    imei: str | None = None
    note: str = ""


def numbers_of(fields: Fields, wording: Wording) -> Numbers:
    """Return the device's numbers, without placeholders such as N/A or 0000.

    What a spreadsheet has shortened and what is no number at all is refused. An MEID, an IMEISV, a second IMEI and an
    IMEI with a wrong check digit are kept, and hinted at.
    """
    serial = _serial(fields)
    imei = _imei(fields)
    if imei.flaw == "check_digit":
        fields.hint("device_imei", WRONG_CHECK_DIGIT)
    elif imei.flaw == "two":
        fields.hint("device_imei", TWO)
        return Numbers(serial or None, imei.digits, wording.second_imei.format(number=imei.other))
    elif imei.other and not serial:
        fields.hint("device_imei", f"{KINDS[imei.flaw]}; it was kept as the serial number.")
        return Numbers(serial_number=imei.other)
    elif imei.other:
        fields.hint("device_imei", f"{KINDS[imei.flaw]}; it was kept in the internal notes.")
        return Numbers(serial, note=wording.not_an_imei.format(number=imei.other))
    return Numbers(serial or None, imei.digits or None)


def with_note(notes: str | None, note: str) -> str | None:
    """Return the internal notes with one more line; what is too long for both is cut visibly."""
    if not note:
        return notes
    return f"{shortened(notes, LONGEST_TEXT - len(note) - 1)}\n{note}" if notes else note


def _serial(fields: Fields) -> str:
    try:
        serial = serial_of(fields.raw("device_serial"))
    except ShortenedNumberError as error:
        fields.refuse("device_serial", str(error))
        return ""
    if len(serial) > LONGEST_SERIAL:
        fields.refuse("device_serial", f"This is longer than {LONGEST_SERIAL} characters.")
    return serial


def _imei(fields: Fields) -> Imei:
    try:
        imei = imei_of(fields.raw("device_imei"))
    except ShortenedNumberError as error:
        fields.refuse("device_imei", str(error))
        return Imei()
    if imei.flaw == "no_number":
        fields.refuse("device_imei", NO_IMEI)
    return imei
