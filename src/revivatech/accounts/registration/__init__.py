"""Registration and recovery: how a customer gets an account, and back into it.

A *request* is somebody's wish for a mail; it is answered by a job, the same for every address.
"""
