"""The state table as data: what holds for every pair of statuses and every actor."""

from itertools import pairwise
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from revivatech.kit.actor import SYSTEM, Actor, CustomerActor, Role, StaffActor
from revivatech.repairs.contracts import ENDED, Status
from revivatech.repairs.states import OPEN, ROAD, TABLE, allowed, sources

statuses = st.sampled_from(list(Status))
staff = st.sampled_from(list(Role)).map(lambda role: StaffActor(uuid4(), uuid4(), role))
actors: st.SearchStrategy[Actor] = st.one_of(staff, st.just(CustomerActor(uuid4(), uuid4())), st.just(SYSTEM))


@given(statuses, actors)
def test_nobody_may_more_than_the_table_says(status: Status, actor: Actor) -> None:
    """Every offer is a line of the table, and none leads where the repair already is."""
    offers = allowed(status, actor)

    assert set(offers) <= set(TABLE[status])
    assert status not in offers
    assert list(offers) == sorted(offers, key=list(Status).index)


@given(statuses)
def test_the_program_may_all_that_the_table_says(status: Status) -> None:
    """Nothing in the table is out of everybody's reach."""
    assert set(TABLE[status]) == set(allowed(status, SYSTEM))


@given(statuses, staff)
def test_only_managers_open_ended_work_again(status: Status, actor: StaffActor) -> None:
    """From an ended status technicians and the front desk get no offer; from an open one all staff get the same."""
    offers = set(allowed(status, actor))

    if status in ENDED and actor.role not in {Role.MANAGER, Role.ADMIN}:
        assert offers == set()
    else:
        assert offers == set(TABLE[status])


@given(statuses)
def test_customers_decide_on_quotes_and_nothing_else(status: Status) -> None:
    """A customer may approve a quote or turn it down."""
    expected = {Status.APPROVED, Status.DIAGNOSING} if status is Status.QUOTED else set()

    assert expected == set(allowed(status, CustomerActor(uuid4(), uuid4())))


@given(statuses, statuses)
def test_sources_are_the_table_read_backwards(status: Status, target: Status) -> None:
    """A status is a source of another exactly where the table leads there."""
    assert (status in sources(target)) == (target in TABLE[status])


def test_the_road_can_be_walked() -> None:
    """Each step of the road is a change that the table allows, and it ends with completion."""
    assert all(after in TABLE[before] for before, after in pairwise(ROAD))
    assert ROAD[-1] is Status.COMPLETED
    assert set(OPEN) == set(Status) - set(ENDED)
