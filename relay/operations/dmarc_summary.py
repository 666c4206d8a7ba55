"""relay dns check: what receivers report about mail in the name of this domain (DMARC)."""

from __future__ import annotations

from datetime import datetime, timedelta

from relay.operations.findings import Finding, fine, warn
from relay.store import Store

_DAYS = 30


async def check_dmarc_reports(store: Store, now: datetime) -> Finding:
    """The reports of the last 30 days in one finding. Raises StoreError."""
    found = await store.dmarc.summary(now - timedelta(days=_DAYS))
    if not found.reports:
        return fine(f"no DMARC reports in the last {_DAYS} days: receivers send them where the record names dmarc@")
    ours = found.both + found.dkim_only + found.spf_only
    said = (
        f"DMARC reports of the last {_DAYS} days ({found.reports}, of {_counted(found.reporters, 'receiver')}): "
        f"{_counted(found.both, 'mail')} with DKIM and SPF, {found.dkim_only} with DKIM only (forwarded), "
        f"{found.spf_only} with SPF only, {found.neither} with neither (not from this relay, and rejected)"
    )
    if found.spf_only * 20 > ours:
        return warn(said, "mail leaves without a valid DKIM signature: see relay check, and what the smarthost changes")
    return fine(said)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
