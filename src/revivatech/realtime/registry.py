"""The sockets that are connected to this process, by owner."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from revivatech.realtime.metrics import ACTIVE_USERS, SOCKETS
from revivatech.realtime.ports import Admitted, Realm


@dataclass(eq=False, slots=True)
class Connection:
    """One socket. It receives nothing before it has `joined`: what it missed comes first."""

    sid: str
    engine_id: str
    admitted: Admitted
    seen: int | None
    joined: bool = False
    repairs: set[UUID] = field(default_factory=set)

    def is_over(self, now: datetime) -> bool:
        """Return whether the token that it lives on has expired."""
        return self.admitted.expires_at is not None and self.admitted.expires_at <= now


@dataclass(eq=False, slots=True)
class Account:
    """The sockets of one person, oldest first; `seq` is the last event that those who joined were sent.

    `lock` is held while the log is read for them; `behind` says that somebody is about to.
    """

    realm: Realm
    id: UUID
    connections: dict[str, Connection] = field(default_factory=dict)
    seq: int | None = None
    behind: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def joined(self) -> list[Connection]:
        """Those who receive what happens."""
        return [connection for connection in self.connections.values() if connection.joined]


class Registry:
    """Every connection of this process, found by its id or by its owner."""

    def __init__(self) -> None:
        self._accounts: dict[Realm, dict[UUID, Account]] = {"customer": {}, "staff": {}}
        self._connections: dict[str, Connection] = {}

    def __len__(self) -> int:
        return len(self._connections)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._connections.values()))

    def add(self, connection: Connection) -> Account:
        """The account that the connection now belongs to."""
        admitted = connection.admitted
        accounts = self._accounts[admitted.realm]
        account = accounts.get(admitted.owner_id)
        if account is None:
            account = accounts[admitted.owner_id] = Account(admitted.realm, admitted.owner_id)
        account.connections[connection.sid] = connection
        self._connections[connection.sid] = connection
        SOCKETS.labels(admitted.realm).inc()
        ACTIVE_USERS.set(len(self._accounts["customer"]))
        return account

    def remove(self, sid: str) -> Connection | None:
        """The connection that was forgotten, None where it was already."""
        connection = self._connections.pop(sid, None)
        if connection is None:
            return None
        admitted = connection.admitted
        accounts = self._accounts[admitted.realm]
        account = accounts[admitted.owner_id]
        del account.connections[sid]
        if not account.connections:
            del accounts[admitted.owner_id]
        SOCKETS.labels(admitted.realm).dec()
        ACTIVE_USERS.set(len(self._accounts["customer"]))
        return connection

    def connection(self, sid: str) -> Connection | None:
        """The connection of that id."""
        return self._connections.get(sid)

    def account_of(self, connection: Connection) -> Account:
        """The account of a connection that is here."""
        return self._accounts[connection.admitted.realm][connection.admitted.owner_id]

    def customer(self, customer_id: UUID) -> Account | None:
        """That customer's account, if one of their sockets is here."""
        return self._accounts["customer"].get(customer_id)

    def accounts(self, realm: Realm) -> list[Account]:
        """The accounts of a realm that have a socket here."""
        return list(self._accounts[realm].values())

    def of_sessions(self, owner_id: UUID, session_ids: tuple[UUID, ...]) -> list[Connection]:
        """The sockets of these sessions of one account, whichever realm it is of."""
        return [
            connection
            for accounts in self._accounts.values()
            if (account := accounts.get(owner_id)) is not None
            for connection in account.connections.values()
            if connection.admitted.session_id in session_ids
        ]
