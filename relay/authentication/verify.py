"""Verifies authorship by SPF, DKIM, DMARC and ARC, or by the report of the upstream server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from relay.authentication.arc import ArcSet, arc_sets, seal_digests
from relay.authentication.authentication_results import read_results
from relay.authentication.authorship import Authorship, Proof
from relay.authentication.dkim_verify import DkimSignature, read_signature, signing_domain
from relay.authentication.dmarc import Alignment, Dmarc, Organisation, Published, alignment, organisations, read_dmarc
from relay.authentication.examination import Examination
from relay.authentication.public_keys import PublicKey, public_key
from relay.authentication.spf import Spf, check_spf
from relay.authentication.spf_record import is_spf
from relay.authentication.trusted_fields import Border
from relay.authentication.upstream import Upstream, domain_of, reported
from relay.authentication.verdict import NO_CLAIM, Claim, Facts, Found, Verdict, decide, decide_reported
from relay.dns.cache import Answers, KnownAnswers, NotKnown
from relay.dns.resolver import DnsTrouble
from relay.model import Envelope
from relay.settings import Settings

_PATIENCE = 10.0  # seconds for all DNS queries about one letter
_MOST_SEALS = 5  # ARC sets of trusted forwarders whose signatures are remembered
_OLD = "made too long ago"
_SPF = {Spf.PASS: Found.PASS, Spf.NONE: Found.NONE, Spf.TEMPERROR: Found.TEMPERROR}


def proof(settings: Settings, now: Callable[[], float] = time.time) -> Proof:
    """The proof that the settings choose. ``now`` returns the time in seconds since the epoch, by which signatures
    expire (RFC 6376 3.5, x=)."""
    wanted = settings.authenticity
    if wanted.verify == "none":
        return accept_all
    organisation = organisations()
    if wanted.verify == "upstream":
        border = Border(wanted.received_by.lower(), wanted.tenant.lower())
        return Upstream(wanted.authserv_id.lower(), organisation, now, border)
    forwarders = frozenset(wanted.trusted_forwarders)
    return SelfVerification(Answers(settings.dns), organisation, forwarders, now=now)


async def accept_all(envelope: Envelope, author: str) -> Authorship:
    """Accept every author as proven (verify = "none")."""
    return Authorship.same(envelope, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of one signature: a ``claim`` for the recipients it ``names``; ``why`` is for the operator.
    ``covered`` is what it covers (DkimSignature.covered), also when it was not accepted now but may be if the letter
    comes again (no DNS answer, or a Content-Type that another sender could change); else ""."""

    claim: Claim
    names: frozenset[str]
    why: str
    covered: str = ""

    def of(self, recipient: str) -> Claim:
        """The claim as it applies to this recipient."""
        return self.claim if recipient in self.names else replace(self.claim, found=Found.NONE)


NO_SEAL = Checked(NO_CLAIM, frozenset(), "none")


