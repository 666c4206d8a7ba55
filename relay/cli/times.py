"""Times as an operator types them: RFC 3339, or so long from now or ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AHEAD = re.compile(r"\+((?:\d{1,5}[smhdw])+)")


def time_ahead(words: str, now: datetime) -> datetime:
    """A time such as 2026-12-01T09:00:00Z, or +3d4h from ``now``; UTC where it names no zone. Raises ValueError."""
    if ahead := _AHEAD.fullmatch(words):
        parts = re.findall(r"(\d+)([smhdw])", ahead[1])
        try:
            return now + sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
        except OverflowError as error:
            raise ValueError("that time is too far away") from error
    at = datetime.fromisoformat(words)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
