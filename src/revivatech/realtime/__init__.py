"""What happened, in order, for each customer; and the sockets that say so at once."""
