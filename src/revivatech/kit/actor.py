"""Actors: every verb takes one, and permission is judged by it alone."""

from enum import StrEnum
from uuid import UUID

import msgspec


class Role(StrEnum):
    """The roles of staff, from the least permissions to the most."""

    TECHNICIAN = "technician"
    FRONT_DESK = "front_desk"
    MANAGER = "manager"
    ADMIN = "admin"


class CustomerActor(msgspec.Struct, frozen=True):
    """A signed-in customer; `session_id` is the session that the request came by."""

    id: UUID
    session_id: UUID


class StaffActor(msgspec.Struct, frozen=True):
    """A signed-in staff member."""

    id: UUID
    session_id: UUID
    role: Role


class SystemActor(msgspec.Struct, frozen=True):
    """The program itself: jobs, imports, the command line."""


type_of_actor = {CustomerActor: "customer", StaffActor: "staff", SystemActor: "system"}

Actor = CustomerActor | StaffActor | SystemActor
SYSTEM = SystemActor()
