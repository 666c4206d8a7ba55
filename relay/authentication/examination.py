"""Caches the expensive checks on one letter; those on a large letter run in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any, TypeVar

from relay.authentication.dkim_verify import DkimSignature, Letter, signing_domain
from relay.authentication.dmarc import Alignment, Organisation, alignment
from relay.authentication.public_keys import PublicKey
from relay.authentication.unsigned_content import FIELDS, accounts_for_body
from relay.message.dkim_canonical import body_hash
from relay.message.read.addresses import mailboxes_of, normalise
from relay.model import Envelope

_LARGE = 64 * 1024  # octets; larger letters are checked in a thread (5 ms for the slowest below it)
_LONG_HEADER = 32 * 1024  # octets; so are letters with a longer header
_LONG_LIST = 2 * 1024  # octets; so are longer To and Cc of other letters
_LONGEST_LIST = 32 * 1024  # octets of a To or Cc field; hundreds of recipients
_MOST_FIELDS = 20  # DKIM-Signature fields examined, of any domain
_MOST_SIGNATURES = 5  # signatures of the author's domain verified
_T = TypeVar("_T")


class Examination:
    """The checks on an envelope's letter that need no network."""

    def __init__(self, envelope: Envelope) -> None:
        """Raises Malformed when the header exceeds the limits."""
        self.letter = Letter.of(envelope.content)
        self.recipients = frozenset(recipient.lower() for recipient in envelope.recipients)
        self._large = len(envelope.content) >= _LARGE or self.letter.body >= _LONG_HEADER
        self._to_many = sum(len(field) for name in ("to", "cc") for field in self.letter.named(name)) > _LONG_LIST
        self._done: dict[Hashable, Any] = {}

    def signatures_near(self, domain: str, organisation: Organisation) -> tuple[list[bytes], bool]:
        """The DKIM-Signature fields that could prove an author in ``domain``, and whether these are all: only the
        topmost fields of a letter are examined."""
        fields = list(islice(self.letter.named("dkim-signature"), _MOST_FIELDS + 1))
        near = [
            field
            for field in fields[:_MOST_FIELDS]
            if alignment(signing_domain(field), domain, organisation) is not Alignment.NONE
        ]
        return near[:_MOST_SIGNATURES], len(fields) <= _MOST_FIELDS and len(near) <= _MOST_SIGNATURES

    async def named(self, signature: DkimSignature) -> frozenset[str]:
        """The recipients that the signed To and Cc fields name. A signature proves who wrote a letter; only a signed
        recipient proves that it was written to them and not replayed."""
        named: frozenset[str] = frozenset()
        for name in ("to", "cc"):
            if name in signature.signed:
                key, apart = ("named", name), self._to_many
                named |= await self.once(key, _named, self.letter, name, self.recipients, apart=apart)
        return named

    async def accounts(self, signature: DkimSignature) -> bool:
        """Whether the content fields that the signature leaves unsigned agree with the signed body."""
        signed = frozenset(FIELDS) & frozenset(signature.signed)
        return await self.once(("accounts", signed), accounts_for_body, self.letter, signed)

    async def proves(self, signature: DkimSignature, key: PublicKey, now: float) -> bool:
        """Whether the signature is valid at ``now`` (seconds since 1970)."""
        hashed = await self._body_hash(relaxed=signature.relaxed_body)
        return await self.once(("proves", signature.field), signature.proves, self.letter, hashed, key, now)

    async def covered(self, signature: DkimSignature) -> str:
        """What the signature covers: see ``DkimSignature.covered``."""
        hashed = await self._body_hash(relaxed=True)
        return await self.once(("covered", signature.field), signature.covered, self.letter, hashed)

    async def _body_hash(self, *, relaxed: bool) -> bytes:
        return await self.once(("body", relaxed), _body_hash, self.letter, relaxed)

    async def once(self, key: Hashable, work: Callable[..., _T], *given: Any, apart: bool = False) -> _T:
        """The result of ``work(*given)``, computed once per ``key``; in a thread when the letter is large or with
        ``apart``."""
        if key not in self._done:
            if self._large or apart:
                self._done[key] = asyncio.ensure_future(asyncio.to_thread(work, *given))
            else:
                self._done[key] = work(*given)
        done = self._done[key]
        # Shielded: one caller may time out while another waits for the same result.
        return await asyncio.shield(done) if isinstance(done, asyncio.Future) else done


def _body_hash(letter: Letter, relaxed: bool) -> bytes:
    return body_hash(letter.content, letter.body, relaxed=relaxed)


def _named(letter: Letter, name: str, recipients: frozenset[str]) -> frozenset[str]:
    """The recipients that the fields of this name contain. Fields that are too long are skipped."""
    values = [field.partition(b":")[2] for field in letter.named(name) if len(field) <= _LONGEST_LIST]
    addresses = set(mailboxes_of(values))
    return frozenset(recipient for recipient in recipients if _normalised(recipient) in addresses)


def _normalised(recipient: str) -> str | None:
    try:
        return normalise(recipient)
    except ValueError:
        return None
