"""Refusals: what a verb raises when it will not do what was asked, with the status that HTTP gives it."""

from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import ClassVar, Self

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One field of the input and what is wrong with it, in words for the person who typed it."""

    field: str
    message: str


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """An expected no: nothing has changed.

    Subclasses say why by `code` (stable, for programs) and `status` (HTTP). `detail` is for people. `extra` is merged
    into the problem+json answer, in camelCase.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Bad Request"
    # The page that says it better than an error page; a browser is sent there.
    page: ClassVar[str] = ""

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class InvalidInput(Refusal):
    """A field does not hold what it must; `errors` names each."""

    code = "invalid_input"
    status = 422
    title = "Unprocessable Content"


class Problems:
    """Gathers what several checks refuse, so that a form says everything at once.

    `with problems: check()` keeps the errors of a refusal; `problems.finish()` raises them together.
    """

    def __init__(self, errors: Iterable[FieldError] = ()) -> None:
        self._errors = list(errors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        if not isinstance(error, Refusal) or not error.errors:
            return False
        self._errors += error.errors
        return True

    def add(self, field: str, message: str) -> None:
        """Note that a field is wrong."""
        self._errors.append(FieldError(field, message))

    def finish(self) -> None:
        """Raise InvalidInput where a check was refused."""
        if self._errors:
            raise InvalidInput(self._errors[0].message, errors=self._errors)


class KeyReused(InvalidInput):
    """The Idempotency-Key has made something already, from another request; `extra` may say what."""

    code = "idempotency_key_reused"


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"
    status = 401
    title = "Unauthorized"


class NotAllowed(Refusal):
    """The actor is known and may not do this."""

    code = "not_allowed"
    status = 403
    title = "Forbidden"


class NotFound(Refusal):
    """There is no such thing for this actor: missing and somebody else's are the same."""

    code = "not_found"
    status = 404
    title = "Not Found"

    def __init__(self, detail: str = "There is nothing here.") -> None:
        super().__init__(detail)


class Conflict(Refusal):
    """Somebody was faster, or the present state does not allow it."""

    code = "conflict"
    status = 409
    title = "Conflict"


class UnsupportedMediaType(Refusal):
    """The body is in a format that this call does not read; the headers say which it does."""

    code = "unsupported_media_type"
    status = 415
    title = "Unsupported Media Type"


class TooMany(Refusal):
    """A limit is reached; `Retry-After` says when to come again."""

    code = "too_many_requests"
    status = 429
    title = "Too Many Requests"

    def __init__(self, detail: str, *, limit: int, retry_after: int) -> None:
        super().__init__(
            detail,
            extra={"error": detail},
            headers={
                "Retry-After": str(retry_after),
                "RateLimit-Limit": str(limit),
                "RateLimit-Remaining": "0",
                "RateLimit-Reset": str(retry_after),
            },
        )


class Unavailable(Refusal):
    """A service that this needs is away; nothing was stored, asking again later is right."""

    code = "unavailable"
    status = 503
    title = "Service Unavailable"

    def __init__(self, detail: str = "The service is busy. Please try again shortly.") -> None:
        super().__init__(detail, headers={"Retry-After": "5"})
