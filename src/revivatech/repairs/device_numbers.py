"""Serial numbers and IMEIs, as people type them and as other programs export them."""

import re
import unicodedata
from typing import Literal

from revivatech.kit.folding import folded
from revivatech.kit.spreadsheets import text_of_number
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line

IMEI_DIGITS = 15
# Words for "there is no number", as `_letters_and_digits` leaves them.
# What people write, in the languages of the exports that were seen.
WRITTEN = """
na nd ns nk nn sn unk unknown none no nil null nan nothing empty blank missing tbd tba tbc later invalid undefined
unspecified notavailable notapplicable notspecified notknown notgiven notprovided notreadable notvisible notfound notset
noserial noserialnumber nosn nonumber noimei withoutserial withoutnumber unreadable illegible nullstring serial
serialnumber imei
naotem naoha naoinformado naoinformada naoconsta naoidentificado naolegivel naopossui naosei naoaplicavel naodisponivel
semserial semserie semnumero semno semnumerodeserie semnodeserie semimei semetiqueta semidentificacao nenhum nenhuma
vazio embranco adefinir aconfirmar desconhecido desconhecida ilegivel
sinnumero sinserie notiene ninguno ninguna desconocido desconocida ilegible inconnu inconnue aucun aucune sans
sansnumero neant unbekannt keine ohne onbekend geen sconosciuto sconosciuta nessuno nessuna brak
"""
# What a spreadsheet writes for an error: #REF!, #VALUE!, #NAME?, #NUM!, #DIV/0!, #NV, #VALOR!, #NOME?
ERRORS = "ref value name num div0 nv valor nome"
# What firmware says where the maker has set no number.
FIRMWARE = "tobefilledbyoem defaultstring systemserialnumber chassisserialnumber baseboardserialnumber oem"
NO_NUMBER = frozenset(f"{WRITTEN} {ERRORS} {FIRMWARE}".split())
# 12345, 0123456789 and so on: typed to fill a field.
COUNTING = "1234567890" * 10
SHORTEST_COUNTING = 5
NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]")
# What a plate or a box says in front of the number. A hyphen belongs to the number: SN-1234.
LABEL = re.compile(
    r"(?:s ?/ ?n|n ?/ ?s|sn|serial(?: ?(?:number|no|nr))?|(?:(?:n[uú]mero|no|nr?)\.? de )?s[eé]rie)\.?(?: ?[:#=] ?| )",
    re.IGNORECASE,
)
IMEI_LABEL = re.compile(r"(?:imei|meid)(?: ?/ ?(?:meid|sv))?(?: ?[12](?= ?[:#=]))? ?[:#=]? ?", re.IGNORECASE)
IMEI_SEPARATORS = re.compile(r"[\s./\u2010-\u2015-]")
BETWEEN_NUMBERS = re.compile(r" ?[/,;|&+] ?| (?:E|AND|OR|OU|Y|UND) ")
SOFTWARE_VERSION = re.compile(r"[0-9]{2}")
# An ESN has 8 hexadecimal digits or 11 decimal ones, an MEID 14 or 18, an IMEISV 16; some have a check digit besides.
IMEISV = re.compile(r"[0-9]{16}")
MEID = re.compile(r"(?=.*[A-F])[0-9A-F]{14,15}|[0-9]{18,19}")
OTHER_NUMBER = re.compile(r"(?=(?:.*[0-9]){6})[0-9A-F]{8,40}")

Flaw = Literal["", "check_digit", "two", "software_version", "meid", "other", "no_number"]


class Imei(Value):
    """The meaning of an IMEI field's text.

    `digits` are the 15 digits of the IMEI, empty where there is none. `other` is a number that stands beside it or
    instead of it: a second IMEI, an IMEISV, an MEID. `flaw` names why the field cannot keep the text as it is; empty
    for an IMEI, and for a text that stands for no number.
    """

    digits: str = ""
    other: str = ""
    flaw: Flaw = ""


