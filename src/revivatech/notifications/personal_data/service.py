"""The part of notifications in exports and erasures."""

from revivatech.db.personal_data import Tables
from revivatech.notifications.personal_data import queries

notifications = Tables("notifications", queries.TABLES)
