"""The people who work here: invited, given a role, closed; what each changes of their own; and who did what to whom."""
