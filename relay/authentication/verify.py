"""Gathers what tells whether a letter is its author's: SPF, DKIM, DMARC and ARC, or what the server before us says."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from publicsuffixlist import PublicSuffixList

from relay.authentication.arc import ArcSet, arc_sets, sealed
from relay.authentication.authentication_results import read_results
from relay.authentication.authorship import Authorship, Proof
from relay.authentication.dkim_verify import Letter, Signature, read_signature, signing_domain
from relay.authentication.dmarc import Alignment, Dmarc, Organisation, Published, alignment, read_dmarc
from relay.authentication.public_keys import PublicKey, public_key
from relay.authentication.spf import Spf, check_spf
from relay.authentication.spf_record import is_spf
from relay.authentication.upstream import Upstream, domain_of, reported
from relay.authentication.verdict import NO_CLAIM, Claim, Facts, Found, Verdict, decide, decide_reported
from relay.dns.cache import Answers
from relay.dns.resolver import DnsTrouble
from relay.message.addresses import mailboxes
from relay.message.canonical import body_hash
from relay.message.words import raw_text
from relay.model import Envelope
from relay.settings import Settings

log = logging.getLogger(__name__)

_PATIENCE = 10.0  # seconds for everything about one letter
_MOST_SIGNATURES = 5
_LARGE = 256 * 1024  # octets from which a body is hashed beside the event loop
_SPF = {Spf.PASS: Found.PASS, Spf.NONE: Found.NONE, Spf.TEMPERROR: Found.TEMPERROR}


def proof(settings: Settings) -> Proof:
    """The proof that the settings ask for."""
    wanted = settings.authenticity
    if wanted.verify == "none":
        return believe
    organisation = organisations()
    if wanted.verify == "upstream":
        return Upstream(wanted.authserv_id.lower(), organisation)
    return Own(Answers(settings.dns), organisation, frozenset(wanted.trusted_forwarders))


def organisations() -> Organisation:
    """The organisational domain of a domain, by the public suffix list that comes with the library; of what is a public
    suffix itself, the same."""
    suffixes = PublicSuffixList()
    return lambda domain: suffixes.privatesuffix(domain) or domain


async def believe(envelope: Envelope, author: str) -> Authorship:
    """Every letter is from whom it says."""
    return Authorship.same(envelope, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Own:
    """Finds out itself. ``forwarders`` are domains whose ARC seals are believed; ``patience`` the seconds for all
    questions about one letter together. What was not answered by then is trouble with DNS."""

    answers: Answers
    organisation: Organisation
    forwarders: frozenset[str] = frozenset()
    patience: float = _PATIENCE

    async def __call__(self, envelope: Envelope, author: str) -> Authorship:
        """The verdicts on one letter."""
        letter, domain = Letter.of(envelope.content), domain_of(author)
        ends_at = asyncio.get_running_loop().time() + self.patience
        facts = await self.facts(envelope, letter, domain, ends_at)
        verdict = decide(facts, self.organisation)
        if verdict is not Verdict.PASS and self.forwarders:
            forwarded = await _in_time(self._forwarded(envelope, letter, domain), ends_at, Found.TEMPERROR)
            facts = replace(facts, forwarded=forwarded)
            verdict = decide(facts, self.organisation)
        if verdict is not Verdict.PASS:
            _tell(verdict, facts)
        return Authorship.same(envelope, verdict)

    async def facts(self, envelope: Envelope, letter: Letter, domain: str, ends_at: float) -> Facts:
        """What can be found out about a letter whose author is in ``domain``, until ``ends_at`` (loop time)."""
        bodies = _Bodies(letter)
        (spf, author_spf), dmarc, dkim = await asyncio.gather(
            _in_time(self._spf(envelope, domain), ends_at, (Claim(domain, Found.TEMPERROR), Published.UNKNOWN)),
            _in_time(self._dmarc(domain), ends_at, Dmarc(Published.UNKNOWN)),
            asyncio.gather(*(self._dkim(one, envelope, letter, bodies, ends_at) for one in self._near(letter, domain))),
        )
        return Facts(domain, spf, tuple(dkim), dmarc, author_spf)

    def _near(self, letter: Letter, domain: str) -> list[bytes]:
        """The signatures that could prove the author, whatever others stand there too."""
        fields = letter.named("dkim-signature")
        near = [f for f in fields if alignment(signing_domain(f), domain, self.organisation) is not Alignment.NONE]
        return near[:_MOST_SIGNATURES]

    async def _spf(self, envelope: Envelope, domain: str) -> tuple[Claim, Published]:
        """SPF of the envelope, when it could prove the author, and whether the author's domain publishes any."""
        sender = (envelope.return_path or envelope.helo).rpartition("@")[2].lower()
        claim = NO_CLAIM
        if alignment(sender, domain, self.organisation) is not Alignment.NONE:
            found, checked = await check_spf(self.answers, envelope.peer, envelope.return_path, envelope.helo)
            claim = Claim(checked, _SPF.get(found, Found.FAIL))
        try:
            there = any(is_spf(text) for text in await self.answers.txt(domain))
        except DnsTrouble:
            return claim, Published.UNKNOWN
        return claim, Published.YES if there else Published.NO

    async def _dmarc(self, domain: str) -> Dmarc:
        """The record of the domain, or else of its organisation (RFC 7489 6.6.3)."""
        found = Dmarc()
        for name in dict.fromkeys((domain, self.organisation(domain))):
            found = read_dmarc(await self.answers.txt(f"_dmarc.{name}"))
            if found.published is Published.YES:
                break
        return found

    async def _dkim(self, field: bytes, envelope: Envelope, letter: Letter, bodies: _Bodies, ends_at: float) -> Claim:
        signature = read_signature(field)
        if signature is None:
            return Claim(signing_domain(field), Found.FAIL)
        if not _written_to_us(envelope, letter, signature):
            return Claim(signature.domain, Found.NONE)
        holds = await _in_time(self._holds(signature, letter, bodies), ends_at, None)
        found = Found.TEMPERROR if holds is None else Found.PASS if holds else Found.FAIL
        return Claim(signature.domain, found)

    async def _holds(self, signature: Signature, letter: Letter, bodies: _Bodies) -> bool:
        key = await self._key(signature.key_name)
        if key is None:
            return False
        return signature.proves(letter, await bodies.hash(relaxed=signature.relaxed_body), key, time.time())

    async def _key(self, name: str) -> PublicKey | None:
        return public_key(await self.answers.txt(name))

    async def _forwarded(self, envelope: Envelope, letter: Letter, domain: str) -> Found:
        """What trusted forwarders found, the last first, as far back as each is trusted (RFC 8617 5.2)."""
        sets = arc_sets(letter)
        if not sets or sets[-1].domain not in self.forwarders:
            return Found.NONE
        if not _written_to_us(envelope, letter, sets[-1].signature):
            return Found.NONE
        if not await self._chain_holds(sets, letter):
            return Found.NONE
        for one in reversed(sets):
            if one.domain not in self.forwarders:
                break
            results = read_results(one.results)
            if results and decide_reported(reported(results, domain), self.organisation) is Verdict.PASS:
                return Found.PASS
        return Found.NONE

    async def _chain_holds(self, sets: tuple[ArcSet, ...], letter: Letter) -> bool:
        newest = sets[-1].signature
        if newest.domain != sets[-1].domain or not await self._holds(newest, letter, _Bodies(letter)):
            return False
        for index in reversed(range(len(sets))):
            key = await self._key(sets[index].key_name)
            if key is None or not sealed(sets, index, key):
                return False
        return True


