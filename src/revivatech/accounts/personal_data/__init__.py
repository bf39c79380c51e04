"""Personal data of accounts: how it is shown and erased, and how long network addresses stay."""
