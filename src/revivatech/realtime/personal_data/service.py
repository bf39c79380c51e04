"""The part of the event log in exports and erasures."""

from revivatech.db.personal_data import Tables
from revivatech.realtime.personal_data import queries

events = Tables("realtime", queries.TABLES)
