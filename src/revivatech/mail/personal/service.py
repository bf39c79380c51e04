"""The part of kept mails in exports and erasures."""

from revivatech.db.personal import Tables
from revivatech.mail.personal import queries

kept_mails = Tables("mail", queries.TABLES)
