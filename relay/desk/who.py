"""WHO: who could read the member's letters, and who has."""

from __future__ import annotations

from datetime import timedelta

from relay.desk.request import Desk, Outcome, Request
from relay.mentoring.member_copy.gather import read_by
from relay.roles import CONTACT, COORDINATOR, DEPUTY, named

_MOST = 20
"""Readings that are listed, the newest; COPY lists all."""


async def who(desk: Desk, request: Request) -> Outcome:
    """Tell the member who could read, and each reading with when and why. Raises StoreError, StationeryError."""
    settings, part = desk.settings, request.first
    roles = {
        one.role for one in named(settings) if one.cohort in {"", *(each.pair.cohort for each in request.member.parts)}
    }
    read = await read_by(request.member, desk.store)
    since = request.now - timedelta(seconds=settings.retention.events)
    letter = desk.tell(
        "desk-who",
        request,
        kept=settings.store.content == "kept",
        kept_for=settings.retention.letters,
        coordinator=COORDINATOR in roles,
        safeguarding=not roles.isdisjoint((CONTACT, DEPUTY)),
        since=max(since, part.pair.created_at),
        read=[{"at": one.at, "name": one.name, "who": one.who, "why": one.why} for one in read[-_MOST:]],
        more=max(0, len(read) - _MOST),
    )
    return Outcome((letter,))
