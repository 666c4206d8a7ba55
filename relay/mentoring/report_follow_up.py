"""Tells the next person of a report that nobody has answered in time: the deputy, and then the operator."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from relay.letters.report_letters import Reported, ReportLetters
from relay.store import Store

log = logging.getLogger(__name__)


async def follow_up_report(store: Store, letters: ReportLetters, key: str, now: datetime) -> datetime | None:
    """Tell the next person of the report with the number ``key``, unless it was answered or decided. Returns when to
    look again; None when that is all. Raises StoreError, StationeryError, TryLater."""
    report = await store.reports.numbered(int(key))
    if report is None or report.answered_at is not None:
        return None
    member = await store.members.numbered(report.member)
    about = Reported(report.parts, report.author, report.reported_at, report.mail, member.parts)
    told = await letters.report(about, now, after=report.told)
    if told is None or not await store.reports.tell(report, told[0], [told[1]], now):
        return None
    log.warning("pair %s: nobody has answered a report; the %s is told", report.parts[0].pair.id, told[0])
    last = (await letters.hearing(report.parts))[-1][0] == told[0]
    return None if last else now + timedelta(seconds=letters.writer.settings.safeguarding.answer_within)
