"""Who changed which account at the desk, and why."""
