"""The two shapes of struct that cross boundaries."""

import msgspec


class Value(msgspec.Struct, frozen=True, gc=False):
    """An immutable value inside the program."""


class Json(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """An immutable value as JSON clients see it: camelCase names."""


class Body(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A request's JSON body: unknown fields are refused, so nothing is assigned that was not meant."""
