"""WHO: who could read the member's letters, and who has."""

from __future__ import annotations

from datetime import timedelta

from relay.desk.request import Desk, Outcome, Request
from relay.mentoring.member_copy.gather import read_by
from relay.mentoring.readers import Role, roles

_MOST = 20
"""Readings that are listed, the newest; COPY lists all."""


async def who(desk: Desk, request: Request) -> Outcome:
    """Tell the member who could read, and each reading with when and why. Raises StoreError, StationeryError."""
    settings, part = desk.settings, request.first
    read = await read_by(request.member, desk.store)
    since = request.now - timedelta(seconds=settings.retention.events)
    letter = desk.tell(
        "desk-who",
        request,
        kept=settings.store.content == "kept",
        kept_for=settings.retention.letters,
        coordinator=Role.COORDINATOR in roles(settings),
        safeguarding=Role.SAFEGUARDING in roles(settings),
        since=max(since, part.pair.created_at),
        read=[{"at": one.at, "name": one.name, "who": one.who, "why": one.why} for one in read[-_MOST:]],
        more=max(0, len(read) - _MOST),
    )
    return Outcome((letter,))
