"""WebAuthn's two ceremonies, for this site: what the browser is asked, and whether its answer holds.

The relying party and the origin come from `public_url`, never from a request. Importing the library takes a third of a
second and 20 MB: it is done in a thread, when somebody first uses a passkey.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from revivatech.accounts.two_factor.contracts import PasskeyNotAdded, PasskeyRefused, PasskeysUnavailable
from revivatech.accounts.two_factor.queries import Credential
from revivatech.kit.structs import Value
from revivatech.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

TIMEOUT_MS = 5 * 60 * 1000
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})


class Registered(Value, frozen=True):
    """A passkey that a device has just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


class Shown(Value, frozen=True):
    """An unchecked answer: which passkey signed which challenge, and for whom."""

    credential_id: bytes
    challenge: bytes
    user_handle: bytes | None


def site_of(settings: Settings) -> str:
    """The relying party's id: the host of `public_url`. Raises PasskeysUnavailable where browsers would refuse it."""
    host = urlsplit(settings.public_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host and settings.secure_cookies:
            return host
    raise PasskeysUnavailable


def are_possible(settings: Settings) -> bool:
    """Return whether passkeys work at this shop's address."""
    try:
        site_of(settings)
    except PasskeysUnavailable:
        return False
    return True


async def registration_options(
    settings: Settings,
    challenge: bytes,
    *,
    shop: str,
    owner_id: UUID,
    email: str,
    name: str,
    present: Sequence[Credential],
) -> dict[str, Any]:
    """Return options for navigator.credentials.create: a passkey that the device finds and that asks its user."""
    return await _in_thread(_registration_options, settings, challenge, shop, owner_id, email, name, present)


async def authentication_options(
    settings: Settings, challenge: bytes, allowed: Sequence[Credential] = ()
) -> dict[str, Any]:
    """Return what navigator.credentials.get takes; without `allowed`, the device offers what it has for this site."""
    return await _in_thread(_authentication_options, settings, challenge, allowed)


async def look(answer: dict[str, Any]) -> Shown:
    """Return what an answer to navigator.credentials.get says. Raises PasskeyRefused."""
    return await _in_thread(_look, answer)


async def check_registration(
    settings: Settings, answer: dict[str, Any], is_ours: Callable[[bytes], bool]
) -> tuple[bytes, Registered]:
    """The challenge that was answered, for which `is_ours` holds, and the new passkey. Raises PasskeyNotAdded."""
    return await _in_thread(_check_registration, settings, answer, is_ours)


async def check_authentication(
    settings: Settings, answer: dict[str, Any], challenge: bytes, credential: Credential
) -> int:
    """The passkey's counter after this signature, which holds. Raises PasskeyRefused."""
    return await _in_thread(_check_authentication, settings, answer, challenge, credential)


# ------------------------------------------------------------------ in a thread


def _registration_options(
    settings: Settings,
    challenge: bytes,
    shop: str,
    owner_id: UUID,
    email: str,
    name: str,
    present: Sequence[Credential],
) -> dict[str, Any]:
    import webauthn  # noqa: PLC0415 - see above
    from webauthn.helpers import options_to_json_dict, structs  # noqa: PLC0415

    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=site_of(settings),
            rp_name=shop,
            user_id=owner_id.bytes,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(present),
        )
    )


def _authentication_options(settings: Settings, challenge: bytes, allowed: Sequence[Credential]) -> dict[str, Any]:
    import webauthn  # noqa: PLC0415 - see above
    from webauthn.helpers import options_to_json_dict, structs  # noqa: PLC0415

    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=site_of(settings),
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_descriptors(allowed) or None,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
    )


def _look(answer: dict[str, Any]) -> Shown:
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json  # noqa: PLC0415

    try:
        parsed = parse_authentication_credential_json(answer)
        said = parse_client_data_json(parsed.response.client_data_json)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's JSON breaks in the library
        _refuse(error)
    if said.cross_origin:
        # Our pages show in nobody's frame, so nobody honest asks from one (7.2, step 14). The library does not look.
        raise PasskeyRefused
    return Shown(parsed.raw_id, said.challenge, parsed.response.user_handle)


def _check_registration(
    settings: Settings, answer: dict[str, Any], is_ours: Callable[[bytes], bool]
) -> tuple[bytes, Registered]:
    import webauthn  # noqa: PLC0415 - see above
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json  # noqa: PLC0415

    site = site_of(settings)
    try:
        parsed = parse_registration_credential_json(answer)
        said = parse_client_data_json(parsed.response.client_data_json)
        challenge = said.challenge
        if said.cross_origin or not is_ours(challenge):
            raise PasskeyNotAdded  # noqa: TRY301 - refused like everything else
        verified = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=settings.origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a stranger's JSON breaks in the library
        raise PasskeyNotAdded from error
    transports = [str(one.value) for one in parsed.response.transports or [] if one.value in TRANSPORTS]
    return challenge, Registered(
        verified.credential_id, verified.credential_public_key, verified.sign_count, transports
    )


def _check_authentication(settings: Settings, answer: dict[str, Any], challenge: bytes, credential: Credential) -> int:
    import webauthn  # noqa: PLC0415 - see above

    site = site_of(settings)
    try:
        # The counter must grow, unless the passkey has none (a copy of a key would count on its own).
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site,
            expected_origin=settings.origin,
            credential_public_key=credential.public_key,
            credential_current_sign_count=credential.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # noqa: BLE001 - whatever a stranger's JSON breaks in the library
        _refuse(error)
    return int(verified.new_sign_count)


def _descriptors(credentials: Sequence[Credential]) -> list[Any]:
    from webauthn.helpers import structs  # noqa: PLC0415 - see above

    return [
        structs.PublicKeyCredentialDescriptor(
            id=one.credential_id, transports=[structs.AuthenticatorTransport(name) for name in one.transports]
        )
        for one in credentials
    ]


def _refuse(error: Exception) -> NoReturn:
    raise PasskeyRefused from error


async def _in_thread(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    return await asyncio.to_thread(function, *arguments, **named)
