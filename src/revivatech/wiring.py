"""The objects that paths name, checked before a body is read: a missing one and another customer's are the same 404."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from revivatech.accounts import service as accounts
from revivatech.accounts.profile.addresses import service as addresses
from revivatech.accounts.sessions import service as sessions
from revivatech.accounts.two_factor import passkeys
from revivatech.db import Reader
from revivatech.kit.actor import CustomerActor, StaffActor
from revivatech.notifications import service as notifications
from revivatech.privacy.desk import service as counter
from revivatech.repairs import service as repairs
from revivatech.repairs.devices import service as devices
from revivatech.web.strict_input import Check

Ids = Mapping[str, Any]


async def _own_session(reader: Reader, actor: CustomerActor, ids: Ids) -> None:
    await sessions.require_session(reader, "customer", actor.id, ids["session_id"])


async def _own_passkey(reader: Reader, actor: CustomerActor, ids: Ids) -> None:
    await passkeys.require_passkey(reader, "customer", actor.id, ids["passkey_id"])


async def _address(reader: Reader, actor: CustomerActor, ids: Ids) -> None:
    await addresses.require_address(reader, actor, ids["address_id"])


async def _device(reader: Reader, actor: CustomerActor, ids: Ids) -> None:
    await devices.kept_device(reader, actor, ids["device_id"])


async def _notification(reader: Reader, actor: CustomerActor, ids: Ids) -> None:
    await notifications.require_notification(reader, actor, ids["notification_id"])


async def _colleagues_session(reader: Reader, actor: StaffActor, ids: Ids) -> None:
    await sessions.require_session(reader, "staff", actor.id, ids["session_id"])


async def _colleagues_passkey(reader: Reader, actor: StaffActor, ids: Ids) -> None:
    await passkeys.require_passkey(reader, "staff", actor.id, ids["passkey_id"])


async def _repair(reader: Reader, _: StaffActor, ids: Ids) -> None:
    await repairs.require_repair(reader, ids["repair_id"])


async def _customer(reader: Reader, actor: StaffActor, ids: Ids) -> None:
    await accounts.customer_account(reader, actor, ids["customer_id"])


async def _person(reader: Reader, _: StaffActor, ids: Ids) -> None:
    await accounts.staff_account(reader, ids["user_id"])


async def _handover(reader: Reader, actor: StaffActor, ids: Ids) -> None:
    await counter.require_handover(reader, actor, ids["customer_id"], ids["export_id"])


# By the half of the portal and the path's parameter.
OBJECTS: Mapping[tuple[str, str], Check] = MappingProxyType(
    {
        ("customer", "session_id"): _own_session,
        ("customer", "passkey_id"): _own_passkey,
        ("customer", "address_id"): _address,
        ("customer", "device_id"): _device,
        ("customer", "notification_id"): _notification,
        ("staff", "session_id"): _colleagues_session,
        ("staff", "passkey_id"): _colleagues_passkey,
        ("staff", "repair_id"): _repair,
        ("staff", "customer_id"): _customer,
        ("staff", "user_id"): _person,
        ("staff", "export_id"): _handover,
    }
)
