"""Generates Message-IDs, and maps thread references to the ids that the recipient knows."""

from __future__ import annotations

from collections.abc import Mapping

from relay.model import RoutingHeaders

MAX_REFERENCES = 20


def new_message_id(token: str, domain: str) -> str:
    """A Message-ID without angle brackets from the random ``token`` (RFC 5322 3.6.4)."""
    return f"{token}@{domain}"


def mapped(headers: RoutingHeaders, known: Mapping[str, str]) -> tuple[str | None, tuple[str, ...]]:
    """In-Reply-To and References with the ids under which the recipient knows those letters.

    ``known`` maps ids that the author cites to the recipient's. Other ids are dropped: they name a host, a mail
    program, or a letter that the recipient never saw.
    """
    references = [known[i] for i in (*headers.references, *headers.in_reply_to) if i in known]
    parent = next((known[i] for i in reversed(headers.in_reply_to) if i in known), None)
    if parent is None and references:
        parent = references[-1]
    if parent is not None:
        references = [r for r in references if r != parent] + [parent]
    return parent, tuple(dict.fromkeys(references))[-MAX_REFERENCES:]