@dataclass(frozen=True, slots=True)
class SelfVerification:
    """relay's own verification. ``forwarders`` are domains whose ARC seals are trusted; ``patience`` is the seconds for
    all queries about one letter. What is unanswered by then counts as a DNS error."""

    answers: Answers
    organisation: Organisation
    forwarders: frozenset[str] = frozenset()
    patience: float = _PATIENCE
    now: Callable[[], float] = time.time

    async def __call__(self, envelope: Envelope, author: str) -> Authorship:
        """The verdicts on one letter."""
        examined, domain = Examination(envelope), domain_of(author)
        ends_at = asyncio.get_running_loop().time() + self.patience
        facts, signatures = await self._results(envelope, examined, domain, ends_at)
        seal, verdicts = NO_SEAL, self._verdicts(facts, signatures, NO_SEAL, examined)
        sets = await examined.once("arc", arc_sets, examined.letter) if self.forwarders else ()
        if sets and set(verdicts.values()) != {Verdict.PASS}:
            seal = await self._forwarded(sets, examined, domain, ends_at)
            verdicts = self._verdicts(facts, signatures, seal, examined)
        covered = [one.covered for one in signatures if one.covered]
        covered += [await examined.covered(one.signature) for one in self._trusted(sets)]
        return Authorship(verdicts, tuple(dict.fromkeys(covered)), _why(verdicts, facts, signatures, seal))

    def _trusted(self, sets: tuple[ArcSet, ...]) -> list[ArcSet]:
        """The sets of trusted forwarders, whose signature could prove the letter now or after others were removed."""
        return [one for one in sets[-_MOST_SEALS:] if one.domain in self.forwarders]

    def _verdicts(
        self, facts: Facts, signatures: Iterable[Checked], seal: Checked, examined: Examination
    ) -> dict[str, Verdict]:
        def of(recipient: str) -> Verdict:
            dkim = tuple(one.of(recipient) for one in signatures)
            forwarded = seal.of(recipient).found
            return decide(replace(facts, dkim=dkim, forwarded=forwarded), self.organisation)

        return {recipient: of(recipient) for recipient in examined.recipients}

    async def _results(
        self, envelope: Envelope, examined: Examination, domain: str, ends_at: float
    ) -> tuple[Facts, list[Checked]]:
        """The results by ``ends_at`` (loop time) on a letter whose author is in ``domain``: those that are the same for
        all recipients, and the signatures."""
        fields, _ = examined.signatures_near(domain, self.organisation)
        try:
            return await self._of_known().results_in_turn(envelope, examined, domain, fields, ends_at)
        except NotKnown:  # asks everything at once
            pass
        (spf, author_spf), dmarc, signatures = await asyncio.gather(
            _in_time(self._spf(envelope, domain), ends_at, (Claim(domain, Found.TEMPERROR), Published.UNKNOWN)),
            _in_time(self._dmarc(domain), ends_at, Dmarc(Published.UNKNOWN)),
            asyncio.gather(*(self._dkim(field, examined, ends_at) for field in fields)),
        )
        return Facts(domain, spf, (), dmarc, author_spf), signatures

    def _of_known(self) -> SelfVerification:
        """The same with answers that are known already."""
        return SelfVerification(KnownAnswers(self.answers), self.organisation, self.forwarders, self.patience, self.now)

    async def results_in_turn(
        self, envelope: Envelope, examined: Examination, domain: str, fields: Sequence[bytes], ends_at: float
    ) -> tuple[Facts, list[Checked]]:
        """The results where nothing has to be waited for: without tasks and timers, which take as long as the checks.
        Raises NotKnown."""
        spf, author_spf = await self._spf(envelope, domain)
        dmarc = await self._dmarc(domain)
        signatures = [await self._dkim(field, examined, ends_at) for field in fields]
        return Facts(domain, spf, (), dmarc, author_spf), signatures

    async def _spf(self, envelope: Envelope, domain: str) -> tuple[Claim, Published]:
        """SPF of the envelope, if it could prove the author, and whether the author's domain publishes SPF."""
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

    async def _dkim(self, field: bytes, examined: Examination, ends_at: float) -> Checked:
        signature = read_signature(field)
        if signature is None:
            return Checked(Claim(signing_domain(field), Found.FAIL), examined.recipients, "malformed")
        return await self._checked(signature, examined, ends_at)

    async def _checked(self, signature: DkimSignature, examined: Examination, ends_at: float) -> Checked:
        names = await examined.named(signature)
        found, why = Found.NONE, "names no recipient"
        if names:
            found, why = await self._found(signature, examined, ends_at)
        covered = await examined.covered(signature) if names and found is not Found.FAIL and why is not _OLD else ""
        return Checked(Claim(signature.domain, found), names, why, covered)

    async def _found(self, signature: DkimSignature, examined: Examination, ends_at: float) -> tuple[Found, str]:
        """Whether a signature that names a recipient is a proof, and why not."""
        now = self.now()
        if not signature.in_time(examined.letter, now):
            return Found.NONE, _OLD
        try:
            key = await _before_deadline(self._key(signature.key_name), ends_at)
        except DnsTrouble:
            return Found.TEMPERROR, "no answer from DNS"
        if key is not None and key.testing:  # RFC 6376 3.6.1: as if unsigned
            return Found.NONE, "key in test mode"
        if key is None or not await examined.proves(signature, key, now):
            return Found.FAIL, "no key" if key is None else "invalid signature"
        if not await examined.accounts(signature):
            return Found.NONE, "content type not signed"
        return Found.PASS, "pass"

    async def _key(self, name: str) -> PublicKey | None:
        return public_key(await self.answers.txt(name))

    async def _forwarded(self, sets: tuple[ArcSet, ...], examined: Examination, domain: str, ends_at: float) -> Checked:
        """The result through trusted forwarders, from the last back as far as each is trusted (RFC 8617 5.2)."""
        if not sets or sets[-1].domain not in self.forwarders or sets[-1].signature.domain != sets[-1].domain:
            return NO_SEAL
        checked = await self._checked(sets[-1].signature, examined, ends_at)
        if checked.claim.found is not Found.PASS:
            return checked if checked.claim.found is Found.TEMPERROR else replace(NO_SEAL, why=checked.why)
        try:
            holds = await _before_deadline(self._sealed(sets, examined), ends_at)
        except DnsTrouble:
            return replace(checked, claim=Claim(checked.claim.domain, Found.TEMPERROR), why="no answer from DNS")
        if not holds:
            return replace(NO_SEAL, why="invalid seal")
        good = await examined.once("forwarder", self._forwarder_passed, sets, domain)
        return checked if good else replace(NO_SEAL, why="not proven by the forwarder")

    def _forwarder_passed(self, sets: tuple[ArcSet, ...], domain: str) -> bool:
        """Whether one of the last, consecutive trusted forwarders reports that the author was proven."""
        for one in reversed(sets):
            if one.domain not in self.forwarders:
                break
            results = read_results(one.results)
            if results and decide_reported(reported(results, domain), self.organisation) is Verdict.PASS:
                return True
        return False

    async def _sealed(self, sets: tuple[ArcSet, ...], examined: Examination) -> bool:
        digests = await examined.once("seals", seal_digests, sets)
        for one, digest in reversed([*zip(sets, digests, strict=True)]):
            key = await self._key(one.key_name)
            if key is None or key.testing or key.kind != one.kind or not key.signed(digest, one.value):
                return False
        return True


def _why(verdicts: dict[str, Verdict], facts: Facts, signatures: list[Checked], seal: Checked) -> str:
    """Why a letter is not proven for every recipient, without domains and addresses."""
    refused = [verdict for verdict in verdicts.values() if verdict is not Verdict.PASS]
    if not refused:
        return ""
    dkim = ", ".join(one.why for one in signatures) or "none"
    return (
        f"{'/'.join(sorted(set(refused)))} for {len(refused)} of {len(verdicts)} recipients: spf {facts.spf.found}, "
        f"dkim {dkim}, dmarc published {facts.dmarc.published}, spf published {facts.author_spf}, arc {seal.why}"
    )


_T = TypeVar("_T")


async def _before_deadline(question: Awaitable[_T], ends_at: float) -> _T:
    """Await ``question``. Raises DnsTrouble also when it takes longer than ``ends_at``."""
    try:
        async with asyncio.timeout_at(ends_at):
            return await question
    except TimeoutError:
        raise DnsTrouble from None


async def _in_time(question: Awaitable[_T], ends_at: float, otherwise: _T) -> _T:
    """Await ``question``; ``otherwise`` when DNS gives no answer in time."""
    try:
        return await _before_deadline(question, ends_at)
    except DnsTrouble:
        return otherwise
