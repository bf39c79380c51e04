"""What repairs keep of a customer, and what a law has the shop keep when the customer is erased."""
