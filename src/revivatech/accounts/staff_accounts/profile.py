"""The own account of a staff member."""

from revivatech.accounts.profile import time_zones
from revivatech.accounts.staff_accounts.queries import accounts
from revivatech.accounts.staff_accounts.service import name_errors
from revivatech.db import Database
from revivatech.kit.actor import StaffActor
from revivatech.kit.errors import FieldError, InvalidInput, NotSignedIn
from revivatech.kit.i18n import LANGUAGES, marked
from revivatech.kit.structs import Value
from revivatech.kit.text import one_line


class OwnFacts(Value, frozen=True):
    """A name, and how its owner reads: the language, and the IANA zone of times."""

    first_name: str
    last_name: str
    language: str
    timezone: str


async def write(db: Database, actor: StaffActor, facts: OwnFacts) -> None:
    """Keep what the staff member says of themselves. Raises InvalidInput naming every field that is wrong."""
    first, last = one_line(facts.first_name), one_line(facts.last_name)
    errors = name_errors(first, last)
    if facts.language not in LANGUAGES:
        errors.append(FieldError("language", marked("Choose one from the list.")))
    if not time_zones.is_zone(facts.timezone):
        errors.append(FieldError("timezone", marked("Choose one from the list.")))
    if errors:
        raise InvalidInput(marked("Please check what you wrote."), errors=errors)
    async with db.transaction() as tx:
        if not await accounts.write_own(
            tx, actor.id, first_name=first, last_name=last, language=facts.language, timezone=facts.timezone
        ):
            raise NotSignedIn("The account is gone.")
