"""Privacy: exports and erasures of what is kept of customers, and how long it is kept at all."""
