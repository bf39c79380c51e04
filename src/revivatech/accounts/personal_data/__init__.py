"""What accounts keep of a customer, how it is shown to them and erased, and how long addresses of the network stay."""
