"""Twilio: sends SMS. Its REST API over HTTPS, without its library."""
