"""What the event log keeps of a customer."""
