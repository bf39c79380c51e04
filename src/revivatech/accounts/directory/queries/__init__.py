"""The SQL of accounts, a module for each thing that is stored."""
