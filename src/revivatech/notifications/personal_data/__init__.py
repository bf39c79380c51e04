"""Personal data of notifications."""
