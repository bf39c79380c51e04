"""The part of the event log in exports and erasures."""

from revivatech.db.personal import Tables
from revivatech.realtime.personal import queries

events = Tables("realtime", queries.TABLES)
