"""FORGET: everything about the member is deleted, unless a legal duty keeps it for now."""

from __future__ import annotations

from dataclasses import replace

from relay.desk.request import Desk, Outcome, Request
from relay.letters.write import Letter
from relay.model import Manner, PairState
from relay.states import EXCHANGING
from relay.store import Acceptance, ForgetAsked

_BEGUN = (*EXCHANGING, PairState.PAUSED)


async def forget(desk: Desk, request: Request) -> Outcome:
    """End the member's pairs, and let the job forget the member (mentoring/legal_hold.py): at once, or when no legal
    hold and no report that is not decided keeps them. Raises StoreError, StationeryError."""
    keeping = await desk.store.legal_holds.keeping(request.member.number)
    told = [_answer(desk, request, waits=bool(keeping))]
    for part in request.member.parts:
        if part.pair.state in _BEGUN:
            told += await desk.tell_partner("pair-ended", replace(request, part=part))
    told += _operator(desk, request, keeping)
    return Outcome(tuple(told), (ForgetAsked(request.member.number, request.now),))


def _answer(desk: Desk, request: Request, *, waits: bool) -> Acceptance:
    """The answer to the member. It belongs to no pair, so that it is not given up with the letters of one."""
    part = request.first
    letter = Letter(
        "desk-forgotten",
        request.mailbox,
        part.pair.manner(part.side),
        {"waits": waits, "late": False},
        about=request.id,
    )
    return desk.writer.write(letter, request.now)


def _operator(desk: Desk, request: Request, keeping: tuple[str, ...]) -> list[Acceptance]:
    """The letter to the operator. Nobody can answer it to the member, of whom nothing is to be kept."""
    programme, part = desk.settings.programme, request.first
    if not programme.operator:
        return []
    values = {
        "name": part.pair.persona(part.side).name,
        "side": part.side.value,
        "pair": part.pair.id,
        "kept": list(keeping),
    }
    letter = Letter("member-forgets", programme.operator, Manner(programme.language), values, part.pair.id, request.id)
    return [desk.writer.write(letter, request.now)]
