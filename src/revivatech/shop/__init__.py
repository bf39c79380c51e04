"""The shop itself: its name, how to reach it, its currency, zone and language."""
