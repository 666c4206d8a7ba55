"""Generates Message-IDs, and maps thread references to the ids that the recipient knows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from relay.model import RoutingHeaders

MAX_REFERENCES = 20
_MESSAGE_ID = re.compile(rb"^Message-ID:(?:\r\n)? <([!-;=?-~]+)>\r$", re.IGNORECASE | re.MULTILINE)


def new_message_id(token: str, domain: str) -> str:
    """A Message-ID without angle brackets from the random ``token`` (RFC 5322 3.6.4)."""
    return f"{token}@{domain}"


def message_id_of(content: bytes) -> str:
    """The Message-ID, without angle brackets, in the header of a mail that relay wrote (octets, CRLF); "" for none."""
    found = _MESSAGE_ID.search(content, 0, content.find(b"\r\n\r\n") + 2)
    return found[1].decode("ascii") if found else ""


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
