"""The repair page of the desk."""
