"""Reads a time as an operator types it: RFC 3339, a span from now such as +3d4h, or one until now such as 3d."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AHEAD = re.compile(r"\+((?:\d{1,5}[smhdw])+)")


def time_ahead(text: str, now: datetime) -> datetime:
    """A time such as 2026-12-01T09:00:00Z, or +3d4h from ``now``; UTC if it names no zone. Raises ValueError."""
    if ahead := _AHEAD.fullmatch(text):
        parts = re.findall(r"(\d+)([smhdw])", ahead[1])
        try:
            return now + sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
        except OverflowError as error:
            raise ValueError("that time is too far away") from error
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def time_ago(text: str, now: datetime) -> datetime:
    """A time such as 2025-03-12, 2025-03-12T09:30, or 3d (three days before ``now``); UTC if it names no zone. Raises
    ValueError."""
    if ago := re.fullmatch(r"(\d{1,4})([mhdw])", text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
