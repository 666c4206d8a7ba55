"""The clock of a rehearsal, and the times in its script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_AFTER = re.compile(r"\+(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")


@dataclass(slots=True)
class Clock:
    """A clock that stands at ``at`` (aware UTC) until it is set forward."""

    at: datetime

    def __call__(self) -> datetime:
        """The current time."""
        return self.at

    def forward(self, to: datetime) -> None:
        """Set the clock forward. A time in the past changes nothing."""
        self.at = max(self.at, to)


def parse_time(text: str, start: datetime) -> datetime:
    """A time in a script as aware UTC: RFC 3339 ("2026-12-01T09:00:00Z"), or a span from ``start`` ("+3d4h").

    Raises ValueError, with a message for the operator.
    """
    if after := _AFTER.fullmatch(text):
        days, hours, minutes, seconds = (int(number or 0) for number in after.groups())
        return start + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is no time: write 2026-12-01T09:00:00Z, or +3d4h for a time after the start")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time: {error}") from None
