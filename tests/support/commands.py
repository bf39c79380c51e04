"""A command of the program, run in this process: quicker than a process of its own."""

from unittest import mock

from click.testing import CliRunner, Result

from revivatech.cli.program import program
from revivatech.web import logs


def invoke(*words: str) -> Result:
    """Return what `revivatech WORDS` answers. How this process logs stays as it is: later tests read its lines."""
    with mock.patch.object(logs, "configure"):
        return CliRunner().invoke(program, words)
