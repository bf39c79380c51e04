"""Responses to what cannot be read as a request: no application sees it, so they are complete here."""

from http import HTTPStatus

import msgspec

from revivatech.kit.structs import Value
from revivatech.settings import Settings
from revivatech.web.edge.response import CONTENT_POLICY, headers_of_all
from revivatech.web.problems import problem_document

# Nothing of the request was read, its language neither; mostly it is a browser whose cookies have grown.
TOO_LARGE_WORDS = (
    "The cookies of this site have grown too large: delete them in your browser's settings, then sign in again.\n\n"
    "Os cookies deste site cresceram demais: apague-os nas configurações do navegador e entre de novo.\n"
)


class Refusals(Value):
    """Each response as it goes over the network; the connection ends behind it."""

    head_too_large: bytes
    body_too_large: bytes
    too_slow: bytes
    malformed: bytes


def refusals_for(settings: Settings) -> Refusals:
    """Return the responses with the headers that this portal's responses carry (R52)."""
    return Refusals(
        head_too_large=_response(settings, 431, "text/plain; charset=utf-8", TOO_LARGE_WORDS.encode()),
        body_too_large=_problem(settings, 413, "too_large", "The body is too large."),
        too_slow=_problem(settings, 408, "too_slow", "The request did not arrive in time."),
        malformed=_problem(settings, 400, "malformed", "This is not a valid HTTP request."),
    )


def _problem(settings: Settings, status: int, code: str, detail: str) -> bytes:
    body = msgspec.json.encode(problem_document(status, code, detail, "-"))
    return _response(settings, status, "application/problem+json", body)


def _response(settings: Settings, status: int, media_type: str, body: bytes) -> bytes:
    headers = [
        (b"connection", b"close"),
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", CONTENT_POLICY),
        *headers_of_all(settings),
    ]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode() + lines + b"\r\n" + body
