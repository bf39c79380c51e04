"""The activity log: a customer's own acts, and each time somebody of the staff opened a record of theirs."""
