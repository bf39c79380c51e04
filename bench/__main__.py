"""Print the table of budgets with what this machine needs beside each.

usage: python -m bench [--seconds 3] [--sockets 2000] [--storm 5000] [--hold 10] [--only reads|sockets|weight|storms]

Fills a data folder of its own with 10,000 customers and 200,000 repairs once, then starts the program that `make run`
starts on it and measures from outside. Says at the end what is out of budget and what else the machine was doing; ends
with 1 where a budget is missed.
"""

import argparse
import contextlib
import subprocess
import sys
import urllib.error
from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from bench import machine
from bench.budget import Budget
from bench.clients import tokens_of
from bench.program import DATA, PORT, ROOT, running
from bench.reads import reads
from bench.sockets import sockets
from bench.storms import storms
from bench.weight import weight
from revivatech import embedded


def filled() -> None:
    """See to it that the data folder holds the big shop."""
    # Where the database is empty the demo would fill it with its own people.
    with running(PORT, mode="development") as program:
        with contextlib.suppress(urllib.error.HTTPError):
            tokens_of(program, "customer", ["big@bench.example"])
            return
        addresses = embedded.running(DATA)
        if addresses is None:
            raise SystemExit("The servers of the data folder are gone.")
        fill = [sys.executable, str(ROOT / "bench" / "fill.py"), addresses.database_url]
        subprocess.run(fill, check=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3, help="how long each endpoint is loaded")
    parser.add_argument("--sockets", type=int, default=2000, help="how many sockets are opened")
    parser.add_argument("--storm", type=int, default=5000, help="how many sockets are held, lost and back again")
    parser.add_argument("--hold", type=int, default=10, help="how many seconds a storm's sockets are held")
    parser.add_argument("--only", choices=["reads", "sockets", "weight", "storms"], help="measure one part alone")
    arguments = parser.parse_args()
    was_busy, before = machine.is_busy(), machine.said()
    filled()
    parts: dict[str, Callable[[], Iterator[Budget]]] = {
        "reads": lambda: reads(arguments.seconds),
        "sockets": lambda: sockets(arguments.sockets),
        "weight": weight,
        "storms": lambda: storms(arguments.storm, arguments.hold),
    }
    found: list[Budget] = []
    for name, part in parts.items():
        if arguments.only in {None, name}:
            for budget in part():
                print(f"  {budget.name}: {budget.measured}", file=sys.stderr, flush=True)
                found.append(budget)
    console = Console(width=160, highlight=False)
    console.print(_table(found))
    console.print(f"Before: {before}.\nAfter: {machine.said()}.")
    if was_busy:
        console.print("The machine was busy when this began: CPU times are up to three times what they are alone.")
    missed = [budget for budget in found if not budget.holds]
    for budget in missed:
        console.print(f"Out of budget: {budget.name} needs {budget.measured}, where {budget.budget} is allowed.")
    if not missed:
        console.print("Every budget holds.")
    raise SystemExit(1 if missed else 0)


def _table(found: list[Budget]) -> Table:
    table = Table("what", "budget", "measured", "", "the other stack, quiet", box=box.MARKDOWN)
    for budget in found:
        verdict = "holds" if budget.holds else "MISSED"
        table.add_row(budget.name, budget.budget, budget.measured, verdict, budget.other)
    return table


if __name__ == "__main__":
    main()
