"""The audit log: who changed which account at the desk."""
