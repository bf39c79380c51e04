"""A customer's addresses: several, each as its country writes it, exactly one the default while there is any."""
