"""The customer portal of a device-repair shop."""

__version__ = "0.1.0"
