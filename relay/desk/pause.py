"""PAUSE and RESUME: no letters for a while, in both directions."""

from __future__ import annotations

from relay.desk.request import Desk, Outcome, Request
from relay.states import RESTING, PairState
from relay.store import BOTH, AbsenceEnded, Change, PairPaused, PairResumed


async def pause(desk: Desk, request: Request) -> Outcome:
    """Pause the pair. The other member hears that it rests, once. A reported pair looks like a paused one."""
    pair, side = request.first.pair, request.first.side
    name = pair.persona(side.other).name
    if pair.state in RESTING and not pair.paused_by:
        return Outcome((desk.tell("desk-nothing", request, why="paused-by-us", name=name),))
    if pair.state in RESTING and pair.paused_by in (side, BOTH):
        return Outcome((desk.tell("desk-nothing", request, why="paused", name=name),))
    told = [desk.tell("desk-paused", request, name=name)]
    if pair.state not in RESTING:
        told += await desk.tell_partner("exchange-rests", request, rests=True)
    return Outcome(tuple(told), (PairPaused(pair.id, side, request.now),))


async def resume(desk: Desk, request: Request) -> Outcome:
    """Resume a pair that this member has paused. It goes on when nobody else has paused it. What a member has reported
    only a named person resumes."""
    pair, side = request.first.pair, request.first.side
    name = pair.persona(side.other).name
    if pair.state not in RESTING:
        return Outcome((desk.tell("desk-nothing", request, why="not-paused", name=name),))
    reports = await desk.store.reports.about(pair.id) if pair.state is PairState.REPORTED else ()
    if any(one.member == request.member.number for one in reports):
        return Outcome((desk.tell("desk-nothing", request, why="reported", name=name),))
    if pair.paused_by not in (side, BOTH):
        why = "paused-by-partner" if pair.paused_by else "paused-by-us"
        return Outcome((desk.tell("desk-nothing", request, why=why, name=name),))
    told = [desk.tell("desk-resumed", request, name=name, rests=pair.paused_by == BOTH)]
    if pair.paused_by != BOTH:
        told += await desk.tell_partner("exchange-rests", request, rests=False)
    changes: list[Change] = [PairResumed(pair.id, side, request.now)]
    if request.member.away_until is not None:
        changes.append(AbsenceEnded(request.member.number, request.now))
    return Outcome(tuple(told), tuple(changes))
