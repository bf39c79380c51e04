"""The shapes of struct that cross boundaries, all immutable."""

from typing import dataclass_transform

import msgspec


# The decorator tells type checkers what the base classes' keywords tell msgspec: subclasses are frozen too.
@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Value(msgspec.Struct, frozen=True, gc=False):
    """An immutable value inside the program."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Json(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """An immutable value as JSON clients see it: camelCase names."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Body(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A request's JSON body: unknown fields are refused, so nothing is assigned that was not meant."""
