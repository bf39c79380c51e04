"""The state table as data: from which status to which, and who may."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from revivatech.accounts import service as accounts
from revivatech.accounts.service import Permission
from revivatech.kit.actor import Actor, CustomerActor, Role, StaffActor, SystemActor
from revivatech.repairs.contracts import ENDED, Status

STAFF = frozenset(Role)


class Rule(NamedTuple):
    """The roles that may make one change, and the customer where `customer` is true."""

    roles: frozenset[Role] = STAFF
    customer: bool = False


_BY_STAFF = Rule()
_BY_CUSTOMER_TOO = Rule(customer=True)
# Work that was handed over or called off begins again: under warranty, or by a mistake. A manager answers for it.
_BY_MANAGER = Rule(accounts.roles_with(Permission.REOPEN))

TABLE: Mapping[Status, Mapping[Status, Rule]] = MappingProxyType(
    {
        Status.RECEIVED: {Status.DIAGNOSING: _BY_STAFF, Status.CANCELLED: _BY_STAFF},
        # To repairing without a quote: warranty, or an agreed price.
        Status.DIAGNOSING: {Status.QUOTED: _BY_STAFF, Status.REPAIRING: _BY_STAFF, Status.CANCELLED: _BY_STAFF},
        # Back to diagnosing: the quote was rejected or withdrawn and a new one is due.
        Status.QUOTED: {
            Status.APPROVED: _BY_CUSTOMER_TOO,
            Status.DIAGNOSING: _BY_CUSTOMER_TOO,
            Status.CANCELLED: _BY_STAFF,
        },
        Status.APPROVED: {Status.REPAIRING: _BY_STAFF, Status.CANCELLED: _BY_STAFF},
        # To quoted: more was found.
        Status.REPAIRING: {Status.TESTING: _BY_STAFF, Status.QUOTED: _BY_STAFF, Status.CANCELLED: _BY_STAFF},
        # Back to repairing: it failed.
        Status.TESTING: {Status.COMPLETED: _BY_STAFF, Status.REPAIRING: _BY_STAFF},
        Status.COMPLETED: {Status.REPAIRING: _BY_MANAGER},
        Status.CANCELLED: {Status.RECEIVED: _BY_MANAGER},
    }
)

OPEN = tuple(status for status in Status if status not in ENDED)

# How a repair goes when all goes well; a detour is shown as such.
ROAD = (
    Status.RECEIVED,
    Status.DIAGNOSING,
    Status.QUOTED,
    Status.APPROVED,
    Status.REPAIRING,
    Status.TESTING,
    Status.COMPLETED,
)


def allowed(status: Status, actor: Actor) -> tuple[Status, ...]:
    """The statuses that this actor may move a repair to from that one, in the order of the work."""
    return tuple(target for target in Status if (rule := TABLE[status].get(target)) and permits(rule, actor))


def permits(rule: Rule, actor: Actor) -> bool:
    """Return whether that actor may make a change of this rule."""
    match actor:
        case StaffActor():
            return actor.role in rule.roles
        case CustomerActor():
            return rule.customer
        case SystemActor():
            return True


def sources(target: Status) -> tuple[Status, ...]:
    """The statuses from which the table leads to that one."""
    return tuple(status for status in Status if target in TABLE[status])
