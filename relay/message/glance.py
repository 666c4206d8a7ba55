"""The few facts of a letter that routing needs, read before anything is opened."""

from __future__ import annotations

import re

from relay.message.addresses import display_names, mailboxes
from relay.message.headers import Fields, Head, split
from relay.message.words import decoded, raw_text
from relay.model import Glance

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_SIGNER = re.compile(rb"(?:^|;)\s*d\s*=\s*([^;\s]{1,255})")
MAX_CITED = 100
MAX_NAMED = 4000  # octets of a field in which names are looked for


def glance(content: bytes, head: Head | None = None) -> Glance:
    """Read the header section of raw ``content``; ``head`` is that section, where it is split already. Raises Malformed
    when it is beyond all bounds."""
    fields, _ = head or split(content)
    return Glance(
        authors=tuple(_addresses(fields, "from")),
        message_id=next(iter(_ids(fields, "message-id")), None),
        in_reply_to=tuple(_ids(fields, "in-reply-to")),
        references=tuple(_ids(fields, "references")),
        received_count=sum(1 for name, _ in fields if name == "received"),
        cc_or_extra_to=tuple(a for name in ("to", "cc") for a in _addresses(fields, name) if a),
        author_names=tuple(dict.fromkeys(n for name in ("from", "reply-to") for n in _names(fields, name))),
        reply_to=tuple(a for a in _addresses(fields, "reply-to") if a),
        signed_by=tuple(_signers(fields)),
    )


def _addresses(fields: Fields, wanted: str) -> list[str]:
    return [a for name, value in fields if name == wanted for a in mailboxes(raw_text(value))]


def _names(fields: Fields, wanted: str) -> list[str]:
    return [n for name, value in fields if name == wanted for n in display_names(decoded(value[:MAX_NAMED]))]


def _ids(fields: Fields, wanted: str) -> list[str]:
    """Message identifiers without angle brackets, oldest first; the newest MAX_CITED when there are more."""
    found = [i for name, value in fields if name == wanted for i in _MESSAGE_ID.findall(raw_text(value))]
    return found[-MAX_CITED:]


def _signers(fields: Fields) -> list[str]:
    """The d= of every DKIM-Signature (RFC 6376 3.5)."""
    found = (_SIGNER.search(value) for name, value in fields if name == "dkim-signature")
    return [domain.group(1).decode("ascii", "replace").lower() for domain in found if domain]
