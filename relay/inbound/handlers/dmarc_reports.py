"""Handles DMARC aggregate reports, which mail receivers send to dmarc@ of the domain (RFC 7489 7.2)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed, journal_entry
from relay.model import DmarcReport
from relay.policy.rates import Rate
from relay.policy.routing import author_of
from relay.refusals import NotAuthentic, TooMuchMail
from relay.settings import Settings
from relay.store import DmarcCounts

log = logging.getLogger(__name__)

PER_HOUR = 30
"""Reports of one receiver. Most send one a day."""
_OLDEST = timedelta(days=30)
_CLOCKS = timedelta(days=1)  # by which a receiver's clock may be ahead


@dataclass(frozen=True, slots=True)
class DmarcReports:
    """The handler of dmarc@. ``read`` reads a report in a worker; ``rate`` has a bucket for each receiver."""

    settings: Settings
    read: Callable[[bytes], Awaitable[DmarcReport | None]]
    rate: Rate

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Count it once for all of ``recipients``. Raises NotAuthentic unless it is proven who sent it, because anybody
        could send false counts; TooMuchMail."""
        if any(arrived.verdict(recipient) is not Verdict.PASS for recipient in recipients):
            raise NotAuthentic
        reporter = author_of(arrived.routing_headers).rpartition("@")[2].lower()
        if not self.rate.take(reporter, arrived.now):
            raise TooMuchMail
        report = await self.read(arrived.envelope.content)
        if report is None or not self._about_us(report, arrived.now):
            log.info("%s absorbed: no DMARC report about this domain that can be read", arrived.id)
            return [absorbed(arrived, recipient, "no DMARC report") for recipient in recipients]
        first, *others = recipients
        entry = journal_entry(arrived, "automatic", "DMARC report")
        counted = Handled(first, (entry, DmarcCounts(reporter, report, arrived.now)), entry.id)
        return [counted, *(absorbed(arrived, other, "DMARC report") for other in others)]

    def _about_us(self, report: DmarcReport, now: datetime) -> bool:
        """Whether it is about this domain, and about days that can be reported now."""
        earliest, latest = (now - _OLDEST).timestamp(), (now + _CLOCKS).timestamp()
        return report.domain == self.settings.domain and earliest < report.begins_at <= report.ends_at < latest
