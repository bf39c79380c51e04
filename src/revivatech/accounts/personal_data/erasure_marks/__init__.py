"""Whom the portal must not know: marks of erased people, so that an import of old records does not bring them back."""
