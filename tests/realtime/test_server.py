"""The sockets of the portal, by a real client over real servers."""

import asyncio
import contextlib
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
import websockets
from socketio.exceptions import ConnectionError as Refused

from revivatech.db import execute
from revivatech.realtime import event_log
from revivatech.realtime.contracts import SessionsEnded, StaffEvent
from revivatech.realtime.event_log import publish
from support.people import People, Person
from support.waiting import until_true

pytestmark = pytest.mark.anyio


async def test_a_committed_event_reaches_its_customer_alone(house: Any, anna: Person, ben: Person) -> None:
    """What is committed for Anna is sent to each of her sockets, and to nobody else's."""
    node = await house.node()
    tabs = [await house.connect(node, house.authenticator.token(anna)) for _ in range(2)]
    other = await house.connect(node, house.authenticator.token(ben))

    await node.publish(anna, "one")
    await node.publish(ben, "two")

    for tab in tabs:
        await tab.until(lambda tab=tab: tab.heard == [("test:happened", {"seq": 1, "text": "one"})])
    await other.until(lambda: other.heard == [("test:happened", {"seq": 1, "text": "two"})])


async def test_an_event_of_a_rolled_back_transaction_is_never_sent(house: Any, anna: Person) -> None:
    """Nothing leaves before the commit, and nothing of what is rolled back."""
    node = await house.node()
    listener = await house.connect(node, house.authenticator.token(anna))

    with contextlib.suppress(ZeroDivisionError):
        async with node.db.transaction() as tx:
            await publish(tx, anna.id, "test:never", SeqOnly(0))
            raise ZeroDivisionError
    await node.publish(anna, "kept")

    await listener.until(lambda: listener.heard)
    assert listener.heard == [("test:happened", {"seq": 1, "text": "kept"})]


async def test_r84_events_cross_processes(house: Any, anna: Person, people: People) -> None:
    """An event that one process commits reaches the sockets of another, staff events too."""
    here, there = await house.node(), await house.node()
    listener = await house.connect(there, house.authenticator.token(anna))
    desk = await house.connect(there, house.authenticator.token(people.tom))

    await here.publish(anna, "from afar")
    async with here.db.transaction() as tx:
        event_log.tell_staff(tx, "test:desk", SeqOnly(7))

    await listener.until(lambda: listener.heard == [("test:happened", {"seq": 1, "text": "from afar"})])
    await desk.until(lambda: desk.heard == [("test:desk", {"seq": 7})])


async def test_r77_a_foreign_repair_cannot_be_followed(house: Any, anna: Person, ben: Person) -> None:
    """Subscribing asks whose repair it is each time; a refused one leaves no trace."""
    node = await house.node()
    repair = uuid4()
    house.rules.owners[repair] = ben.id
    listener = await house.connect(node, house.authenticator.token(anna))

    assert await listener.client.call("subscribe:repair", str(repair)) == {"ok": False, "error": "not_found"}
    assert await listener.client.call("subscribe:repair", str(uuid4())) == {"ok": False, "error": "not_found"}
    await node.publish(ben, "secret")
    await node.publish(anna, "own")
    await listener.until(lambda: listener.heard)
    assert listener.heard == [("test:happened", {"seq": 1, "text": "own"})]

    house.rules.owners[repair] = anna.id
    assert await listener.client.call("subscribe:repair", str(repair)) == {"ok": True}
    house.rules.owners[repair] = ben.id
    assert await listener.client.call("subscribe:repair", str(repair)) == {"ok": False, "error": "not_found"}


@pytest.mark.parametrize(
    "event", ["subscribe:repair", "unsubscribe:repair", "events:since", "auth:renew", "chat:typing"]
)
async def test_bad_input_is_acknowledged_as_refused(house: Any, anna: Person, event: str) -> None:
    """Whatever comes as payload, the answer is a refusal and the socket lives on."""
    node = await house.node()
    listener = await house.connect(node, house.authenticator.token(anna))

    payloads: list[Any] = [
        None,
        7,
        "",
        "no-uuid",
        [],
        {},
        {"seq": "x"},
        {"seq": -1},
        {"seq": 1e400},
        {"token": 7},
        True,
        "\x00",
    ]
    for bad in payloads:
        answer = await listener.client.call(event, bad)
        assert answer["ok"] is False, bad

    await node.publish(anna, "still here")
    await listener.until(lambda: listener.heard)


async def test_r76_nobody_connects_without_a_token(house: Any, anna: Person) -> None:
    """No token, an unknown one, an expired one, a token in the query: refused, without a word of why."""
    node = await house.node()
    for auth in (None, "unknown", house.authenticator.token(anna, lives=timedelta(seconds=-1))):
        with pytest.raises(Refused):
            await house.connect(node, auth)
    good = house.authenticator.token(anna)
    node.url += f"?token={good}"
    with pytest.raises(Refused):
        await house.connect(node, None)
    assert len(node.sockets) == 0


