"""What mail keeps of a customer."""
