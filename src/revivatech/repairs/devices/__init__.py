"""A customer's devices: what they own, its numbers and warranty, and the repairs that it has had here."""
