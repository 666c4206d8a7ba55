"""All commands of the desk. A command is one function and one line in COMMANDS."""

from __future__ import annotations

from collections.abc import Mapping

from relay.desk.address import begin_move, drop_move, move
from relay.desk.away import away, back
from relay.desk.copy import copy
from relay.desk.forget import forget
from relay.desk.help import send_help
from relay.desk.lang import lang
from relay.desk.leave import leave
from relay.desk.pause import pause, resume
from relay.desk.report import answered, report
from relay.desk.request import Command, Request
from relay.desk.who import who
from relay.states import EXCHANGING, RESTING, PairState
from relay.store import BOTH

_GOING = (*EXCHANGING, *RESTING)
_OPEN = (*_GOING, PairState.INVITED)

COMMANDS: Mapping[str, Command] = {
    one.name: one
    for one in (
        Command("help", send_help),
        Command("who", who),
        Command("copy", copy),
        Command("forget", forget, confirmed=True),
        Command("pause", pause, states=_GOING),
        Command("resume", resume, states=_GOING),
        Command("leave", leave, states=_OPEN, confirmed=True),
        Command("report", report, states=_OPEN, at_once=True, argument=True, answered=answered),
        Command("away", away, argument=True),
        Command("address", move, confirmed=True, argument=True, begin=begin_move, dropped=drop_move),
        Command("lang", lang, argument=True),
    )
}

_BACK = Command("resume", back)


def command_of(request: Request) -> Command | None:
    """The command that a request names; None for one that does not exist. RESUME by a member who is away, and has
    paused nothing, ends the absence."""
    if request.command == _BACK.name and request.member.away_until is not None and not _paused(request):
        return _BACK
    return COMMANDS.get(request.command)


def _paused(request: Request) -> bool:
    """Whether the member of a request has paused a pair of theirs."""
    return any(part.pair.paused_by in (part.side, BOTH) for part in request.member.parts)
