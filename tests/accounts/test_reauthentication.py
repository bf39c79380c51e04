"""Proof of one's own, as a form holds it."""

from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.two_factor.contracts import LONGEST_CODE
from revivatech.accounts.two_factor.reauthentication import OwnProof


def test_what_is_too_long_is_cut_and_never_right() -> None:
    """Nobody has megabytes hashed; and nothing that is cut becomes the longest password or code that there may be."""
    own = OwnProof.of({"password": "x" * 1_000_000, "code": "1" * 1_000_000})

    assert (len(own.password), len(own.code)) == (LONGEST + 1, LONGEST_CODE + 1)


def test_what_is_no_text_proves_nothing() -> None:
    """A file in the password's place, and a code that was not sent, are empty."""
    assert OwnProof.of({"password": object()}) == OwnProof("", "")
    assert OwnProof.of({"password": " with blanks ", "code": "123 456"}) == OwnProof(" with blanks ", "123 456")
