"""All commands of the desk. A command is one function and one line in COMMANDS."""

from __future__ import annotations

from collections.abc import Mapping

from relay.desk.copy import copy
from relay.desk.forget import forget
from relay.desk.help import send_help
from relay.desk.lang import lang
from relay.desk.leave import leave
from relay.desk.pause import pause, resume
from relay.desk.report import answered, report
from relay.desk.request import Command
from relay.desk.who import who
from relay.states import EXCHANGING, RESTING, PairState

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
        Command("lang", lang, argument=True),
    )
}
