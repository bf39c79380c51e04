"""Files that people send: where they are kept, and how pictures become harmless before they are."""

from revivatech.storage.files import Files, StoredFile, files_for

__all__ = ["Files", "StoredFile", "files_for"]
