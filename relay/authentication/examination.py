"""One letter while it is examined: what takes time over it is done once, and beside the event loop when it is large."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any, TypeVar

from relay.authentication.dkim_verify import Letter, Signature, signing_domain
from relay.authentication.dmarc import Alignment, Organisation, alignment
from relay.authentication.public_keys import PublicKey
from relay.authentication.unsigned_content import FIELDS, accounts_for_body
from relay.message.dkim_canonical import body_hash
from relay.message.read.addresses import mailboxes_of, normalise
from relay.model import Envelope

_LARGE = 64 * 1024  # octets from which a letter is worked on in a thread: five milliseconds of the worst of them
_LONG_HEADER = 32 * 1024  # so is one with a header of so many octets
_LONG_LIST = 2 * 1024  # and so are the To and Cc of another, when they are longer
_LONGEST_LIST = 32 * 1024  # octets of a To or Cc; hundreds of recipients
_MOST_FIELDS = 20  # signatures that are looked at, of whatever domain
_MOST_SIGNATURES = 5  # of the author's, that are checked
_T = TypeVar("_T")


class Examination:
    """An envelope's letter, and what can be found out about it without asking anybody."""

    def __init__(self, envelope: Envelope) -> None:
        """Raises Malformed when the header is beyond all bounds."""
        self.letter = Letter.of(envelope.content)
        self.recipients = frozenset(recipient.lower() for recipient in envelope.recipients)
        self._large = len(envelope.content) >= _LARGE or self.letter.body >= _LONG_HEADER
        self._to_many = sum(len(field) for name in ("to", "cc") for field in self.letter.named(name)) > _LONG_LIST
        self._done: dict[Hashable, Any] = {}

    def signatures_near(self, domain: str, organisation: Organisation) -> tuple[list[bytes], bool]:
        """The DKIM-Signature fields that could prove an author in ``domain``, whatever others stand there too, and
        whether those are all there are: of a letter that is full of them only the topmost are looked at."""
        fields = list(islice(self.letter.named("dkim-signature"), _MOST_FIELDS + 1))
        near = [
            field
            for field in fields[:_MOST_FIELDS]
            if alignment(signing_domain(field), domain, organisation) is not Alignment.NONE
        ]
        return near[:_MOST_SIGNATURES], len(fields) <= _MOST_FIELDS and len(near) <= _MOST_SIGNATURES

    async def named(self, signature: Signature) -> frozenset[str]:
        """The recipients that a To or Cc names that was signed. A signature tells who wrote a letter; that they wrote
        it to this recipient, and nobody took it from elsewhere and brought it there, it tells only then."""
        named: frozenset[str] = frozenset()
        for name in ("to", "cc"):
            if name in signature.signed:
                key, apart = ("named", name), self._to_many
                named |= await self.once(key, _named, self.letter, name, self.recipients, apart=apart)
        return named

    async def accounts(self, signature: Signature) -> bool:
        """Whether what the signature leaves unsigned of the content fields says of the body what the body says."""
        signed = frozenset(FIELDS) & frozenset(signature.signed)
        return await self.once(("accounts", signed), accounts_for_body, self.letter, signed)

    async def proves(self, signature: Signature, key: PublicKey, now: float) -> bool:
        """Whether the signature holds, at ``now`` (seconds since 1970)."""
        hashed = await self._body_hash(relaxed=signature.relaxed_body)
        return await self.once(("proves", signature.field), signature.proves, self.letter, hashed, key, now)

    async def covered(self, signature: Signature) -> str:
        """What the signature covers, as ``Signature.covered`` tells it."""
        hashed = await self._body_hash(relaxed=True)
        return await self.once(("covered", signature.field), signature.covered, self.letter, hashed)

    async def _body_hash(self, *, relaxed: bool) -> bytes:
        return await self.once(("body", relaxed), _body_hash, self.letter, relaxed)

    async def once(self, key: Hashable, work: Callable[..., _T], *given: Any, apart: bool = False) -> _T:
        """What ``work`` makes of what is given, made once for each ``key``; in a thread when the letter is large, or
        when this is to be done ``apart``."""
        if key not in self._done:
            if self._large or apart:
                self._done[key] = asyncio.ensure_future(asyncio.to_thread(work, *given))
            else:
                self._done[key] = work(*given)
        done = self._done[key]
        # One who asks may be out of time, and another still wait for the same.
        return await asyncio.shield(done) if isinstance(done, asyncio.Future) else done


def _body_hash(letter: Letter, relaxed: bool) -> bytes:
    return body_hash(letter.content, letter.body, relaxed=relaxed)


def _named(letter: Letter, name: str, recipients: frozenset[str]) -> frozenset[str]:
    """Those of the recipients whom the fields of this name name. Of a field that is far too long nothing is read."""
    values = [field.partition(b":")[2] for field in letter.named(name) if len(field) <= _LONGEST_LIST]
    addresses = set(mailboxes_of(values))
    return frozenset(recipient for recipient in recipients if _normalised(recipient) in addresses)


def _normalised(recipient: str) -> str | None:
    try:
        return normalise(recipient)
    except ValueError:
        return None