@pytest.mark.parametrize("auth", ["text", 7, [1], {"token": 7}, {"token": ["x"]}, {"token": "x", "lastSeq": "y"}])
async def test_a_strange_handshake_is_refused(house: Any, auth: object) -> None:
    """A handshake of any other shape is a refused connection, not a fault."""
    node = await house.node()
    async with _raw(node) as socket:
        await socket.send("40" + msgspec.json.encode(auth).decode())
        assert (await socket.recv()).startswith("44")


async def test_r76_a_connection_without_sign_in_is_closed(house: Any) -> None:
    """Below Socket.IO, a connection on which nobody signs in is closed within the time it is given."""
    node = await house.node()
    async with _raw(node) as socket:
        await _until_closed(socket)


async def test_r61_a_cookie_needs_our_own_origin(house: Any, anna: Person) -> None:
    """The session cookie opens a socket for a page of ours; a foreign page, or none, gets nothing."""
    node = await house.node(allowed_origins=("https://partner.example",))
    cookie = {"Cookie": f"session={house.authenticator.token(anna, lives=None)}"}
    for transport in ("websocket", "polling"):
        for origin in (
            {},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "https://partner.example"},
        ):
            with pytest.raises(Refused):
                await house.connect(node, None, headers=cookie | origin, transports=(transport,))
        listener = await house.connect(node, None, headers=cookie | {"Origin": node.url}, transports=(transport,))
        assert listener.client.connected
    assert [seen for seen in house.authenticator.cookies_seen if seen] == [cookie["Cookie"]] * 2


async def test_r86_there_is_only_one_namespace(house: Any, anna: Person) -> None:
    """/admin and any other namespace are refused."""
    node = await house.node()
    async with _raw(node) as socket:
        for namespace in ("/admin", "/foo"):
            await socket.send(f'40{namespace},{{"token":"{house.authenticator.token(anna)}"}}')
            assert (await socket.recv()).startswith(f"44{namespace},")


async def test_a_client_cannot_call_the_connect_handler(house: Any, anna: Person) -> None:
    """Events named like the library's own are ignored: they would bring an environ of the client's choice."""
    node = await house.node()
    listener = await house.connect(node, house.authenticator.token(anna))
    for name in ("connect", "disconnect"):
        await listener.client.emit(name, ({"HTTP_ORIGIN": node.url, "HTTP_COOKIE": "session=x"}, None))

    await node.publish(anna, "still here")
    await listener.until(lambda: listener.heard)
    assert house.authenticator.cookies_seen == [None]
    assert len(node.sockets) == 1


async def test_r80_a_missed_hundred_comes_in_order(house: Any, anna: Person) -> None:
    """Whoever says what they saw last is sent all the rest, in order, once."""
    node = await house.node()
    for number in range(100):
        await node.publish(anna, str(number))

    listener = await house.connect(node, house.authenticator.token(anna), last_seq=3)
    await node.publish(anna, "live")

    await listener.until(lambda: len(listener.seqs()) == 98)
    assert listener.seqs() == list(range(4, 102))


async def test_r80_a_missed_thousand_comes_in_order(house: Any, anna: Person) -> None:
    """More than one page of the log is no different."""
    node = await house.node()
    await _fill_log(node, anna, 1200)

    listener = await house.connect(node, house.authenticator.token(anna), last_seq=0)

    await listener.until(lambda: len(listener.seqs()) == 1200)
    assert listener.seqs() == list(range(1, 1201))


@pytest.mark.parametrize("seen", [0, 5, 2000])
async def test_r80_what_cannot_be_replayed_asks_for_a_resync(house: Any, anna: Person, seen: int) -> None:
    """Older than the log reaches, or from another log: the client is told to read anew, and goes on from there."""
    node = await house.node()
    await _fill_log(node, anna, 20)
    async with node.db.transaction() as tx:
        await execute(tx, "DELETE FROM customer_events WHERE seq < 10")

    listener = await house.connect(node, house.authenticator.token(anna), last_seq=seen)
    await listener.until(lambda: listener.heard)
    await node.publish(anna, "next")

    await listener.until(lambda: len(listener.heard) == 2)
    assert listener.heard[0] == ("events:resync", {"lastSeq": 20})
    assert listener.seqs() == [21]
    answer = await listener.client.call("events:since", {"seq": seen})
    assert (answer["events"], answer["resync"], answer["lastSeq"]) == ([], True, 21)


