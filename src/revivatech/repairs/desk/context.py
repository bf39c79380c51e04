"""The context of a desk request: actor, labels and time zone, found once, without reading the page's frame."""

from typing import Any

from revivatech.db import Database
from revivatech.kit.actor import StaffActor
from revivatech.kit.structs import Value
from revivatech.repairs import reference_data
from revivatech.repairs.reference_data import Labels
from revivatech.web.context import context_of
from revivatech.web.forms import TypedForm, fields_of
from revivatech.web.pages import Pages, language_of
from revivatech.web.request import Request


class Desk(Value):
    """The actor, and what their pages are made with."""

    actor: StaffActor
    db: Database
    pages: Pages
    labels: Labels
    timezone: str

    @property
    def language(self) -> str:
        """The language in which the actor reads and types."""
        return self.labels.language


async def enter_desk(request: Request) -> Desk:
    """Return the desk as the staff member who asks sees it; the route's guards have let them in."""
    context = context_of(request)
    actor = await context.authenticator.staff(request)
    reference = await reference_data.known(context.db)
    member = reference.staff.get(actor.id)
    language = language_of(request, member)
    return Desk(
        actor=actor,
        db=context.db,
        pages=context.pages,
        labels=reference.labels(language),
        timezone=member.timezone if member else "UTC",
    )


async def typed_form(request: Request, desk: Desk) -> TypedForm:
    """Return what was sent, if anything was."""
    sent: Any = await request.form() if request.method == "POST" else {}
    return TypedForm(fields_of(sent), desk.language, desk.timezone)
