"""Personal data of repairs, and what a law has the shop keep when the customer is erased."""
