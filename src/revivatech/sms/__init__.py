"""Short messages to telephones: what sends them, and what stands there where nothing does."""
