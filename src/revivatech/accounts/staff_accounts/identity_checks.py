"""Identity checks: how the shop has made sure whose wish it is, before it acts for a customer."""

from collections.abc import Sequence
from typing import Literal, get_args

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import marked, translations

# What takes a second factor off (ASVS 6.4.4): a letter or a mail proves nothing of it.
Identity = Literal["id_document", "known_person", "called_back"]
IDENTITIES: tuple[Identity, ...] = get_args(Identity)
# What a wish for the data needs, which may come by letter (GDPR 12 VI, LGPD 18 § 3).
LetterIdentity = Literal[Identity, "signed_letter"]
LETTER_IDENTITIES: tuple[LetterIdentity, ...] = get_args(LetterIdentity)
LABELS: dict[LetterIdentity, str] = {
    "id_document": marked("They showed an identity document"),
    "known_person": marked("I know them in person"),
    "called_back": marked("I called the number that we have of them"),
    "signed_letter": marked("A signed letter, whose sender I have made sure of"),
}


def require_check(identity: str, enough: Sequence[LetterIdentity]) -> None:
    """Return when this is one of the checks that are enough. Raises InvalidInput, which names `identity`."""
    if identity not in enough:
        raise InvalidInput(
            marked("Please check what you wrote."),
            errors=[FieldError("identity", marked("Say how you made sure who it is."))],
        )


def choices(enough: Sequence[LetterIdentity], language: str) -> list[tuple[str, str]]:
    """The checks that are enough, each with its words, as a form offers them."""
    gettext = translations(language).gettext
    return [(one, gettext(LABELS[one])) for one in enough]
