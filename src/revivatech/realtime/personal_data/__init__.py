"""Personal data of the event log."""
