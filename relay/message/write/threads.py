"""Message-IDs of our own, and the thread as each side knows it."""

from __future__ import annotations

from collections.abc import Mapping

from relay.model import RoutingHeaders

MAX_REFERENCES = 20


def new_message_id(token: str, domain: str) -> str:
    """A Message-ID without angle brackets: ``token`` is random and tells nothing (RFC 5322 3.6.4)."""
    return f"{token}@{domain}"


def mapped(seen: RoutingHeaders, known: Mapping[str, str]) -> tuple[str | None, tuple[str, ...]]:
    """In-Reply-To and References as the recipient knows those letters.

    ``known`` maps ids the author cites to the recipient's. What it does not hold is left out: an unknown id names a
    host, a client, or a letter that the other side never saw.
    """
    references = [known[i] for i in (*seen.references, *seen.in_reply_to) if i in known]
    parent = next((known[i] for i in reversed(seen.in_reply_to) if i in known), None)
    if parent is None and references:
        parent = references[-1]
    if parent is not None:
        references = [r for r in references if r != parent] + [parent]
    return parent, tuple(dict.fromkeys(references))[-MAX_REFERENCES:]
