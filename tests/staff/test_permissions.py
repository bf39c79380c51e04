"""The table of permissions."""

from uuid import uuid4

import pytest

from revivatech.kit.actor import Role, StaffActor
from revivatech.kit.errors import NotAllowed
from revivatech.staff.permissions import TABLE, Permission, may, require


def test_every_role_has_its_line() -> None:
    """No role is forgotten, and each may at least read."""
    assert set(TABLE) == set(Role)
    assert all(Permission.READ in TABLE[role] for role in Role)


def test_technicians_work_and_do_not_dispatch() -> None:
    """They neither take devices in nor give work to others."""
    tom = StaffActor(uuid4(), uuid4(), Role.TECHNICIAN)

    assert may(tom, Permission.CHANGE_STATUS)
    for permission in (Permission.TAKE_IN, Permission.ASSIGN):
        with pytest.raises(NotAllowed):
            require(tom, permission)
