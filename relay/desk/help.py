"""HELP, and lines that are no command: the list of commands."""

from __future__ import annotations

from relay.desk.request import Desk, Outcome, Request
from relay.policy.recipients import COMMANDS, desk


async def send_help(desk: Desk, request: Request) -> Outcome:
    """The list of commands."""
    return help_letter(desk, request)


def help_letter(at: Desk, request: Request, *, unknown: bool = False) -> Outcome:
    """The list of commands; ``unknown``: because the line was none of them. Raises StationeryError."""
    addresses = {name: desk(name, at.settings.domain) for name in COMMANDS}
    return Outcome((at.tell("desk-help", request, unknown=unknown, at=addresses),))
