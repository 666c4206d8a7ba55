"""Values of single header fields: Date (RFC 5322 3.3), and the client in the topmost Received (RFC 5321 4.4)."""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from relay.message.read.header_words import raw_text
from relay.message.read.headers import Head, first

_LONGEST = 200  # octets; longer values are no dates


def instant(value: bytes | None) -> datetime | None:
    """The time in the value of a Date field, aware UTC; without a zone it counts as UTC (RFC 5322 4.3). None when there
    is no field or no date in it."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(raw_text(value[:_LONGEST]).strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


_READ = 1000  # octets of the field
_CLIENT = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")


def client_address(head: Head) -> str:
    """The IP address of the client in the topmost Received field; "" when there is none."""
    field = first(head[0], "received") or b""
    found = _CLIENT.search(field[:_READ].decode("ascii", "replace"))
    try:
        return str(ipaddress.ip_address(found[1])) if found else ""
    except ValueError:
        return ""
