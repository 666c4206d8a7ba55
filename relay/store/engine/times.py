"""Times as the database keeps them: whole microseconds since 1970 UTC, exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stored(at: datetime) -> int:
    """The microseconds of an aware time. Raises TypeError for a naive one: nobody knows when that was."""
    return (at - _EPOCH) // _MICROSECOND


def stored_or_none(at: datetime | None) -> int | None:
    """``stored``, where there may be no time yet."""
    return None if at is None else stored(at)


def told(microseconds: int) -> datetime:
    """The aware UTC time of stored microseconds."""
    return _EPOCH + microseconds * _MICROSECOND


def told_or_none(microseconds: int | None) -> datetime | None:
    """``told``, where there may be no time yet."""
    return None if microseconds is None else told(microseconds)
