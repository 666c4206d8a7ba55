"""The few header facts of a mail that is attached to a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from relay.message.addresses import mailboxes
from relay.message.headers import first, split
from relay.message.words import raw_text


@dataclass(frozen=True, slots=True)
class Enclosed:
    """``authors`` and ``recipients`` are normalised addr-specs; ``sent_at`` is aware UTC, None when it is not said."""

    authors: tuple[str, ...]
    recipients: tuple[str, ...]
    sent_at: datetime | None


def enclosed(content: bytes) -> Enclosed:
    """Read the header section of an attached mail. Raises Malformed when it is beyond all bounds."""
    fields, _ = split(content)

    def addresses(*names: str) -> tuple[str, ...]:
        found = (a for name, value in fields if name in names for a in mailboxes(raw_text(value)[:20_000]))
        return tuple(a for a in found if a)

    return Enclosed(addresses("from"), addresses("to", "cc"), _instant(first(fields, "date")))


def _instant(value: bytes | None) -> datetime | None:
    """RFC 5322 3.3; without a zone it counts as UTC (RFC 5322 4.3)."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(raw_text(value)[:200])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
