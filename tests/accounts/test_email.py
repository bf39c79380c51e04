"""What an address looks like, and what is said of a text that is none."""

import pytest

from revivatech.accounts.email import checked_email
from revivatech.kit.errors import InvalidInput


@pytest.mark.parametrize(("text", "email"), [(" Anna@Customers.Example ", "anna@customers.example"), ("a@b", "a@b")])
def test_an_address_is_kept_in_its_normal_form(text: str, email: str) -> None:
    """Blanks around it and capitals are no difference (R7)."""
    assert checked_email(text) == email


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Please give an e-mail address, like name@example.com."),
        ("   ", "Please give an e-mail address, like name@example.com."),
        ("anna", "This is not an e-mail address."),
        ("a@b@c", "This is not an e-mail address."),
        ("a\n@b", "This is not an e-mail address."),
        ("\u0378@b", "This is not an e-mail address."),
    ],
)
def test_what_is_none_is_told_why(text: str, said: str) -> None:
    """A field that was left empty is not told that it is wrong, but what belongs into it."""
    with pytest.raises(InvalidInput) as refused:
        checked_email(text)

    assert [(error.field, error.message) for error in refused.value.errors] == [("email", said)]
