"""Errors that stop a command and are not its own fault."""


class Trouble(Exception):  # noqa: N818 - trouble of the operator, not an error of ours
    """The command cannot do as asked; the text is one sentence for the operator."""
