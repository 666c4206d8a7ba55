"""Time zones that a calendar defines (RFC 5545 3.6.5): each a table of its changes, which no other calendar knows."""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from icalendar import Component
from icalendar import Timezone as Definition
from icalendar.prop import vBroken, vRecur
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# The parts of a rule by which zones change: "the last Sunday of October". No program writes others.
_PARTS = frozenset(str.split("FREQ INTERVAL COUNT UNTIL BYMONTH BYMONTHDAY BYDAY WKST"))
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS_OF_A_RULE = 7

Change = tuple[datetime, timedelta, timedelta]
"""The local time of a change, the offset from UTC before it, and the offset from then on."""


def forget_zones() -> None:
    """Begin a calendar: the next one to be read knows no zone that another defined. Two calendars may give different
    zones the same name, as Outlook does ("Customized Time Zone")."""
    tzp.use(_Zones())


class _Zones(ZONEINFO):
    """The zones of the system, and those that the calendar defines."""

    def create_timezone(self, tz: Definition) -> tzinfo:  # type: ignore[override]  # as ZONEINFO, not as its base
        """The zone of a VTIMEZONE. Raises ValueError or LookupError when it is invalid."""
        standard = [each for each in tz.subcomponents if each.name == "STANDARD"]
        observances = [*standard, *(each for each in tz.subcomponents if each.name == "DAYLIGHT")]
        if not observances:
            raise ValueError("a zone without an offset")
        changes = [change for each in observances for change in _changes(each)]
        return Zone(_value(observances[0], "TZOFFSETTO").td, sorted(changes, key=lambda change: change[0]))


class Zone(tzinfo):
    """A time zone: ``first`` is the offset before the first of its ``changes``, which are in order."""

    def __init__(self, first: timedelta, changes: list[Change]) -> None:
        self._offsets = [first, *(after for _, _, after in changes)]
        # Clocks that go forward leave out times; such a time is read by the offset before (3.3.5).
        self._local = [at + max(after - before, timedelta()) for at, before, after in changes]
        self._utc = [at - before for at, before, _ in changes]

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """The offset at a local time."""
        return None if dt is None else self._offsets[bisect_right(self._local, dt.replace(tzinfo=None))]

    def dst(self, _dt: datetime | None) -> timedelta | None:
        """Not known: only offsets matter here."""
        return None

    def tzname(self, _dt: datetime | None) -> str | None:
        """None: it would tell where somebody is."""
        return None

    def fromutc(self, dt: datetime) -> datetime:
        """The local time of a time in UTC."""
        return dt + self._offsets[bisect_right(self._utc, dt.replace(tzinfo=None))]


def _changes(observance: Component) -> Iterator[Change]:
    """When an observance begins: at its start, on further dates, and each year by its rule."""
    before, after = _value(observance, "TZOFFSETFROM").td, _value(observance, "TZOFFSETTO").td
    start = _local(_value(observance, "DTSTART").dt)
    yield start, before, after
    for dates in _listed(observance, "RDATE"):
        for each in dates.dts:
            yield _local(each.dt), before, after
    rules = _listed(observance, "RRULE")
    if len(rules) > 1:
        raise ValueError("a zone with several rules")
    for rule in rules:
        if not isinstance(rule, vRecur):
            raise ValueError("no rule")
        yield from ((at, before, after) for at in _yearly(rule, start, before) if at > start)


def _value(component: Component, name: str) -> Any:
    """A property that must be there; icalendar knows of what type."""
    return component[name]


def _listed(component: Component, name: str) -> list[Any]:
    value: Any = component.get(name, [])
    values = value if isinstance(value, list) else [value]
    return [each for each in values if not isinstance(each, vBroken)]


def _local(moment: object) -> datetime:
    """A moment as the clocks of the zone show it; a day begins at midnight."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    if not isinstance(moment, date):
        raise TypeError("no day and no time of a day")
    return datetime.combine(moment, time())


def _yearly(rule: vRecur, start: datetime, before: timedelta) -> Iterator[datetime]:
    """The local times of a yearly rule, from 1900 to 2100 and to its end. Raises ValueError for a rule by which no zone
    changes."""
    parts = {part.upper(): values for part, values in rule.items()}
    if not _PARTS.issuperset(parts) or [str(each).upper() for each in parts.get("FREQ", ())] != ["YEARLY"]:
        raise ValueError("a rule by which no zone changes")
    found = _in_years(parts, start)
    if "COUNT" in parts:
        found = islice(found, int(parts["COUNT"][0]))
    until = parts.get("UNTIL", [None])[0]
    for at in found:
        if until is not None and _is_after(at, until, before):
            return
        yield at


def _is_after(at: datetime, until: date, before: timedelta) -> bool:
    if not isinstance(until, datetime):
        return at.date() > until
    return at > until if until.tzinfo is None else at - before > until.astimezone(UTC).replace(tzinfo=None)


def _in_years(parts: dict[str, list[Any]], start: datetime) -> Iterator[datetime]:
    (every,) = (int(str(each)) for each in parts.get("INTERVAL", [1]))
    (month,) = (int(str(each)) for each in parts.get("BYMONTH", [start.month]))
    days = [int(str(each)) for each in parts.get("BYMONTHDAY", ())]
    weekdays = [_WEEKDAY.fullmatch(str(each).upper()) for each in parts.get("BYDAY", ())]
    if every < 1 or len(days) > _DAYS_OF_A_RULE or len(weekdays) > 1 or (weekdays and "BYMONTH" not in parts):
        raise ValueError("a rule by which no zone changes")
    years = range(start.year, _LAST_YEAR + 1, every)
    for year in years if "COUNT" in parts else years[max(0, (_FIRST_YEAR - start.year) // every) :]:
        first, length = monthrange(year, month)
        wanted = [length + 1 + day if day < 0 else day for day in days]
        if not weekdays:
            wanted = wanted or [start.day]
        elif weekdays[0] is None:
            raise ValueError("no weekday")
        else:
            fits = range((_WEEKDAYS.index(weekdays[0][2]) - first) % 7 + 1, length + 1, 7)
            wanted = [day for day in fits if not days or day in wanted]
            if weekdays[0][1]:
                nth = int(weekdays[0][1])
                place = nth - 1 if nth > 0 else len(wanted) + nth
                wanted = wanted[place : place + 1] if place >= 0 else []
        yield from (start.replace(year=year, month=month, day=day) for day in sorted(wanted) if 1 <= day <= length)
