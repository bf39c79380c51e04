"""Pages behind links in staff emails: invitations and forgotten passwords."""
