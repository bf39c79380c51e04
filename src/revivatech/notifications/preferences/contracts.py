"""Types of preferences, as clients read and write them."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from revivatech.accounts import service as accounts
from revivatech.kit.structs import Body, Json
from revivatech.web.pages import Theme

Minute = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="A time of day from 00:00 to 23:59, such as 22:00.",
        examples=["22:00"],
    ),
]


class DashboardLayout(Json, frozen=True, omit_defaults=True):
    """The parts of the dashboard in their order; nothing for how it comes."""

    parts: tuple[str, ...] | None = None


class LayoutChange(Body):
    """The parts that the dashboard shall show; none given: how it comes."""

    parts: Annotated[list[accounts.DashboardPart], Meta(max_length=20)] | None = None


class Switches(Json, frozen=True):
    """The specification's preferences. What goes out is what its column, its row and its own choice allow."""

    email_notifications: bool
    sms_notifications: bool
    push_notifications: bool
    marketing_emails: bool
    repair_updates: bool
    quote_notifications: bool
    chat_notifications: bool
    theme: Theme
    dashboard_layout: DashboardLayout


class SwitchesChange(Body):
    """New positions of switches; those left out stay."""

    email_notifications: bool | UnsetType = UNSET
    sms_notifications: bool | UnsetType = UNSET
    push_notifications: bool | UnsetType = UNSET
    marketing_emails: bool | UnsetType = UNSET
    repair_updates: bool | UnsetType = UNSET
    quote_notifications: bool | UnsetType = UNSET
    chat_notifications: bool | UnsetType = UNSET
    theme: Theme | UnsetType = UNSET
    dashboard_layout: LayoutChange | UnsetType = UNSET


class Row(Json, frozen=True):
    """One topic by each channel."""

    email: bool
    sms: bool
    push: bool


class Matrix(Json, frozen=True):
    """The switch of each topic and channel."""

    repair_updates: Row
    quotes: Row
    messages: Row
    appointments: Row
    invoices: Row
    marketing: Row


class RowChange(Body):
    """New choices for one topic; those left out stay."""

    email: bool | UnsetType = UNSET
    sms: bool | UnsetType = UNSET
    push: bool | UnsetType = UNSET


class MatrixChange(Body):
    """New choices; topics left out stay."""

    repair_updates: RowChange | UnsetType = UNSET
    quotes: RowChange | UnsetType = UNSET
    messages: RowChange | UnsetType = UNSET
    appointments: RowChange | UnsetType = UNSET
    invoices: RowChange | UnsetType = UNSET
    marketing: RowChange | UnsetType = UNSET


class QuietView(Json, frozen=True):
    """Times of day in the customer's zone; quiet from the first until the second, over midnight where it is earlier."""

    start: Minute = msgspec.field(name="from")
    end: Minute = msgspec.field(name="to")


class QuietChange(Body):
    """New quiet hours."""

    start: Minute = msgspec.field(name="from")
    end: Minute = msgspec.field(name="to")


class Available(Json, frozen=True):
    """The channels that this shop can use; choices for the others are kept until it can."""

    email: bool
    sms: bool
    push: bool


class ConsentView(Json, frozen=True):
    """Consent to offers: its wording, and since when the customer has given it for email."""

    text_version: str
    text: str
    since: datetime | None
    since_version: str | None


class Preferences(Json, frozen=True):
    """The whole matrix, and when it rests."""

    matrix: Matrix
    quiet_hours: QuietView | None
    available: Available
    marketing_consent: ConsentView


class PreferencesChange(Body):
    """New choices and quiet hours; what is left out stays, `quietHours: null` ends them."""

    matrix: MatrixChange | UnsetType = UNSET
    quiet_hours: QuietChange | UnsetType | None = UNSET
