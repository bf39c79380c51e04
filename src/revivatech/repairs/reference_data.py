"""Reference data of one process: stages, the staff's names, the shop. They change seldom, every answer needs them."""

import time
from collections.abc import Iterable
from uuid import UUID
from weakref import WeakKeyDictionary

from revivatech.accounts import service as accounts
from revivatech.accounts.contracts import StaffMember
from revivatech.db import Database, Reader
from revivatech.kit.actor import StaffActor
from revivatech.kit.i18n import LANGUAGES
from revivatech.repairs.contracts import Stage, StageView, Status, TechnicianView, TimelineActor
from revivatech.repairs.queries import stages
from revivatech.shop import service as shop_service
from revivatech.shop.contracts import ShopSettings

# A label that somebody edits, or a new colleague's name, is seen everywhere after this time.
FRESH_SECONDS = 10.0


class ReferenceData:
    """Stages by key in the order of the work, staff by id, the shop; and the words of each language."""

    def __init__(
        self,
        stages: Iterable[Stage],
        staff: Iterable[StaffMember],
        colleagues: Iterable[StaffMember],
        shop: ShopSettings,
        country: str | None,
    ) -> None:
        self.stages = {stage.key: stage for stage in stages}
        # Those who can be given work now.
        self.colleagues = tuple(colleagues)
        self.staff = {member.id: member for member in staff}
        self.shop = shop
        self.country = country
        self.technicians = {
            one.id: TechnicianView(one.id, one.first_name, one.last_name) for one in self.staff.values()
        }
        self.actors = {one.id: TimelineActor("staff", one.name) for one in self.staff.values()}
        self._words: dict[str, Labels] = {language: Labels(self, language) for language in LANGUAGES}

    def labels(self, language: str) -> "Labels":
        """The words of that language, else the English ones."""
        return self._words.get(language) or self._words["en"]

    def first_stage(self, status: Status) -> Stage:
        """The stage that a status begins with."""
        return next(stage for stage in self.stages.values() if stage.status == status)

    def labels_of_staff(self, user_id: UUID) -> "Labels":
        """The words of a colleague's language, else of the shop's."""
        member = self.staff.get(user_id)
        return self.labels(member.language if member else self.shop.language)


class Labels:
    """The names of stages and people in one language."""

    def __init__(self, known: ReferenceData, language: str) -> None:
        self.known = known
        self.language = language
        self.stages = {stage.key: StageView(stage.key, stage.label(language)) for stage in known.stages.values()}
        self.statuses = {stage.key: stage.status for stage in known.stages.values()}

    def technician(self, user_id: UUID | None) -> TechnicianView | None:
        """The technician as customers see them; one who began seconds ago goes by the shop's name."""
        if user_id is None:
            return None
        return self.known.technicians.get(user_id) or TechnicianView(user_id, self.known.shop.name, "")

    def staff_name(self, user_id: UUID | None) -> str:
        """First and last name of a colleague; the shop's name where nobody is known."""
        member = self.known.staff.get(user_id) if user_id else None
        return member.name if member else self.known.shop.name

    def label_of(self, status: Status) -> str:
        """The name of the stage that a status begins with."""
        return self.known.first_stage(status).label(self.language)

    def sentence(self, stage: str) -> str:
        """Return what a stage means for the customer."""
        return self.known.stages[stage].sentence(self.language)


_known: WeakKeyDictionary[Database, tuple[float, ReferenceData]] = WeakKeyDictionary()


async def known(db: Database) -> ReferenceData:
    """Return what is known, at most ten seconds old."""
    until, present = _known.get(db, (0.0, None))
    if present is None or time.monotonic() > until:
        async with db.read() as reader:
            present = await learn(reader)
        _known[db] = (time.monotonic() + FRESH_SECONDS, present)
    return present


async def learn(reader: Reader) -> ReferenceData:
    """Return what is known, read now."""
    return ReferenceData(
        await stages.stages(reader),
        await accounts.all_staff(reader),
        await accounts.active_staff(reader),
        await shop_service.current(reader),
        await shop_service.country(reader),
    )


def forget(db: Database) -> None:
    """Read anew at the next question: this process has just changed something."""
    _known.pop(db, None)


async def labels_in(db: Database, language: str) -> Labels:
    """Return how answers in that language call stages and people; every read asks for it."""
    return (await known(db)).labels(language)


async def labels_for(db: Database, actor: StaffActor) -> Labels:
    """The same in a colleague's language."""
    return (await known(db)).labels_of_staff(actor.id)
