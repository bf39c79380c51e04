"""The cache of one process: a connection pool to Valkey and the two scripts that the hot path runs."""

from importlib import resources
from typing import Any, Self
from uuid import UUID

import redis.asyncio as redis
import structlog
from redis.backoff import NoBackoff
from redis.asyncio.retry import Retry
from redis.exceptions import RedisError

from revivatech.kit.structs import Value

log = structlog.get_logger(__name__)

# A hung Valkey must slow a page by no more than this; then PostgreSQL answers.
TIMEOUT = 0.25
# A session that Valkey calls alive is asked of PostgreSQL again after this time.
SESSION_SECONDS = 60
# Longer than an access token lives, so that no token outlasts the note of its session's end.
ENDED_SECONDS = 20 * 60
ENDED = b"ended"
WINDOW_SECONDS = 60


class CacheAway(Exception):  # noqa: N818 - a condition, not a fault
    """Valkey does not answer; the caller asks PostgreSQL instead."""


class Admission(Value):
    """What Valkey knows of a request: the session's state, the limit, the kept answer."""

    state: bytes | None
    count: int
    seconds_left: int
    generation: bytes | None
    body: bytes | None


class Cache:
    """Sessions, limits and answers in Valkey. All keys of one account share a hash tag, so a cluster keeps them together."""

    def __init__(self, url: str, *, prefix: str = "portal") -> None:
        self.url = url
        self.prefix = prefix
        self.client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 1),
            max_connections=64,
            protocol=3,
        )
        scripts = resources.files("revivatech.cache")
        self._admit = (scripts / "admit.lua").read_bytes()
        self._keep = (scripts / "keep.lua").read_bytes()
        self._admit_sha = b""
        self._keep_sha = b""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def admit(self, owner_id: UUID, session_id: UUID, read: str = "") -> Admission:
        """Count this request and answer what is known. Raises CacheAway."""
        tag = f"{self.prefix}:{{{owner_id}}}"
        answer = await self._run(
            "_admit", 3, f"{tag}:session:{session_id}", f"{tag}:limit", f"{tag}:answers", WINDOW_SECONDS, read
        )
        return Admission(*answer)

    async def keep(self, owner_id: UUID, generation: bytes, read: str, body: bytes) -> None:
        """Keep an answer until the customer's data changes; lost without a word when Valkey is away."""
        try:
            await self._run("_keep", 1, f"{self.prefix}:{{{owner_id}}}:answers", generation, read, body)
        except CacheAway:
            log.debug("answer_not_kept")

    async def forget_answers(self, owner_id: UUID) -> None:
        """Drop every kept answer of a customer, and those being made from what was read before. Raises CacheAway."""
        await self._do("DEL", f"{self.prefix}:{{{owner_id}}}:answers")

    async def remember_session(self, owner_id: UUID, session_id: UUID, state: bytes) -> None:
        """Note that a session is alive for a minute; a note of its end is never overwritten."""
        try:
            await self._do(
                "SET", f"{self.prefix}:{{{owner_id}}}:session:{session_id}", state, "EX", SESSION_SECONDS, "NX"
            )
        except CacheAway:
            log.debug("session_not_remembered")

    async def end_session(self, owner_id: UUID, session_id: UUID) -> None:
        """Note that a session has ended, for longer than its access tokens live. Raises CacheAway."""
        await self._do("SET", f"{self.prefix}:{{{owner_id}}}:session:{session_id}", ENDED, "EX", ENDED_SECONDS)

    async def is_up(self) -> bool:
        """Whether Valkey answers now."""
        try:
            await self._do("PING")
        except CacheAway:
            return False
        return True

    async def _run(self, script: str, keys: int, *arguments: object) -> list[object]:
        """Run a loaded script; load it first where Valkey has forgotten it (a restart, a FLUSHALL)."""
        sha = getattr(self, f"{script}_sha")
        if sha:
            try:
                return await self._do("EVALSHA", sha, keys, *arguments)
            except redis.ResponseError as error:
                if "NOSCRIPT" not in str(error):
                    raise
        answer = await self._do("SCRIPT LOAD", getattr(self, script))
        setattr(self, f"{script}_sha", answer)
        return await self._do("EVALSHA", answer, keys, *arguments)

    async def _do(self, *command: object) -> Any:  # noqa: ANN401 - whatever the command answers
        try:
            return await self.client.execute_command(*command)
        except redis.ResponseError as error:
            if str(error).startswith(("NOSCRIPT", "WRONGTYPE")):
                raise
            raise CacheAway from error
        except (RedisError, OSError, TimeoutError) as error:
            raise CacheAway from error
