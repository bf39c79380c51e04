"""Messages for errors that an operator can mend; everything else is a fault of the program and shows where it is."""

import psycopg
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from revivatech.cli.errors import Trouble
from revivatech.db.migrate import MigrationError
from revivatech.embedded import EmbeddedError
from revivatech.kit.errors import Refusal
from revivatech.settings import SettingsError


def sentence(fault: Exception) -> str | None:
    """The sentence for what the operator can mend, None for a fault of the program."""
    match fault:
        case Trouble() | SettingsError() | EmbeddedError() | MigrationError():
            text = str(fault)
        case Refusal():
            text = fault.detail
        case psycopg.OperationalError() | PoolTimeout():
            text = f"The database does not answer: {first_line(fault)}."
        case psycopg.errors.InsufficientPrivilege():
            text = f"The database refuses: {first_line(fault)}."
        case RedisError():
            text = f"Valkey does not answer: {first_line(fault)}."
        case OSError():
            text = f"{fault.filename or 'The system'}: {fault.strerror or fault}."
        case _:
            return None
    return text


def first_line(fault: BaseException) -> str:
    """Return what a library says of a fault, without the details below it and the stop at its end."""
    lines = str(fault).strip().splitlines()
    return lines[0].removeprefix("connection failed: ").rstrip(".") if lines else type(fault).__name__
