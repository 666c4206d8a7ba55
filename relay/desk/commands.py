"""All commands of the desk. A command is one function and one line in COMMANDS."""

from __future__ import annotations

from collections.abc import Mapping

from relay.desk.help import send_help
from relay.desk.lang import lang
from relay.desk.leave import leave
from relay.desk.pause import pause, resume
from relay.desk.request import Command
from relay.states import EXCHANGING, PairState

_GOING = (*EXCHANGING, PairState.PAUSED)

COMMANDS: Mapping[str, Command] = {
    one.name: one
    for one in (
        Command("help", send_help),
        Command("pause", pause, states=_GOING),
        Command("resume", resume, states=_GOING),
        Command("leave", leave, states=(*_GOING, PairState.INVITED), confirmed=True),
        Command("lang", lang, argument=True),
    )
}
