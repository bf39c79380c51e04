"""Preferences: topics, channels and quiet hours of a customer, and what they have agreed to (docs/preferences.md).

A *topic* is what a message is about, a *channel* the way it takes; the *matrix* says of each topic and channel whether
it is on. A *switch* stands above a whole column or row of it.
"""
