"""AWAY: until when a member does not answer. Partners hear the day, and nothing else of what was written."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from relay.desk.request import Desk, Outcome, Request
from relay.letters.partner_away import partners_told
from relay.mentoring.absences import absence, zone_of_member
from relay.message.confirmation.answer_line import YesNo, read_line
from relay.message.desk.read_command import behind_auto
from relay.message.desk.read_date import DateFault, read_date
from relay.states import EXCHANGING, RESTING
from relay.store import AbsenceEnded, VacationAllowed

_GOING = (*EXCHANGING, *RESTING)
_FOR_EXAMPLE = timedelta(days=14)


async def away(desk: Desk, request: Request) -> Outcome:
    """Set the absence, or ask until when it is."""
    member = request.member
    if not any(part.pair.state in _GOING for part in member.parts):
        return Outcome((desk.tell("desk-nothing", request, why="no-pair", name=""),))
    automatic = behind_auto(request.argument)
    if automatic is not None:
        return _automatic(desk, request, allowed=read_line(automatic, "")[0] is not YesNo.NO)
    languages = dict.fromkeys((request.first.pair.manner(request.first.side).language, *_languages(desk)))
    today = request.now.astimezone(zone_of_member(member.manner, desk.writer)).date()
    # In a thread: the names of all months are read from disk, once.
    day = await asyncio.to_thread(read_date, request.argument, today, [one for one in languages if one])
    if isinstance(day, DateFault):
        example = (today + _FOR_EXAMPLE).isoformat()
        return Outcome((desk.ask("desk-until", "away", request, why=day.value, example=example),))
    told = []
    if day != member.away_until:
        told = await partners_told(member, day, desk.store, desk.writer, request.now)
    heard = "now" if told else "known" if day == member.away_until else "nobody"
    answer = desk.tell("desk-away", request, until=day, heard=heard)
    return Outcome((answer, *told), (absence(member, day, desk.writer, request.now),))


async def back(desk: Desk, request: Request) -> Outcome:
    """End the absence. Partners do not hear it: they hear from the member."""
    ended = AbsenceEnded(request.member.number, request.now)
    return Outcome((desk.tell("desk-back", request),), (ended,))


def _automatic(desk: Desk, request: Request, *, allowed: bool) -> Outcome:
    """Whether partners are told of automatic absence messages: "away auto", or "away auto no"."""
    told = desk.tell("desk-away-auto", request, allowed=allowed)
    return Outcome((told,), (VacationAllowed(request.member.number, allowed, request.now),))


def _languages(desk: Desk) -> list[str]:
    return desk.writer.templates.languages()
