"""Pure helpers that know nothing of the portal: time, money, text, cursors, actors."""
