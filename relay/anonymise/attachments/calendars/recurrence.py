"""Converts times and recurrences of calendar entries to UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrulestr
from icalendar import vRecur

MAX_OCCURRENCES = 400
_HORIZON = timedelta(days=5 * 366)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS = frozenset(str.split("FREQ UNTIL COUNT INTERVAL BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS WKST"))

Moment = date | datetime


def in_utc(moment: Moment) -> Moment:
    """A time in UTC; dates and times without a zone are unchanged."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return moment


def repetition(rule: vRecur, start: Moment) -> tuple[vRecur | None, list[datetime]]:
    """The recurrence of an entry that begins at ``start``, without its time zone (RFC 5545 3.3.10).

    Returns the rule if it means the same in UTC. Otherwise returns the later occurrences themselves: with daylight
    saving the same local hour is two UTC hours, and near midnight the day of the week differs. At most MAX_OCCURRENCES,
    five years ahead. Raises ValueError for a rule that no calendar program writes.
    """
    frequency = str(next(iter(rule.get("FREQ", [])), "")).upper()
    if frequency not in _FREQUENCIES or not _PARTS.issuperset(part.upper() for part in rule):
        raise ValueError("a rule that no calendar program writes")
    if not isinstance(start, datetime) or start.tzinfo is None or start.tzinfo is UTC:
        return _bare(rule, start), []
    local = _occurrences(rule, start)
    moved = start.astimezone(UTC).date() != start.date()
    by_day = any(part.upper().startswith("BY") for part in rule)
    if len({moment.utcoffset() for moment in local}) == 1 and not (moved and by_day):
        return _bare(rule, start), []
    return None, [moment.astimezone(UTC) for moment in local if moment != start]


def _bare(rule: vRecur, start: Moment) -> vRecur:
    """The rule with its end in UTC (RFC 5545 3.3.10: UNTIL is UTC when the start has a time zone)."""
    parts = {part.upper(): values for part, values in rule.items()}
    if "UNTIL" in parts:
        until = parts["UNTIL"][0]
        if isinstance(start, datetime) and start.tzinfo is not None:
            until = _aware(until, start)
        parts["UNTIL"] = [until]
    return vRecur(parts)


def _aware(until: Moment, start: datetime) -> datetime:
    if not isinstance(until, datetime):
        until = datetime(until.year, until.month, until.day, 23, 59, 59)  # noqa: DTZ001 -- a local time, as the start
    return (until if until.tzinfo else until.replace(tzinfo=start.tzinfo)).astimezone(UTC)


def _occurrences(rule: vRecur, start: datetime) -> list[datetime]:
    """The occurrences in the author's time zone: the same local hour in every season."""
    zone, naive = start.tzinfo, start.replace(tzinfo=None)
    last = naive + _HORIZON
    parts = {part.upper(): values for part, values in rule.items() if part.upper() != "UNTIL"}
    if "UNTIL" in rule:
        last = min(last, _aware(rule["UNTIL"][0], start).astimezone(zone).replace(tzinfo=None))
    # dateutil searches for impossible days up to the year 9999. The calendar repeats every 400 years, so the rule is
    # evaluated close to that year.
    years = (9990 - naive.year) // 400 * 400
    last = _later(last, years)
    count = int(parts.pop("COUNT", [MAX_OCCURRENCES])[0])
    octets: bytes = vRecur({**parts, "UNTIL": [last]}).to_ical()  # type: ignore[no-untyped-call]
    text = octets.decode("ascii")
    found = rrulestr(text, dtstart=_later(naive, years))
    wanted = islice(found, min(count, MAX_OCCURRENCES))
    return [_later(moment, -years).replace(tzinfo=zone) for moment in wanted] or [start]


def _later(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years)
