"""Sessions: how they start, who is asking, and how often somebody may try."""
