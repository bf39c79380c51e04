"""A staff member's own account as JSON."""

from collections.abc import Sequence
from typing import Annotated

from litestar import put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from revivatech.accounts import profiles
from revivatech.accounts.contracts import StaffProfile
from revivatech.accounts.people import own
from revivatech.accounts.people.own import OwnFacts
from revivatech.kit.i18n import Language
from revivatech.kit.structs import Body
from revivatech.web.openapi import PROBLEMS
from revivatech.web.portal import portal_of
from revivatech.web.request import Request


class OwnBody(Body, frozen=True):
    """How a colleague is called, and how they read; role and address are another's to change."""

    first_name: Annotated[str, Meta(min_length=1, max_length=100)]
    last_name: Annotated[str, Meta(max_length=100)]
    language: Language
    timezone: Annotated[str, Meta(max_length=50, description="IANA name, such as Europe/Lisbon.")]


@put("/api/staff/profile", tags=["Staff"], responses=PROBLEMS(401, 422, 429))
async def write_profile(request: Request, data: JSONBody[OwnBody]) -> StaffProfile:
    """Change the own name, language and time zone."""
    portal = portal_of(request)
    actor = await portal.door.staff(request)
    await own.write(portal.db, actor, OwnFacts(data.first_name, data.last_name, data.language, data.timezone))
    async with portal.db.read() as reader:
        return await profiles.staff_profile(reader, actor.id)


handlers: Sequence[HTTPRouteHandler] = [write_profile]
