"""What an e-mail address looks like, and what is said of a text that is none."""

import re
from unicodedata import category

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked
from revivatech.kit.text import normal_email

# Anything with one @ and no blanks or control characters. Whether it exists, only a mail can tell.
EMAIL_PATTERN = r"^[^\s@\x00-\x1f\x7f-\x9f]{1,64}@[^\s@\x00-\x1f\x7f-\x9f]{1,190}$"
EMAIL = re.compile(EMAIL_PATTERN)

MISSING = marked("Please give an e-mail address, like name@example.com.")
NO_EMAIL = marked("This is not an e-mail address.")


def checked_email(text: str) -> str:
    """The address in its normal form. Raises InvalidInput, which names `email`."""
    email = normal_email(text)
    problem = what_is_wrong_with(email)
    if problem:
        raise InvalidInput(problem, errors=[FieldError("email", problem)])
    return email


def what_is_wrong_with(email: str) -> str | None:
    """Why the text, in its normal form, cannot be an address; None where it may be one.

    Letters newer than our tables have no lower case that we know, and PostgreSQL's tables may be newer.
    """
    if not email:
        return MISSING
    if not EMAIL.fullmatch(email) or any(category(letter) == "Cn" for letter in email):
        return NO_EMAIL
    return None
