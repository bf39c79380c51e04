"""What a customer's account has seen: their own acts, and each time somebody of the staff opened a record of theirs."""
