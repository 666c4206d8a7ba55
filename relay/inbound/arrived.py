"""One envelope after DATA: its header section, its author's verdict, and lazily what needs the body."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from relay.authentication.authorship import Authorship
from relay.authentication.verdict import Verdict
from relay.message.read.fingerprint import fingerprint
from relay.message.read.headers import Head, split
from relay.message.read.routing_headers import read_routing_headers
from relay.model import Envelope, RoutingHeaders
from relay.outcomes import Returned
from relay.store import LetterKey

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]
_LARGE = 256 * 1024  # octets; larger letters are hashed in a thread

Recognise = Callable[[bytes, bool], Awaitable[Returned | None]]
"""Detects automatic mail from the letter (octets) and whether it had the null return path; None for a person's."""


def new_id() -> str:
    """A journal id: 12 characters, short enough to read out on the telephone, 59 random bits."""
    number = secrets.randbits(128)  # so many that each id is as probable as any other, but for 2**-68
    pairs = []
    for _ in range(6):
        number, index = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[index])
    return "".join(pairs)


@dataclass(slots=True)
class Arrived:
    """One envelope with its journal ``id`` and arrival time; ``head`` is its split header section,
    ``routing_headers`` the parsed one.

    ``authorship`` is None when it was not verified: there is not exactly one author, or no recipient needs it.
    ``answering`` is that of a program's answer with the null return path, which nobody is told anything about.
    ``taken_as_letter``: it came as an answer to relay, and was found to be a letter; ``subject``: of its first version.
    """

    envelope: Envelope
    id: str
    now: datetime
    head: Head
    routing_headers: RoutingHeaders
    recognise: Recognise
    authorship: Authorship | None = None
    answering: Authorship | None = None
    taken_as_letter: bool = False
    subject: str = ""
    _given: int = 0
    _recognised: asyncio.Future[Returned | None] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, envelope: Envelope, id: str, now: datetime, recognise: Recognise) -> Arrived:
        """Read the header section. Raises Malformed when it exceeds the limits."""
        head = split(envelope.content)
        return cls(envelope, id, now, head, read_routing_headers(envelope.content, head), recognise)

    def again(self) -> Arrived:
        """The same envelope, to be decided again from the beginning; its author stays proven or not."""
        return replace(self, _given=0)

    def next_id(self) -> str:
        """The id for the next journal entry: the envelope's own, then ID-2, ID-3 …"""
        self._given += 1
        return self.id if self._given == 1 else f"{self.id}-{self._given}"

    def verdict(self, recipient: str) -> Verdict:
        """Whether the author is proven, for this recipient."""
        return Verdict.FAIL if self.authorship is None else self.authorship.verdict(recipient)

    async def automatic_mail(self) -> Returned | None:
        """What kind of automatic mail it is, read once in the strangers' worker pool; None for a person's."""
        if self._recognised is None:
            null_sender = self.envelope.return_path == ""
            self._recognised = asyncio.ensure_future(self.recognise(self.envelope.content, null_sender))
        return await asyncio.shield(self._recognised)

    async def letter_key(self, mailbox: str = "") -> LetterKey:
        """What identifies this letter among duplicates: the hashes its DKIM signatures cover, and the fingerprint. Its
        author is also known by ``mailbox``."""
        content = self.envelope.content
        if len(content) < _LARGE:
            written = fingerprint(content, self.head)
        else:
            written = await asyncio.to_thread(fingerprint, content, self.head)
        signed = self.authorship.signed_as if self.authorship is not None else ()
        cited = *self.routing_headers.in_reply_to, *self.routing_headers.references
        return LetterKey((*signed, written), cited, self.now, mailbox)
