"""Whether what members report is answered in time, and decided about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from relay.operations.findings import Finding, fine, warn, wrong
from relay.settings import Settings
from relay.store import ReportRow

_REMEDY = "relay report list shows which; call whoever is named for safeguarding, or see relay help reported"


def check_reports(settings: Settings, standing: Sequence[ReportRow], now: datetime) -> Iterator[Finding]:
    """Reports that nobody has answered in safeguarding.answer_within, those of which nobody could be told, and the
    others that wait."""
    within = settings.safeguarding.answer_within
    waiting = {one.number: one for one in standing if one.answered_at is None}
    late = [one for one in waiting.values() if within and now - one.reported_at > timedelta(seconds=within)]
    if late:
        oldest = min(one.reported_at for one in late)
        one_or_more = "1 report of a member's has" if len(late) == 1 else f"{len(late)} reports of members have"
        yield wrong(f"{one_or_more} had no answer in time, the oldest since {oldest:%Y-%m-%d %H:%M} UTC", _REMEDY)
    if untold := [one for one in waiting.values() if not one.told]:
        yield wrong(
            f"nobody could be told of {len(untold)} of the members' reports: nobody is named who may hear them",
            "set safeguarding.contact or programme.operator, then write to the members; relay report list shows which",
        )
    if soon := len(waiting) - len({one.number for one in late} | {one.number for one in untold}):
        yield warn(f"reports that wait for a first answer: {soon}", _REMEDY)
    if pairs := {one.pair_id for one in standing if one.answered_at is not None}:
        yield fine(f"reported pairs about which a person has still to decide: {len(pairs)} (relay report list)")
