"""The cache of one process: a connection pool to Valkey and the two scripts that the hot path runs."""

import hashlib
from importlib import resources
from typing import Any, Self
from uuid import UUID

import hiredis
import structlog

from revivatech.cache.connection import Connection, ConnectionLost
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


class CacheUnavailable(Exception):  # noqa: N818 - a condition, not a fault
    """Valkey does not answer; the caller asks PostgreSQL instead."""


class ScriptUnknown(Exception):  # noqa: N818 - leads to sending the script
    """Valkey does not hold the script of that digest."""


class Script(Value):
    """A Lua script and the digest by which Valkey knows it once it has run."""

    text: bytes
    digest: str

    @classmethod
    def load(cls, name: str) -> Self:
        """The script of that file name beside this module."""
        text = (resources.files("revivatech.cache") / name).read_bytes()
        return cls(text, hashlib.sha1(text, usedforsecurity=False).hexdigest())


class Admission(Value):
    """Valkey's answer to a request: the session's state, the limit, the kept response."""

    state: bytes | None
    count: int
    seconds_left: int
    generation: bytes | None
    body: bytes | None


class Cache:
    """Sessions, limits and answers in Valkey.

    All keys of one account share a hash tag, so that a cluster keeps them together.
    """

    def __init__(self, url: str, *, prefix: str = "portal") -> None:
        self.url = url
        self.prefix = prefix
        self._line = Connection(url, TIMEOUT)
        self._admit = Script.load("admit.lua")
        self._keep = Script.load("keep.lua")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.close()

    async def admit(
        self, owner_id: UUID, session_id: UUID, read: str = "", *, limit: str = "limit", secret_hash: bytes = b""
    ) -> Admission:
        """Count this request under the limit of that name and answer what is known. Raises CacheUnavailable.

        A session that is unknown, over, or whose state does not end with `secret_hash` is not counted.
        """
        tag = f"{self.prefix}:{{{owner_id}}}"
        answer = await self._run(
            self._admit,
            3,
            f"{tag}:session:{session_id}",
            f"{tag}:{limit}",
            f"{tag}:answers",
            WINDOW_SECONDS,
            read,
            secret_hash,
        )
        return Admission(*answer)

    async def keep(self, owner_id: UUID, generation: bytes, read: str, body: bytes) -> None:
        """Keep an answer until the customer's data changes; lost without a word when Valkey is away."""
        try:
            await self._run(self._keep, 1, f"{self.prefix}:{{{owner_id}}}:answers", generation, read, body)
        except CacheUnavailable:
            log.debug("answer_not_kept")

    async def forget_answers(self, owner_id: UUID) -> None:
        """Drop a customer's kept responses, and those being made of what was read before. Raises CacheUnavailable."""
        await self._do("DEL", f"{self.prefix}:{{{owner_id}}}:answers")

    async def remember_session(self, owner_id: UUID, session_id: UUID, state: bytes) -> None:
        """Note that a session is alive for a minute; a note of its end is never overwritten."""
        try:
            await self._do(
                "SET", f"{self.prefix}:{{{owner_id}}}:session:{session_id}", state, "EX", SESSION_SECONDS, "NX"
            )
        except CacheUnavailable:
            log.debug("session_not_remembered")

    async def end_session(self, owner_id: UUID, session_id: UUID) -> None:
        """Note that a session has ended, for longer than its access tokens live. Raises CacheUnavailable."""
        await self._do("SET", f"{self.prefix}:{{{owner_id}}}:session:{session_id}", ENDED, "EX", ENDED_SECONDS)

    async def forget_session(self, owner_id: UUID, session_id: UUID) -> None:
        """Have PostgreSQL asked about this session at its next use. Raises CacheUnavailable."""
        await self._do("DEL", f"{self.prefix}:{{{owner_id}}}:session:{session_id}")

    async def is_up(self) -> bool:
        """Return whether Valkey answers now."""
        try:
            await self._do("PING")
        except CacheUnavailable:
            return False
        return True

    async def _run(self, script: Script, keys: int, *arguments: str | bytes | int) -> Any:  # noqa: ANN401
        """Run a script by its digest; send it whole where Valkey has forgotten it (a restart, a FLUSHALL)."""
        try:
            return await self._do("EVALSHA", script.digest, keys, *arguments)
        except ScriptUnknown:
            return await self._do("EVAL", script.text, keys, *arguments)

    async def _do(self, *command: str | bytes | int) -> Any:  # noqa: ANN401 - whatever the command answers
        try:
            return await self._line.call(*command)
        except hiredis.ReplyError as error:
            if str(error).startswith("NOSCRIPT"):
                raise ScriptUnknown from None
            raise CacheUnavailable(str(error)) from error
        except ConnectionLost as error:
            raise CacheUnavailable(str(error)) from error
