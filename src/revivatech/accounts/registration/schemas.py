"""Bodies of registration and recovery, and the one answer that tells nothing."""

from typing import Annotated, Literal

from msgspec import Meta

from revivatech.accounts.secrets.passwords import LONGEST
from revivatech.accounts.sign_in.routes import ProofOfWork
from revivatech.kit import phones
from revivatech.kit.email import EmailText
from revivatech.kit.structs import Body, Json

Password = Annotated[str, Meta(max_length=LONGEST)]
NewPassword = Annotated[
    str, Meta(max_length=LONGEST, description="15 characters or more, 8 where a second factor is on; not a common one.")
]
Token = Annotated[str, Meta(max_length=200, description="The text of the link, as it is in the mail.")]
PreviousToken = Annotated[
    str,
    Meta(
        max_length=200,
        description="The token of an earlier mail to this account, even an expired one: it shows that the owner asks, "
        "who then still gets a mail where strangers have used up the day's five.",
    ),
]
Name = Annotated[str, Meta(max_length=100)]


class Register(Body, frozen=True):
    """A new account."""

    email: EmailText
    password: NewPassword
    first_name: Name
    last_name: Name
    accept_terms: bool
    phone: Annotated[str, Meta(max_length=phones.LONGEST_TYPED)] | None = None
    language: Literal["en", "pt-BR"] | None = None
    proof_of_work: ProofOfWork = ""


class Address(Body, frozen=True):
    """An e-mail address that may have an account."""

    email: EmailText
    previous_token: PreviousToken = ""
    proof_of_work: ProofOfWork = ""


class Link(Body, frozen=True):
    """The link of a mail."""

    token: Token


class LinkAndPassword(Body, frozen=True):
    """The link of a mail, and the password to set with it."""

    token: Token
    password: NewPassword


class PasswordChange(Body, frozen=True):
    """The password as it is, and as it shall be."""

    current_password: Password
    password: NewPassword


class EmailChange(Body, frozen=True):
    """The new address, and proof of who asks: the password, and a code where a second factor is on."""

    email: EmailText
    password: Password
    code: Annotated[str, Meta(max_length=64)] = ""


class Taken(Json, frozen=True):
    """The request was taken; whether it leads to anything, only the owner of the address learns."""

    message: str
