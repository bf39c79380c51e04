"""Bringing in a shop's past: repairs from the Open Repair Data Standard, or from the portal's own CSV.

A file is read row by row into a *stage*, a temporary table, and goes from there into the repairs with a few set-based
statements of one transaction: all of it, or nothing. A row that comes a second time is recognised by its source and id.
"""

from revivatech.repairs.importing.contracts import Account, Format, Summary, UnreadableFile
from revivatech.repairs.importing.load import import_repairs

__all__ = ["Account", "Format", "Summary", "UnreadableFile", "import_repairs"]
