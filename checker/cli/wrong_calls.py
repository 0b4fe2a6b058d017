"""What typer refuses of a call, told as all errors are: place, problem, remedy."""

from __future__ import annotations

import re
from typing import Any

from checker.errors import aside, close_to
from checker.language import N_, _

_REFUSED = (
    (re.compile(r"No such option: (?P<name>\S+)"), N_("there is no option {name}")),
    (re.compile(r"No such command '(?P<name>[^']+)'"), N_("there is no command {name}")),
    (re.compile(r"Missing (?:argument|option|parameter) '(?P<name>.+)'"), N_("{name} is missing")),
    (re.compile(r"Option '(?P<name>[^']+)' requires"), N_("{name} needs a value")),
    (re.compile(r"Option '(?P<name>[^']+)' does not take a value"), N_("{name} takes no value")),
    (re.compile(r"Got unexpected extra arguments?(?: ?\(s\))? \((?P<name>.+)\)"), N_("{name} is too much")),
    (re.compile(r"Invalid value for '(?P<name>.+?)': (?P<rest>.+)"), N_("the value of {name} cannot be used")),
)
"""What typer says, and how we say it."""


def explained(error: Any) -> str:  # noqa: ANN401  # where typer's classes live differs between its versions
    """Return the line that tells of a call that typer refuses."""
    context = error.ctx
    command = context.command_path if context else "checker"
    place = context.info_name if context and context.parent else _("the command")
    remedy = _("see '{command} --help'").format(command=command)
    message = " ".join(error.format_message().rstrip(".").split())
    for pattern, says in _REFUSED:
        if found := pattern.match(message):
            near = close_to(found["name"], _words(context)) if "No such" in message else ""
            rest = aside(found["rest"]) if "rest" in pattern.groupindex else ""
            return (
                f"{place}: " + _(says).format(name=found["name"].replace("' / '", ", ")) + rest + f"; {near or remedy}"
            )
    return f"{place}: " + _("the call cannot be understood") + aside(message) + f"; {remedy}"


def _words(context: Any) -> list[str]:  # noqa: ANN401
    """Return the commands and options that may stand in a place."""
    if context is None:
        return []
    options = [option for one in context.command.params for option in one.opts]
    return [*getattr(context.command, "commands", ()), *options, "--help"]
