"""Every mail of the program as it would be sent, with invented facts: for those who write and translate them."""
