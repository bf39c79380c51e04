"""The two switches of every page: theme and language, kept in cookies, so that they also work before signing in.

The theme's own handler is the account's, which remembers it besides (`accounts/profile/pages.py`).
"""

from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body

from revivatech.kit.errors import FieldError, InvalidInput
from revivatech.kit.i18n import LANGUAGES
from revivatech.kit.urls import safe_next
from revivatech.web.context import context_of
from revivatech.web.openapi import OPEN
from revivatech.web.request import Request
from revivatech.web.responses import see_other

YEAR = 365 * 24 * 3600


class ThemeForm(msgspec.Struct):
    """The theme switch, and the page to return to."""

    theme: str
    next: str = "/"


class LanguageForm(msgspec.Struct):
    """The language switch, and the page to return to."""

    language: str
    next: str = "/"


ThemeChoice = Annotated[ThemeForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
LanguageChoice = Annotated[LanguageForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/preferences/language", include_in_schema=False, security=OPEN)
async def choose_language(request: Request, data: LanguageChoice) -> Response[Any]:
    """Remember the language, and go back."""
    return remember(request, "language", data.language, LANGUAGES, data.next)


def remember(request: Request, name: str, value: str, choices: tuple[str, ...], back: str) -> Response[Any]:
    """Back to that page, with the choice in a cookie for a year. Raises InvalidInput for what is no choice."""
    if value not in choices:
        raise InvalidInput(
            "There is no such choice.", errors=[FieldError(name, f"Choose one of {', '.join(choices)}.")]
        )
    answer = see_other(safe_next(back))
    secure = context_of(request).settings.secure_cookies
    answer.set_cookie(
        Cookie(key=name, value=value, max_age=YEAR, path="/", secure=secure, httponly=False, samesite="lax")
    )
    return answer


handlers = [choose_language]
