"""What the budgets are measured with: `make bench`."""
