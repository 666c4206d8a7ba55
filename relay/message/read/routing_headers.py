"""Reads the header fields that routing needs, before authentication. Linear, within limits, and within 20 ms for any
input, so that it can run in the event loop."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from relay.message.read.addresses import display_names, mailboxes_of
from relay.message.read.author import author_of_from
from relay.message.read.header_words import decoded, raw_text, without_folds
from relay.message.read.headers import Head, split
from relay.model import RoutingHeaders

_MESSAGE_ID = re.compile(rb"<([^<>\s]{1,900})>")
_SIGNER = re.compile(rb"(?:^|;)\s*+d\s*+=\s*+([^;\s]{1,255})")
MAX_CITED = 100
_MAX_IDS = 16 * 1024  # octets of fields of one kind in which message ids are searched
_MAX_NAMED = 4096  # octets of From, and of Reply-To, in which names and addresses are searched
_MAX_SIGNATURE = 2048  # octets of a DKIM-Signature in which its domain is searched
_MAX_SIGNATURES = 32


def read_routing_headers(content: bytes, head: Head | None = None) -> RoutingHeaders:
    """Read the header section of raw ``content``; ``head`` is that section if already split. Raises Malformed when it
    exceeds the limits.

    Of each field only as much is decoded as an ordinary letter needs."""
    fields, _ = head or split(content)
    values: defaultdict[str, list[bytes]] = defaultdict(list)
    for name, value in fields:
        values[name].append(value)
    senders, answers = values["from"], values["reply-to"]
    return RoutingHeaders(
        authors=_authors(senders),
        message_id=next(iter(_ids(values["message-id"])), None),
        in_reply_to=tuple(_ids(values["in-reply-to"])),
        references=tuple(_ids(values["references"])),
        received_count=len(values["received"]),
        cc_or_extra_to=tuple([a for a in mailboxes_of([*values["to"], *values["cc"]]) if a]),
        author_names=tuple(dict.fromkeys([*_names(senders), *_names(answers)])),
        reply_to=tuple([a for a in mailboxes_of(answers, _MAX_NAMED) if a]),
        signed_by=tuple(_signers(values["dkim-signature"])),
    )


def _authors(values: Sequence[bytes]) -> tuple[str, ...]:
    """The author, when there is exactly one From field (RFC 5322 3.6) and all parsers find the same mailbox in it."""
    author = author_of_from(values[0]) if len(values) == 1 else None
    return (author,) if author else ()


def _names(values: Sequence[bytes]) -> list[str]:
    """The display names; of a folded field those, too, that a fold within a word would have parted."""
    named = [*_within(values, _MAX_NAMED)]
    folded = [joined for value in named if (joined := without_folds(value)) != value]
    return [name for value in (*named, *folded) for name in display_names(decoded(value))]


def _ids(values: Sequence[bytes]) -> list[str]:
    """Message ids without angle brackets, oldest first; at most the newest MAX_CITED."""
    if not values:
        return []
    read = [*_within(reversed(values), _MAX_IDS, newest=True)]
    found = [i for value in reversed(read) for i in _MESSAGE_ID.findall(value)]
    return [raw_text(i) for i in found[-MAX_CITED:]]


def _within(values: Iterable[bytes], most: int, *, newest: bool = False) -> Iterator[bytes]:
    """The values up to ``most`` octets in total; of the last its beginning, or with ``newest`` its end."""
    for value in values:
        if most <= 0:
            return
        yield value[-most:] if newest else value[:most]
        most -= len(value)


def _signers(values: Sequence[bytes]) -> list[str]:
    """The d= of every DKIM-Signature (RFC 6376 3.5)."""
    found = [_SIGNER.search(value[:_MAX_SIGNATURE]) for value in values[:_MAX_SIGNATURES]]
    return [domain.group(1).decode("ascii", "replace").lower() for domain in found if domain]
