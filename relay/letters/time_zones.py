"""Time zones by their IANA names."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, tzinfo
from functools import lru_cache


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The time zone with this name; UTC for one that this machine does not know (any more)."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
