"""One envelope at the dot: what its header says, who wrote it, and what is opened of it only when somebody asks."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.message.read.fingerprint import fingerprint
from relay.message.read.headers import Head, split
from relay.message.read.routing_headers import read_routing_headers
from relay.model import Envelope, RoutingHeaders
from relay.outcomes import Returned
from relay.store import LetterKey

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_LARGE = 256 * 1024  # octets from which a letter is hashed beside the event loop

Recognise = Callable[[bytes, bool], Awaitable[Returned | None]]
"""Tells which machine's mail a letter (octets; whether it came with the null return path) is; None for a person's."""


def new_id() -> str:
    """A journal id: short enough to read out on the telephone, random enough never to meet again (59 bits)."""
    number = secrets.randbelow(len(_SIGNS) ** 12)
    signs = []
    for _ in range(12):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "".join(signs)


@dataclass(slots=True)
class Arrived:
    """One envelope, its journal ``id``, when it came, and what its header says (``head``: split; ``seen``: read).

    ``authorship`` is None when nobody was asked: there is not exactly one author, or nobody here needs to know.
    """

    envelope: Envelope
    id: str
    now: datetime
    head: Head
    seen: RoutingHeaders
    recognise: Recognise
    authorship: Authorship | None = None
    _given: int = 0
    _recognised: asyncio.Future[Returned | None] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, envelope: Envelope, id: str, now: datetime, recognise: Recognise) -> Arrived:
        """Read the header section. Raises Malformed when it is beyond all bounds."""
        head = split(envelope.content)
        return cls(envelope, id, now, head, read_routing_headers(envelope.content, head), recognise)

    def next_id(self) -> str:
        """The id for the next line of the journal: the envelope's own, then ID-2, ID-3 …"""
        self._given += 1
        return self.id if self._given == 1 else f"{self.id}-{self._given}"

    def verdict(self, recipient: str) -> Verdict:
        """Whether the letter is proven to be its author's, for this recipient."""
        return Verdict.FAIL if self.authorship is None else self.authorship.verdict(recipient)

    async def told(self) -> Returned | None:
        """Which machine's mail it is, opened where no member's letter waits for it; None for a person's."""
        if self._recognised is None:
            null_sender = self.envelope.return_path == ""
            self._recognised = asyncio.ensure_future(self.recognise(self.envelope.content, null_sender))
        return await asyncio.shield(self._recognised)

    async def letter_key(self) -> LetterKey:
        """What tells this letter from others: what its signatures cover, and what was written."""
        content = self.envelope.content
        if len(content) < _LARGE:
            written = fingerprint(content, self.head)
        else:
            written = await asyncio.to_thread(fingerprint, content, self.head)
        signed = self.authorship.signed_as if self.authorship is not None else ()
        return LetterKey((*signed, written), (*self.seen.in_reply_to, *self.seen.references), self.now)
