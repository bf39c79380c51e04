"""A bounded crowd, grouped by network: where it is full, the member that has waited longest makes room."""

from collections.abc import Iterator
from typing import Generic, TypeVar

Member = TypeVar("Member")


class FullError(Exception):
    """The crowd is full, and none of its members may be sent away."""


class Crowd(Generic[Member]):
    """Members, at most `most` and at most `most_of_network` of one network.

    A member waits when it enters and may then be sent away to make room; the longest waiting one goes first. So an
    attacker's own members make room for each other, and whoever comes from elsewhere loses nothing. `hold` keeps a
    member from being sent away. Every method takes constant time, except that a full crowd looks for its fullest
    network now and then.
    """

    def __init__(self, most: int, most_of_network: int) -> None:
        self._most = most
        self._most_of_network = most_of_network
        self._groups: dict[str | None, _Group[Member]] = {}
        self._group_of: dict[Member, _Group[Member]] = {}
        self._fullest: _Group[Member] | None = None
        self._fullest_at_first = 0

    def __len__(self) -> int:
        return len(self._group_of)

    def __contains__(self, member: object) -> bool:
        return member in self._group_of

    def __iter__(self) -> Iterator[Member]:
        """Iterate over a copy: members may leave meanwhile."""
        return iter(list(self._group_of))

    def enter(self, member: Member, network: str | None) -> Member | None:
        """Let a member in, and return the one that had to leave for it, if any.

        Members of the network None are bounded by `most` alone: they come from a proxy, which speaks for many. Raises
        FullError.
        """
        group = self._groups.get(network)
        leaving = None
        if group is not None and network is not None and group.count >= self._most_of_network:
            leaving = group.longest_waiting()
        elif len(self._group_of) >= self._most:
            leaving = self._fullest_group().longest_waiting()
        if leaving is not None:
            self.leave(leaving)
        group = self._groups.setdefault(network, _Group(network))
        group.count += 1
        group.waiting[member] = None
        self._group_of[member] = group
        return leaving

    def leave(self, member: Member) -> None:
        """Forget a member; one that is none already is no mistake."""
        group = self._group_of.pop(member, None)
        if group is None:
            return
        group.waiting.pop(member, None)
        group.count -= 1
        if not group.count:
            del self._groups[group.network]

    def hold(self, member: Member) -> None:
        """Keep a member from being sent away."""
        group = self._group_of.get(member)
        if group is not None:
            group.waiting.pop(member, None)

    def wait(self, member: Member) -> None:
        """Have a member wait, as the last in the order."""
        group = self._group_of.get(member)
        if group is not None:
            group.waiting.pop(member, None)
            group.waiting[member] = None

    def _fullest_group(self) -> "_Group[Member]":
        """Return a network with most of those who wait, or half of most: to look at all of them takes its time."""
        fullest = self._fullest
        if fullest is None or not fullest.waiting or 2 * len(fullest.waiting) < self._fullest_at_first:
            fullest = max(self._groups.values(), key=lambda group: len(group.waiting), default=None)
            if fullest is None:
                raise FullError
            self._fullest, self._fullest_at_first = fullest, len(fullest.waiting)
        return fullest


class _Group(Generic[Member]):
    """The members of one network, those who wait in their order."""

    __slots__ = ("count", "network", "waiting")

    def __init__(self, network: str | None) -> None:
        self.network = network
        self.count = 0
        self.waiting: dict[Member, None] = {}

    def longest_waiting(self) -> Member:
        for member in self.waiting:
            return member
        raise FullError
