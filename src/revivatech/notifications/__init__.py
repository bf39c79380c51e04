"""Notifications: a row that the portal shows, an event for the open page, email and SMS as the customer prefers."""
