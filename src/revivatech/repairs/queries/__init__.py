"""The SQL of repairs: what customers read, what the desk reads, what changes."""