def has_no_number(text: str) -> bool:
    """Return whether the text stands for "no number": empty, N/A, 0000, não tem, #REF!, To be filled by O.E.M."""
    bare = _letters_and_digits(text)
    is_counting = len(bare) >= SHORTEST_COUNTING and (COUNTING.startswith(bare) or ("0" + COUNTING).startswith(bare))
    return len(set(bare)) <= 1 or bare in NO_NUMBER or is_counting


def serial_of(text: str) -> str:
    """Return the serial number on one line, without its label; empty where the text stands for none.

    Raises kit.spreadsheets.ShortenedNumberError where digits of it are lost.
    """
    typed = _undone(text)
    number = _unlabelled(typed, LABEL)
    return "" if has_no_number(typed) or has_no_number(number) else number


def imei_of(text: str) -> Imei:
    """Return what the text of an IMEI field means (3GPP TS 23.003, section 6.2).

    Raises kit.spreadsheets.ShortenedNumberError where digits of it are lost.
    """
    typed = _undone(text)
    number = without_label(typed)
    if has_no_number(typed) or has_no_number(number):
        return Imei()
    return _two_numbers(number.upper()) or _one_number(_compact(number.upper()))


def without_label(text: str) -> str:
    """Return the number without what a plate or a box says in front of it: `S/N:`, `IMEI`, `Nº de série:`."""
    return _unlabelled(_unlabelled(text, LABEL), IMEI_LABEL)


def _one_number(number: str) -> Imei:
    if _is_fifteen_digits(number):
        return Imei(number, flaw="" if _is_imei(number) else "check_digit")
    if IMEISV.fullmatch(number):
        return Imei(other=number, flaw="software_version")
    if MEID.fullmatch(number):
        return Imei(other=number, flaw="meid")
    if OTHER_NUMBER.fullmatch(number):
        return Imei(other=number, flaw="other")
    return Imei(flaw="no_number")


def _two_numbers(text: str) -> Imei | None:
    """Return what a text means that has something beside an IMEI; None where it is one number or none of this kind."""
    pieces = [_compact(IMEI_LABEL.sub("", piece)) for piece in BETWEEN_NUMBERS.split(text)]
    pieces = [piece for piece in pieces if not has_no_number(piece)]
    if len(pieces) == 1 and len(pieces[0]) == 2 * IMEI_DIGITS:
        pieces = [pieces[0][:IMEI_DIGITS], pieces[0][IMEI_DIGITS:]]
    # The one that checks out comes first.
    first, *others = sorted(dict.fromkeys(pieces), key=lambda piece: not _is_imei(piece)) or [""]
    if not _is_imei(first):
        return None
    if not others or (len(others) == 1 and SOFTWARE_VERSION.fullmatch(others[0])):
        # *#06# shows the software's version behind a slash: 352099001761481 / 01.
        return Imei(first)
    return Imei(first, others[0], "two") if len(others) == 1 and _is_fifteen_digits(others[0]) else None


def _is_fifteen_digits(number: str) -> bool:
    return len(number) == IMEI_DIGITS and number.isascii() and number.isdigit()


def _is_imei(number: str) -> bool:
    # Imported at the first IMEI: few requests need it.
    from stdnum import imei  # noqa: PLC0415

    return _is_fifteen_digits(number) and imei.is_valid(number)


def _undone(text: str) -> str:
    """The text on one line with ASCII digits, as it was before a spreadsheet had it."""
    return text_of_number(unicodedata.normalize("NFKC", one_line(text)))


def _unlabelled(text: str, label: re.Pattern[str]) -> str:
    return text[found.end() :] if (found := label.match(text)) else text


def _compact(text: str) -> str:
    return IMEI_SEPARATORS.sub("", text)


def _letters_and_digits(text: str) -> str:
    return NOT_LETTER_OR_DIGIT.sub("", folded(text))
