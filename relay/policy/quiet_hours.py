"""Quiet hours: when a letter of relay's own that is ready in the night may go, by its reader's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from ``begins`` to ``ends`` by a wall clock, past midnight when it begins later than it ends."""

    begins: time
    ends: time

    @classmethod
    def of(cls, text: str) -> QuietHours | None:
        """Those written like "21:00-07:00"; None for ""."""
        if not text:
            return None
        begins, _, ends = text.partition("-")
        return cls(time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip()))

    def may_go_at(self, ready: datetime, zone: tzinfo) -> datetime:
        """``ready``, or the end of the quiet hours that it is in, in UTC. An end that the clock skips when it is put
        forward counts as the moment after that; of one that it shows twice the first that is still to come counts."""
        local = ready.astimezone(zone)
        if not self._quiet(local.time()):
            return ready
        day = local.date()
        if self.begins > self.ends and local.time() >= self.begins:
            day += timedelta(days=1)
        ends = (datetime.combine(day, self.ends.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
        return next((one for one in ends if one > ready), ready)

    def _quiet(self, now: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends
