"""Types that other slices may use of notifications."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from revivatech.kit.structs import Json, Value

Priority = Literal["low", "normal", "high"]
Topic = Literal["repair_updates", "quotes", "messages", "appointments", "invoices", "marketing"]
Channel = Literal["email", "sms", "push"]
# Where a notice may reach somebody, and what became of it there.
Place = Literal["portal", "email", "sms", "push"]
DeliveryState = Literal["waiting", "sent", "refused", "unwanted", "unavailable"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
CHANNELS: tuple[Channel, ...] = get_args(Channel)


class Message(Value, frozen=True):
    """A message to a customer, in their language. `url` is a path of the portal; `topic` decides who wants it by email.

    `repair_number` is what the shop's staff ask for when the customer answers.
    """

    type: str
    title: str
    message: str
    priority: Priority = "normal"
    repair_id: UUID | None = None
    repair_number: str | None = None
    url: str | None = None
    topic: Topic = "repair_updates"


class NotificationData(Json, frozen=True):
    """The thing that a notification is about."""

    repair_id: UUID | None = None
    url: str | None = None
    repair_number: str | None = None


class Notification(Json, frozen=True):
    """A notification as clients see it."""

    id: UUID
    seq: int
    type: str
    title: str
    message: str
    priority: Priority
    data: NotificationData
    read_at: datetime | None
    created_at: datetime


class Delivery(Json, frozen=True):
    """The outcome of a notice in one place.

    `waiting` to be sent, `sent`, `refused` by the other side, `unwanted` by the customer, or `unavailable`: the shop
    has no such service, or the customer no proven number. `recipient` is masked; `at` is null unless it was sent.
    """

    channel: Place
    state: DeliveryState
    recipient: str | None = None
    at: datetime | None = None


class NoticeDelivered(Json, frozen=True):
    """`notification:delivered`, for the desk: something became of a notice about a repair."""

    seq: int
    repair_id: UUID


class NotificationNew(Json, frozen=True):
    """`notification:new`."""

    seq: int
    id: UUID
    type: str
    title: str
    message: str
    priority: Priority
    data: NotificationData
    created_at: datetime


class NotificationsRead(Json):
    """`notification:read`: how many are unread now, for the bell of the customer's other pages."""

    seq: int
    unread: int


class Unread(Json):
    """The number of unread notifications."""

    unread: int
