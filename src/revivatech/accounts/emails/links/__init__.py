"""Links that an account gets by mail and that work once: their life, and the text that proves them."""
