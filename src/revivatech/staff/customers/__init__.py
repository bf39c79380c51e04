"""Customers at the desk: looked up, invited to the portal, their accounts closed and opened."""
