"""Mail: three files an event, sent over SMTP, or kept and readable where there is no server."""
