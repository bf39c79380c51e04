"""One JSON line an event, each with the request's id; no personal data, no secret."""

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from typing_extensions import override

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def _serialize(event: dict[str, Any], **_: object) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)


def configure(level: str, style: str) -> None:
    """Send structlog's and the standard library's events to standard error: JSON, or coloured text for a terminal."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if style == "json":
        structlog.configure(
            processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_serialize)],
            wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
            logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
            cache_logger_on_first_use=True,
        )
    else:
        structlog.configure(
            # A trace without the values of the variables: they hold tokens and people.
            processors=[
                *shared,
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
                ),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
            logger_factory=structlog.WriteLoggerFactory(sys.stderr),
            cache_logger_on_first_use=True,
        )
    handler = _StandardHandler()
    logging.basicConfig(handlers=[handler], level=max(LEVELS[level], logging.WARNING), force=True)


class RequestLine(msgspec.Struct):
    """One request as it is logged: the route's template, never the path, which may name a person."""

    timestamp: datetime
    method: str
    route: str
    status: int
    ms: float
    request_id: str
    level: str = "info"
    event: str = "request"


RequestLog = Callable[[str, str, int, float, str], None]


def request_log(level: str, style: str) -> RequestLog:
    """The function that logs a request: method, route, status, milliseconds, request id.

    Every request pays for it, so the JSON form is encoded and written directly, at a fifth of structlog's cost.
    """
    if LEVELS[level] > logging.INFO:
        return lambda *_: None
    if style != "json":
        log = structlog.get_logger("request")
        return lambda method, route, status, ms, _: log.info(
            "request", method=method, route=route, status=status, ms=ms
        )
    encoder = msgspec.json.Encoder()

    def write(method: str, route: str, status: int, ms: float, request_id: str) -> None:
        line = RequestLine(datetime.now(UTC), method, route, status, ms, request_id)
        out = sys.stderr.buffer
        out.write(encoder.encode(line) + b"\n")
        out.flush()

    return write


class _StandardHandler(logging.Handler):
    """Lines of libraries that use the standard library's logging, in our form."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), exc_info=record.exc_info)
