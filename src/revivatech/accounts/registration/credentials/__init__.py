"""The pages to change password and e-mail address while signed in."""
