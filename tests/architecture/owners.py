"""Who owns which table: the one package whose `queries.py` may name it."""

OWNERS = {
    "shop_settings": "shop",
    "customers": "accounts",
    "users": "accounts",
    "customer_sessions": "accounts",
    "customer_refresh_tokens": "accounts",
    "staff_sessions": "accounts",
    "staff_refresh_tokens": "accounts",
    "login_failures": "accounts",
    "customer_links": "accounts",
    "staff_links": "accounts",
    "account_mails": "accounts",
    "customer_activity_log": "accounts",
    "customer_event_heads": "realtime",
    "customer_events": "realtime",
    "customer_notifications": "notifications",
    "notification_deliveries": "notifications",
    "kept_mails": "mail",
    "customer_devices": "repairs",
    "repair_stages": "repairs",
    "repairs": "repairs",
    "repair_status_history": "repairs",
    "schema_migrations": "db",
    "procrastinate_jobs": "jobs",
    "procrastinate_periodic_defers": "jobs",
    "procrastinate_events": "jobs",
    "procrastinate_workers": "jobs",
}

# SQL outside of any queries.py, with the reason.
ELSEWHERE = {
    "db": "the migration runner's own ledger",
    "cli": "the operator's commands look at a database before the program's services exist",
}
