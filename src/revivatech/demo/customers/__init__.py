"""The demo shop's customers, a module each: who they are, and the year that their devices have had."""
