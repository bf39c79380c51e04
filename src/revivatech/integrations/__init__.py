"""Integrations with other services: a folder a vendor, each of which fills a port and can be deleted."""
