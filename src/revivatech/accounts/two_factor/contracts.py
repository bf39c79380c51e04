"""The shapes of second factors, and why they refuse."""

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from revivatech.kit.errors import Conflict, FieldError, InvalidInput, NotAllowed, NotSignedIn
from revivatech.kit.i18n import marked
from revivatech.kit.structs import Json

# More than any code has, however it is typed.
LONGEST_CODE = 64


# The code is of another time: the phone's clock is slow or fast, or somebody types slowly.
ClockHint = Literal["clock_slow", "clock_fast"]
CLOCK_WORDS: dict[ClockHint, str] = {
    "clock_slow": marked(
        "That code has expired. Enter the one your app shows now. If it fails too, your phone's clock is slow: set its "
        "date and time to automatic."
    ),
    "clock_fast": marked(
        "Your phone's clock is fast. Set its date and time to automatic, then enter the code your app shows."
    ),
}


def _hint(hint: ClockHint | None) -> dict[str, str]:
    return {"hint": hint} if hint else {}


class Enrolment(Json, frozen=True):
    """A secret that is shown this once; it counts as soon as a code of it was given."""

    secret: str
    otpauth_uri: str
    qr_svg: str


class RecoveryCodes(Json, frozen=True):
    """Ten codes, shown this once."""

    recovery_codes: list[str]


class FactorState(Json, frozen=True):
    """The factors that are set up; `required` where the role may not work without."""

    enabled: bool
    since: datetime | None
    recovery_codes_left: int
    passkeys: int
    required: bool


class PasskeyView(Json, frozen=True):
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class PasskeyOptions(Json, frozen=True):
    """Options for navigator.credentials, as JSON (WebAuthn level 3)."""

    public_key: dict[str, Any]


class WrongCode(NotSignedIn):
    """Neither a code of the app nor an unused recovery code; `hint`: what may be the matter with the phone's clock."""

    code: ClassVar[str] = "wrong_code"

    def __init__(self, hint: ClockHint | None = None) -> None:
        words = CLOCK_WORDS[hint] if hint else "The code is wrong, or was used already."
        super().__init__(words, errors=[FieldError("code", words)], extra=_hint(hint))


class WrongNewCode(InvalidInput):
    """The app to be proven shows another code; `hint`: what may be the matter with the phone's clock (C33)."""

    code: ClassVar[str] = "wrong_code"

    def __init__(self, hint: ClockHint | None = None) -> None:
        words = CLOCK_WORDS[hint] if hint else "The app shows another code. Please give the one that it shows now."
        super().__init__(words, errors=[FieldError("code", words)], extra=_hint(hint))


class EmailNotVerified(NotAllowed):
    """A second factor waits until the e-mail address is known to be the owner's (R14)."""

    code: ClassVar[str] = "email_not_verified"

    def __init__(self) -> None:
        super().__init__("Please confirm your e-mail address first.")


class NothingBegun(Conflict):
    """There is no new secret to be proven, or it was shown too long ago."""

    code: ClassVar[str] = "no_set_up"

    def __init__(self) -> None:
        super().__init__("Please begin the set-up again.")


class FactorOff(Conflict):
    """There is no second factor to turn off or to make codes for."""

    code: ClassVar[str] = "second_factor_off"

    def __init__(self) -> None:
        super().__init__("Two-step sign-in is off.")


class FactorKept(NotAllowed):
    """The role may not work without a second factor."""

    code: ClassVar[str] = "second_factor_required"

    def __init__(self) -> None:
        super().__init__("Your role needs two-step sign-in. You may move it to another app.")


class NewPasswordNeeded(InvalidInput):
    """The password is long enough only beside a second factor (R1); a longer one must take its place."""

    code: ClassVar[str] = "new_password_needed"

    def __init__(self) -> None:
        words = marked("Without two-step sign-in a password has at least 15 characters. Please choose a new one.")
        super().__init__(words, errors=[FieldError("newPassword", words)])


class PasskeysUnavailable(Conflict):
    """Browsers take passkeys only from a site with a name, over https or on this machine."""

    code: ClassVar[str] = "passkeys_unavailable"

    def __init__(self) -> None:
        super().__init__("Passkeys do not work at this address.")


class PasskeyRefused(NotSignedIn):
    """The passkey is none of ours, its answer is wrong, came too late or came twice."""

    code: ClassVar[str] = "passkey_refused"

    def __init__(self) -> None:
        super().__init__("This passkey did not work. Please try again, or sign in with your password.")


class PasskeyNotAdded(InvalidInput):
    """The device's answer does not make a passkey."""

    code: ClassVar[str] = "passkey_not_added"

    def __init__(self) -> None:
        words = "The passkey was not made. Please try again."
        super().__init__(words, errors=[FieldError("credential", words)])
