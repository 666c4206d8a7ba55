"""DMARC aggregate reports as counts: how many mails in our name were aligned, by the receivers that say so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.store.records import DmarcCounts

KEPT_FOR = timedelta(days=90)
_MOST = 20_000  # rows: nobody can fill the disk with reports

_NOTE = """
INSERT INTO dmarc_report
    (key, reporter, begins_at, ends_at, received_at, both_aligned, dkim_only, spf_only, neither)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
_OLD = """
DELETE FROM dmarc_report WHERE received_at < ? OR number <= (SELECT max(number) FROM dmarc_report) - ?
"""
_SUMMARY = """
SELECT count(*), count(DISTINCT reporter), coalesce(sum(both_aligned), 0), coalesce(sum(dkim_only), 0),
    coalesce(sum(spf_only), 0), coalesce(sum(neither), 0)
FROM dmarc_report WHERE received_at >= ?
"""


@dataclass(frozen=True, slots=True)
class DmarcSummary:
    """The number of reports, of the receivers that sent them, and of mails by what was aligned."""

    reports: int
    reporters: int
    both: int
    dkim_only: int
    spf_only: int
    neither: int


class DmarcTable:
    """The table of reports."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def summary(self, since: datetime) -> DmarcSummary:
        """What was reported ``since`` then."""
        row = await self._reader.run(lambda db: db.execute(_SUMMARY, (to_stored(since),)).fetchone())
        return DmarcSummary(*map(int, row))


def note_report(db: Database, counts: DmarcCounts) -> None:
    """Store a report, unless it is stored already, and delete old ones, within a transaction."""
    report = counts.report
    key = hashlib.sha256(f"{counts.reporter}\n{report.report_id}".encode()).hexdigest()
    db.execute(_OLD, (to_stored(counts.received_at - KEPT_FOR), _MOST))
    numbers = report.both, report.dkim_only, report.spf_only, report.neither
    at = to_stored(counts.received_at)
    db.execute(_NOTE, (key, counts.reporter, report.begins_at, report.ends_at, at, *numbers))
