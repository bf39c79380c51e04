"""The repair: a device of a customer, taken in, moved through its stages, handed over.

*Status* is one of the contract's eight; a *stage* is the shop's own name for a step within a status, with a wording for
customers in every language. The *timeline* is the history that a customer may read.
"""
