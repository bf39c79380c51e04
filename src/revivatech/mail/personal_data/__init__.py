"""Personal data of mail."""