async def test_events_since_answers_the_log(house: Any, anna: Person) -> None:
    """A client may ask by itself, and gets what GET /events gives."""
    node = await house.node()
    await _fill_log(node, anna, 3)
    listener = await house.connect(node, house.authenticator.token(anna))

    answer = await listener.client.call("events:since", {"seq": 1})

    assert answer["resync"] is False
    assert [event["seq"] for event in answer["events"]] == [2, 3]
    assert answer["events"][0]["payload"] == {"seq": 2, "text": "2"}


async def test_r81_the_log_is_read_in_commit_order(house: Any, anna: Person) -> None:
    """Twenty writers with transactions of any length: live and by cursor, every event comes once, without a gap."""
    node, other = await house.node(), await house.node()
    listener = await house.connect(node, house.authenticator.token(anna))
    written: list[int] = []
    read: list[int] = []

    async def write(where: Any) -> None:
        for _ in range(3):
            async with where.db.transaction() as tx:
                await asyncio.sleep(random.random() * 0.02)
                written.append(await publish(tx, anna.id, "test:written", SeqOnly(0)))
                await asyncio.sleep(random.random() * 0.02)

    async def follow() -> None:
        while len(read) < 60:
            async with node.db.read() as reader:
                page = await event_log.events_since(reader, anna.id, read[-1] if read else 0, 7)
            read.extend(event.seq for event in page.events)

    async with asyncio.timeout(20):
        await asyncio.gather(follow(), *(write(node if number % 2 else other) for number in range(20)))
    await listener.until(lambda: len(listener.seqs()) >= 60)

    assert sorted(written) == read == list(range(1, 61))
    assert listener.seqs() == read


async def test_r27_ended_sessions_lose_their_sockets_everywhere(house: Any, anna: Person) -> None:
    """Within two seconds of the end of a session its sockets on all processes are told why and closed; others stay."""
    here, there = await house.node(), await house.node()
    token, other_device = house.authenticator.token(anna), house.authenticator.token(anna)
    sockets = [await house.connect(node, token) for node in (here, there)]
    kept = await house.connect(there, other_device)

    async with here.db.transaction() as tx:
        tx.note(SessionsEnded(anna.id, (house.authenticator.admitted[token].session_id,), "logout"))

    for listener in sockets:
        await listener.until_ended(2)
        assert listener.heard == [("session:ended", {"reason": "logout"})]
    await here.publish(anna, "for the other device")
    await kept.until(lambda: kept.seqs() == [1])
    with pytest.raises(Refused):
        await house.connect(there, token)


async def test_a_session_whose_end_nobody_told_is_noticed(house: Any, anna: Person) -> None:
    """The row decides: a session that is over in the database loses its sockets though no message came."""
    node = await house.node()
    token = house.authenticator.token(anna, lives=None)
    listener = await house.connect(node, None, headers={"Cookie": f"session={token}", "Origin": node.url})

    house.authenticator.over.add(house.authenticator.admitted[token].session_id)

    await listener.until_ended(3)
    assert listener.heard == [("session:ended", {"reason": "revoked"})]


async def test_r79_a_socket_outlives_its_token_only_when_renewed(house: Any, anna: Person, ben: Person) -> None:
    """At the token's end the socket goes, unless it was renewed with a token of the same account."""
    node = await house.node()
    short = timedelta(seconds=1)
    left, stays = [await house.connect(node, house.authenticator.token(anna, lives=short)) for _ in range(2)]

    refused = await stays.client.call("auth:renew", {"token": house.authenticator.token(ben)})
    renewed = await stays.client.call("auth:renew", {"token": house.authenticator.token(anna)})

    assert refused == {"ok": False, "error": "not_signed_in"}
    assert renewed["ok"] is True
    assert renewed["expiresAt"].endswith("Z")
    await left.until_ended(4)
    assert left.heard == [("session:ended", {"reason": "expired"})]
    await node.publish(anna, "still here")
    await stays.until(lambda: stays.seqs() == [1])


async def test_r85_the_oldest_of_too_many_sockets_makes_room(house: Any, anna: Person) -> None:
    """An account holds twenty sockets; the page opened last is the one that somebody looks at."""
    node = await house.node()
    first = await house.connect(node, house.authenticator.token(anna))
    rest = [await house.connect(node, house.authenticator.token(anna)) for _ in range(20)]

    await first.until_ended()

    assert first.heard == [("session:ended", {"reason": "too_many_sockets"})]
    assert len(node.sockets) == 20
    await node.publish(anna, "news")
    await rest[-1].until(lambda: rest[-1].heard)


