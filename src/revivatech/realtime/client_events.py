"""Events that a connected client may send, and their answers."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
import structlog

from revivatech.kit.errors import NotSignedIn, Refusal
from revivatech.kit.numbers import Seq
from revivatech.realtime.delivery import Delivery
from revivatech.realtime.ports import Admitted, RoomRules
from revivatech.realtime.registry import Connection, Registry
from revivatech.realtime.socketio_adapter import Server

log = structlog.get_logger(__name__)

MOST_REPAIRS = 100

Ack = dict[str, object]
Admit = Callable[[str], Awaitable[Admitted]]


class Since(msgspec.Struct, frozen=True):
    """`events:since`."""

    seq: Seq


class Renewal(msgspec.Struct, frozen=True):
    """`auth:renew`."""

    token: str


class Asking:
    """The handlers of what clients send; each acknowledges, whatever came."""

    def __init__(self, server: Server, registry: Registry, delivery: Delivery, rules: RoomRules, admit: Admit) -> None:
        self._server = server
        self._registry = registry
        self._delivery = delivery
        self._rules = rules
        self._admit = admit

    def listen(self) -> None:
        """Have the server hand over what clients send."""
        answers = {
            "subscribe:repair": self._subscribe,
            "unsubscribe:repair": self._unsubscribe,
            "auth:renew": self._renew,
            "events:since": self._since,
            "chat:typing": self._typing,
        }
        for name, answer in answers.items():
            self._server.on(name, self._safely(answer))

    def _safely(self, answer: Callable[[Connection, object], Awaitable[Ack]]) -> Callable[..., Awaitable[Ack]]:
        """The handler of an event: it always acknowledges, whatever the client sent."""

        async def handle(sid: str, *arguments: object) -> Ack:
            connection = self._registry.connection(sid)
            if connection is None or len(arguments) != 1:
                return _refused("invalid")
            try:
                return await answer(connection, arguments[0])
            except (msgspec.ValidationError, ValueError):
                return _refused("invalid")
            except Refusal as refusal:
                return _refused(refusal.code)
            except Exception:
                log.exception("socket_event_failed", handler=answer.__name__)
                return _refused("unavailable")

        return handle

    async def _subscribe(self, connection: Connection, data: object) -> Ack:
        repair_id = msgspec.convert(data, UUID)
        if not await self._rules.may_follow_repair(connection.admitted, repair_id):
            connection.repairs.discard(repair_id)
            return _refused("not_found")
        if len(connection.repairs) >= MOST_REPAIRS and repair_id not in connection.repairs:
            return _refused("too_many")
        connection.repairs.add(repair_id)
        return {"ok": True}

    async def _unsubscribe(self, connection: Connection, data: object) -> Ack:
        repair_id = msgspec.convert(data, UUID)
        connection.repairs.discard(repair_id)
        return {"ok": True}

    async def _renew(self, connection: Connection, data: object) -> Ack:
        renewed = await self._admit(msgspec.convert(data, Renewal).token)
        present = connection.admitted
        if (renewed.realm, renewed.owner_id) != (present.realm, present.owner_id):
            return _refused(NotSignedIn.code)
        connection.admitted = renewed
        return {"ok": True, "expiresAt": renewed.expires_at}

    async def _since(self, connection: Connection, data: object) -> Ack:
        if connection.admitted.realm != "customer":
            return _refused("not_found")
        page = await self._delivery.since(connection.admitted.owner_id, msgspec.convert(data, Since).seq)
        return {"events": page.events, "resync": page.resync, "lastSeq": page.last_seq}

    async def _typing(self, _connection: Connection, _data: object) -> Ack:
        return _refused("not_available")


def _refused(error: str) -> Ack:
    return {"ok": False, "error": error}
