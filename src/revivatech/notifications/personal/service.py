"""The part of notifications in exports and erasures."""

from revivatech.db.personal import Tables
from revivatech.notifications.personal import queries

notifications = Tables("notifications", queries.TABLES)
