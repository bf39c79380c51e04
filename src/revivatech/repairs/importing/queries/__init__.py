"""The SQL of an import: its stage, the customers in it, and how it becomes repairs."""
