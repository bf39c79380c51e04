"""Sign-ins whose first factor was proven and that wait for the second: five minutes, five tries, one success."""
