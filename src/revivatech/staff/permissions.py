"""Who at the desk may do what: the names of the one table, which accounts keep because signing in reads it too."""

from revivatech.accounts.service import PERMISSIONS as TABLE
from revivatech.accounts.service import Permission, may, require

__all__ = ["TABLE", "Permission", "may", "require"]
