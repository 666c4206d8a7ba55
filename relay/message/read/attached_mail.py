"""The header fields of an attached mail that are kept: authors, recipients, date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.message.read.addresses import mailboxes
from relay.message.read.field_values import instant
from relay.message.read.header_words import raw_text
from relay.message.read.headers import first, split


@dataclass(frozen=True, slots=True)
class Enclosed:
    """``authors`` and ``recipients`` are normalised addr-specs; ``sent_at`` is aware UTC, None without a Date."""

    authors: tuple[str, ...]
    recipients: tuple[str, ...]
    sent_at: datetime | None


def enclosed(content: bytes) -> Enclosed:
    """Read the header section of an attached mail. Raises Malformed when it exceeds the limits."""
    fields, _ = split(content)

    def addresses(*names: str) -> tuple[str, ...]:
        found = (a for name, value in fields if name in names for a in mailboxes(raw_text(value)[:20_000]))
        return tuple(a for a in found if a)

    return Enclosed(addresses("from"), addresses("to", "cc"), instant(first(fields, "date")))
