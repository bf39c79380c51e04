"""How a customer comes to have an account and back into it: registration, invitation, forgotten passwords, links.

A *request* is somebody's wish for a mail; it is answered by a job, the same for every address.
"""
