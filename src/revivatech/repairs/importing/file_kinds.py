"""Files that are not CSV, recognised by how they begin."""

import zipfile
from pathlib import Path

AS_CSV = "save the table as CSV in UTF-8"
COMPRESSED = "is compressed: unpack it first"
ZIP = b"PK\x03\x04"
# What people choose instead of the CSV file, by its first bytes.
KINDS = {
    b"\xff\xfe": "is UTF-16: save it as CSV in UTF-8",
    b"\xfe\xff": "is UTF-16: save it as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": f"is a spreadsheet: {AS_CSV}",
    b"%PDF": f"is a PDF document: {AS_CSV}",
    b"<": f"is a web page or XML: {AS_CSV}",
    b"\x1f\x8b": COMPRESSED,
    b"BZh": COMPRESSED,
    b"\xfd7zXZ\x00": COMPRESSED,
    b"7z\xbc\xaf\x27\x1c": COMPRESSED,
    b"Rar!": COMPRESSED,
    b"\x28\xb5\x2f\xfd": COMPRESSED,
}
# Members of XLSX, ODS and Numbers files.
SPREADSHEET = frozenset({"[Content_Types].xml", "content.xml", "Index/Document.iwa"})


def other_kind(path: Path, beginning: bytes) -> str | None:
    """Return what the file is and what to do, as the end of a sentence about it; None where it may be CSV."""
    if beginning.startswith(ZIP):
        return _kind_of_zip(path)
    return next((kind for sign, kind in KINDS.items() if beginning.startswith(sign)), None)


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            is_spreadsheet = not SPREADSHEET.isdisjoint(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return f"is a spreadsheet or an archive: {AS_CSV}"
    return f"is a spreadsheet: {AS_CSV}" if is_spreadsheet else COMPRESSED
