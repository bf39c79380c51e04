"""Bounds of the whole numbers and times that come from outside: what the database's columns hold.

A number beyond them is a 422 that names its field, never a fault of the database.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

LARGEST_SEQ = 2**53 - 1  # of a bigint, what a client's JSON reads exactly
LARGEST_VERSION = 2**31 - 1  # an integer

Seq = Annotated[int, Meta(ge=0, le=LARGEST_SEQ)]
Version = Annotated[int, Meta(ge=1, le=LARGEST_VERSION, description="The version that was seen.")]
Moment = Annotated[datetime, Meta(tz=True)]
