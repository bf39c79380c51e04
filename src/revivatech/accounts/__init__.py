"""Accounts: customers and staff, signing in, sessions and tokens.

A *realm* is one of the two kinds of account, customer or staff; both sign in the same way with tables of their own. A
*session* is one sign-in on one device; it is a family, because every refresh token that grows from it ends with it.
"""

from revivatech.kit.imports import without

# For signatures by key pairs, which our tokens never have, it takes this wherever it is installed: 8 MB.
with without("cryptography"):
    import jwt as _jwt  # noqa: F401
