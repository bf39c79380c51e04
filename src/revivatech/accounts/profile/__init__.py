"""The profile: names, telephone (proven by SMS), language, zone, picture, theme, dashboard."""
