"""What customers may ask of what is kept of them: to get it, to have it erased; and how long it is kept at all."""
