"""What schemathesis is told of the shop: ids that exist, so that it gets past the door of a 404 every other time."""

import itertools
import json
import os

import schemathesis

IDS: dict[str, str] = json.loads(os.environ["SHOP_IDS"])
_turns = itertools.count()


@schemathesis.hook
def map_path_parameters(_context: object, path_parameters: dict[str, object] | None) -> dict[str, object] | None:
    """Every other call asks for something that is there."""
    if path_parameters and next(_turns) % 2 == 0:
        return {name: IDS.get(name, value) for name, value in path_parameters.items()}
    return path_parameters