async def test_r85_a_flood_ends_the_flooder_alone(house: Any, anna: Person, ben: Person) -> None:
    """Two hundred events at once close that socket; another one does not notice."""
    node = await house.node()
    flooder = await house.connect(node, house.authenticator.token(anna))
    other = await house.connect(node, house.authenticator.token(ben))

    for _ in range(200):
        await flooder.client.emit("events:since", {"seq": 0})

    await flooder.until_ended()
    assert (await other.client.call("events:since", {"seq": 0}))["resync"] is False


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "x",
        "9",
        "4",
        "4x",
        "45",
        "451-[]",
        "46",
        "42",
        "42{",
        "42[]",
        "42[7]",
        "42{}",
        "423",
        "44{}",
        b"\x00",
        "4" * 9,
        "42" + "[" * 5000,
        "42" + "9" * 200 + "[]",
        "40{",
        "b64",
        "6" * 70_000,
        "43[",
        '42[["a"]]',
    ],
)
async def test_r85_malformed_frames_end_their_connection(house: Any, anna: Person, frame: str | bytes) -> None:
    """A frame that no client sends closes the connection, and the process serves on."""
    node = await house.node()
    async with _raw(node) as socket:
        await socket.send(f'40{{"token":"{house.authenticator.token(anna)}"}}')
        assert (await socket.recv()).startswith("40")
        await socket.send(frame)
        await _until_closed(socket)
    await until_true(lambda: len(node.sockets) == 0)


async def test_polling_works_on_one_process(house: Any, anna: Person) -> None:
    """A client that can only poll is served as well, if it stays with one process."""
    node = await house.node()
    listener = await house.connect(node, house.authenticator.token(anna), transports=("polling",))

    await node.publish(anna, "polled")

    await listener.until(lambda: listener.seqs() == [1])
    assert (await listener.client.call("events:since", {"seq": 0}))["lastSeq"] == 1


async def test_a_polling_client_upgrades(house: Any, anna: Person) -> None:
    """The default client polls first and then upgrades to a WebSocket."""
    node = await house.node()
    listener = await house.connect(node, house.authenticator.token(anna), transports=("polling", "websocket"))

    await node.publish(anna, "upgraded")

    await listener.until(lambda: listener.seqs() == [1])
    assert listener.client.transport() == "websocket"


async def test_other_paths_are_not_found(house: Any) -> None:
    """Only the path itself is served, and no cookie is set."""
    node = await house.node()
    async with httpx.AsyncClient(base_url=node.url) as client:
        assert (await client.get("/customer/socket.io/x?EIO=4&transport=polling")).status_code == 404
        opened = await client.get("/customer/socket.io/?EIO=4&transport=polling")
    assert opened.status_code == 200
    assert "set-cookie" not in opened.headers


async def test_a_staff_socket_hears_the_desk_and_no_customer(house: Any, anna: Person, people: People) -> None:
    """Staff events go to every desk; customers' events do not, and customers hear nothing of the desk."""
    node = await house.node()
    desks = [await house.connect(node, house.authenticator.token(person)) for person in (people.tom, people.mia)]
    customer = await house.connect(node, house.authenticator.token(anna))

    await node.publish(anna, "hers")
    async with node.db.transaction() as tx:
        tx.note(StaffEvent("test:desk", msgspec.Raw(b'{"seq":3}')))

    for desk in desks:
        await desk.until(lambda desk=desk: desk.heard == [("test:desk", {"seq": 3})])
    await customer.until(lambda: customer.heard == [("test:happened", {"seq": 1, "text": "hers"})])


class SeqOnly(msgspec.Struct):
    """The least that a payload has."""

    seq: int


def _raw(node: Any) -> Any:
    """A WebSocket without a Socket.IO client above it; the engine's greeting is read."""
    return _Opened(node.url.replace("http", "ws") + "/customer/socket.io/?EIO=4&transport=websocket")


class _Opened:
    def __init__(self, url: str) -> None:
        self._connecting = websockets.connect(url)

    async def __aenter__(self) -> Any:
        socket = await self._connecting.__aenter__()
        assert str(await socket.recv()).startswith("0")
        return socket

    async def __aexit__(self, *error: object) -> None:
        await self._connecting.__aexit__(*error)  # type: ignore[arg-type]


async def _until_closed(socket: Any) -> None:
    async with asyncio.timeout(5):
        with contextlib.suppress(websockets.ConnectionClosedError):
            async for _ in socket:
                pass


async def _fill_log(node: Any, person: Person, count: int) -> None:
    async with node.db.transaction() as tx:
        await execute(
            tx,
            """
            INSERT INTO customer_events (customer_id, seq, type, payload)
            SELECT %(id)s, n, 'test:filled', jsonb_build_object('seq', n, 'text', n::text)
            FROM generate_series(1, %(count)s) AS n
            """,
            {"id": person.id, "count": count},
        )
        await execute(tx, "INSERT INTO customer_event_heads VALUES (%s, %s)", [person.id, count])
