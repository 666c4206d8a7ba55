"""Converts times to and from the database's form: integer microseconds since 1970-01-01 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_stored(at: datetime) -> int:
    """An aware time as microseconds since 1970. Raises TypeError for a naive time."""
    return (at - _EPOCH) // _MICROSECOND


def to_stored_or_none(at: datetime | None) -> int | None:
    """Like ``to_stored``; None stays None."""
    return None if at is None else to_stored(at)


def from_stored(microseconds: int) -> datetime:
    """The aware UTC time for microseconds since 1970."""
    return _EPOCH + microseconds * _MICROSECOND


def from_stored_or_none(microseconds: int | None) -> datetime | None:
    """Like ``from_stored``; None stays None."""
    return None if microseconds is None else from_stored(microseconds)
