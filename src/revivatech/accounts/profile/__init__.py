"""What a customer says of themselves: names, telephone (proven by SMS), language, zone, picture, look, dashboard."""
