"""Parses Date fields (RFC 5322 3.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from relay.message.read.header_words import raw_text

_LONGEST = 200  # octets; longer values are no dates


def instant(value: bytes | None) -> datetime | None:
    """The time in the value of a Date field, aware UTC; without a zone it counts as UTC (RFC 5322 4.3). None when there
    is no field or no date in it."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(raw_text(value[:_LONGEST]).strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