def _tell(verdict: Verdict, facts: Facts) -> None:
    """For the operator, why a letter is not believed; no domain and no address."""
    dkim = ",".join(claim.found for claim in facts.dkim) or "none"
    log.info(
        "authorship %s: spf %s, dkim %s, dmarc published %s, spf published %s, forwarder %s",
        *(verdict, facts.spf.found, dkim, facts.dmarc.published, facts.author_spf, facts.forwarded),
    )


def _written_to_us(envelope: Envelope, letter: Letter, signature: Signature) -> bool:
    """Whether a To or Cc that was signed names one of the recipients. A signature tells who wrote a letter; that they
    wrote it to us, and nobody took it from elsewhere and sent it here, it tells only then. A Cc that anybody could have
    put in on the way says nothing."""
    fields = (field for name in ("to", "cc") if name in signature.signed for field in letter.named(name))
    named = {address for field in fields for address in mailboxes(raw_text(field.partition(b":")[2]))}
    return any(recipient.lower() in named for recipient in envelope.recipients)


class _Bodies:
    """The hashes of one letter's body, each made when first asked for, and a large one beside the event loop."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self._made: dict[bool, asyncio.Task[bytes] | bytes] = {}

    async def hash(self, *, relaxed: bool) -> bytes:
        """The body's hash in one of its two canonical forms."""
        if relaxed not in self._made:
            if len(self._letter.content) < _LARGE:
                self._made[relaxed] = body_hash(self._letter.content, self._letter.body, relaxed=relaxed)
            else:
                work = asyncio.to_thread(body_hash, self._letter.content, self._letter.body, relaxed=relaxed)
                self._made[relaxed] = asyncio.ensure_future(work)
        made = self._made[relaxed]
        return made if isinstance(made, bytes) else await asyncio.shield(made)


_T = TypeVar("_T")


async def _in_time(asked: Awaitable[_T], ends_at: float, otherwise: _T) -> _T:
    """What comes of it, or ``otherwise`` when DNS gives no answer, or none in time."""
    try:
        async with asyncio.timeout_at(ends_at):
            return await asked
    except (DnsTrouble, TimeoutError):
        return otherwise
