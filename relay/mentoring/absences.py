"""A member is away until a day, by their own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from relay.letters.partner_away import partners_told
from relay.letters.time_zones import zone_of
from relay.letters.write import Writer
from relay.mentoring.members import MemberError
from relay.message.desk.read_date import DateFault, read_date
from relay.model import Manner, MemberState
from relay.store import AbsenceSet, Member, Store

_CANNOT = (MemberState.INVITED, MemberState.LEFT, MemberState.FORGOTTEN)


def zone_of_member(manner: Manner, writer: Writer) -> tzinfo:
    """The clock of a member."""
    return zone_of(manner.time_zone or writer.settings.programme.time_zone)


def absence(member: Member, until: date, writer: Writer, now: datetime, *, who: str = "") -> AbsenceSet:
    """The absence of ``member`` until the end of the day ``until``, by their own clock."""
    midnight = datetime.combine(until + timedelta(days=1), time(), zone_of_member(member.manner, writer))
    return AbsenceSet(member.number, until, midnight.astimezone(UTC), now, who)


async def set_away(member: Member, until: str, store: Store, writer: Writer, now: datetime, *, who: str) -> date:
    """Set by an operator that ``member`` is away until the day ``until`` (ISO 8601). Partners hear it, unless they have
    heard that day before. Raises MemberError, StationeryError, StoreError."""
    if member.state in _CANNOT:
        raise MemberError(f"this member is {member.state}, so nobody writes to them; nothing was changed")
    day = read_date(until, now.astimezone(zone_of_member(member.manner, writer)).date(), ["en"])
    if isinstance(day, DateFault):
        raise MemberError("--until must be a day after today and within a year, such as 2027-02-09")
    letters = await partners_told(member, day, store, writer, now) if day != member.away_until else []
    await store.absences.set(absence(member, day, writer, now, who=who), letters)
    return day
