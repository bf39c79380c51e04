"""The SQL of privacy, a module for each thing that is stored."""
