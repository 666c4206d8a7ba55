"""LEAVE: the pair ends, without a reason."""

from __future__ import annotations

from relay.desk.report import left_while_reported
from relay.desk.request import Desk, Outcome, Request
from relay.states import PairState
from relay.store import PairLeft


async def leave(desk: Desk, request: Request) -> Outcome:
    """End the pair. The other member hears that it has ended, if it had begun, and the operator who left."""
    pair, side = request.first.pair, request.first.side
    if pair.state is PairState.REPORTED:
        return await _reported(desk, request)
    begun = pair.state is not PairState.INVITED
    told = [desk.tell("desk-left", request, name=pair.persona(side.other).name, begun=begun)]
    if begun:
        told += await desk.tell_partner("pair-ended", request)
    told += await desk.tell_operator("member-left", request, partner=pair.persona(side.other).name, begun=begun)
    return Outcome(tuple(told), (PairLeft(pair.id, side, request.now),))


async def _reported(desk: Desk, request: Request) -> Outcome:
    """A pair that was reported stays so until a named person decides. They hear that a member wants to leave."""
    pair, side = request.first.pair, request.first.side
    begun = await desk.store.reports.begun(pair.id)
    told = [desk.tell("desk-left", request, name=pair.persona(side.other).name, begun=begun)]
    return Outcome((*told, *await left_while_reported(desk, request)))
