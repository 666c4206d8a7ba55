"""What the mail server before us found out about a letter's origin, in its Authentication-Results (RFC 8601)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from relay.authentication.authentication_results import Finding, Results, read_results
from relay.authentication.authorship import Authorship
from relay.authentication.dkim_verify import Letter, read_signature, signature_tags
from relay.authentication.dmarc import Alignment, Organisation, alignment
from relay.authentication.examination import Examination
from relay.authentication.verdict import Claim, Found, Reported, Verdict, decide_reported
from relay.model import Envelope

_FOUND = {"pass": Found.PASS, "none": Found.NONE, "temperror": Found.TEMPERROR}
_BEST_GUESS = "bestguesspass"  # Microsoft's word for a domain without a DMARC record
_MOST_FIELDS, _MOST_OCTETS = 20, 32 * 1024  # of all that the server before us may have to say


@dataclass(frozen=True, slots=True)
class SignatureField:
    """A DKIM-Signature as it stands: its tags, the recipients that it proves the letter for if it holds, and what it
    covers (Signature.covered) then."""

    tags: dict[str, str]
    names: frozenset[str] = frozenset()
    covered: str = ""

    def may_be(self, finding: Finding) -> bool:
        """Whether this is the signature that a finding speaks of: by its domain, its selector, and the beginning of its
        value (RFC 6008), whichever of them the finding has."""
        said, domain = finding.properties, self.tags.get("d", "").lower()
        identity = domain_of(self.tags.get("i", domain).lower())
        return (
            said.get("header.d", domain) == domain
            and domain_of(said.get("header.i", identity)) == identity
            and said.get("header.s", self.tags.get("s", "").lower()) == self.tags.get("s", "").lower()
            and "".join(self.tags.get("b", "").split()).lower().startswith(said.get("header.b", ""))
        )


@dataclass(frozen=True, slots=True)
class Upstream:
    """Believes the server before us, and nobody else who writes into a letter.

    Every server puts its Received above all that it was given (RFC 5321 4.4), and Authentication-Results above that
    (RFC 8601 5). So what stands above the topmost Received was written by ``server``, and what stands below may be
    anybody's: a forger's, on a day when the server checked nothing.

    It says that a signature holds, and not for whom: that is read from the signature that it names.
    """

    server: str
    organisation: Organisation

    async def __call__(self, envelope: Envelope, author: str) -> Authorship:
        """The verdicts on one letter."""
        examined, domain = Examination(envelope), domain_of(author)
        results = _said(examined.letter, self.server)
        if results is None:
            return Authorship.same(envelope, Verdict.FAIL, "no Authentication-Results of the server before us")
        fields = await self._fields(examined, domain)
        verdicts = {
            recipient: decide_reported(self._for(recipient, results, domain, fields), self.organisation)
            for recipient in examined.recipients
        }
        covered = tuple(dict.fromkeys(one.covered for one in fields if one.covered))
        return Authorship(verdicts, covered, _why(verdicts, results))

    async def _fields(self, examined: Examination, domain: str) -> list[SignatureField]:
        """The letter's signatures that could prove the author; they name nobody when there are more than are looked
        at, for then it may be another that was found to hold."""
        near, all_of_them = examined.signatures_near(domain, self.organisation)
        fields = [await self._read(field, examined) for field in near]
        return fields if all_of_them else [*(replace(one, names=frozenset()) for one in fields), SignatureField({})]

    async def _read(self, field: bytes, examined: Examination) -> SignatureField:
        said, signature = signature_tags(field) or {}, read_signature(field)
        if signature is None or not signature.covers_enough(examined.letter):
            return SignatureField(said)
        if not signature.in_time(examined.letter, time.time()):
            return SignatureField(said)
        names = await examined.named(signature)
        covered = await examined.covered(signature) if names else ""
        return SignatureField(said, names if names and await examined.accounts(signature) else frozenset(), covered)

    def _for(self, recipient: str, results: Results, domain: str, fields: list[SignatureField]) -> Reported:
        """What is reported, as far as it holds for this recipient. What proves the envelope does so for all of them; a
        signature, for those whom it names: wherever it could be one of several, each of them."""
        said = reported(results, domain)
        of_dkim = [one for one in results.findings if one.method == "dkim"]
        dkim = []
        for claim, finding in zip(said.dkim, of_dkim, strict=True):
            meant = [one for one in fields if one.may_be(finding)]
            proves = bool(meant) and all(recipient in one.names for one in meant)
            dkim.append(claim if proves or claim.found is not Found.PASS else replace(claim, found=Found.NONE))
        dmarc = said.dmarc
        if dmarc is Found.PASS and not self._near_pass((*said.spf, *dkim), domain):
            # Where it does not tell whether that was by SPF or by a signature, it was by SPF if none stands there that
            # could have been it (RFC 7489 4.2).
            alone = not self._near_pass(said.dkim, domain)
            dmarc = Found.PASS if alone and all(recipient in one.names for one in fields) else None
        return replace(said, dmarc=dmarc, dkim=tuple(dkim))

    def _near_pass(self, claims: Iterable[Claim], domain: str) -> bool:
        near = (one for one in claims if alignment(one.domain, domain, self.organisation) is not Alignment.NONE)
        return any(one.found is Found.PASS for one in near)


_METHODS = ("spf", "dkim", "dmarc")


def _why(verdicts: Mapping[str, Verdict], results: Results) -> str:
    """What the server found, when that does not prove every recipient."""
    if set(verdicts.values()) == {Verdict.PASS}:
        return ""
    found = ", ".join(f"{one.method} {one.result}" for one in results.findings if one.method in _METHODS)
    return f"{'/'.join(sorted(set(verdicts.values())))}, {found or 'no results'}"


def _said(letter: Letter, server: str) -> Results | None:
    """All that ``server`` says above the topmost Received: OpenDMARC and OpenDKIM write a field each. None when it says
    nothing, when no Received tells where its words end, or when one of them cannot be read, for it may be the no."""
    end = next((at for at, (name, _) in enumerate(letter.fields) if name == "received"), 0)
    words = [field for name, field in letter.fields[:end] if name == "authentication-results"]
    if len(words) > _MOST_FIELDS or sum(map(len, words)) > _MOST_OCTETS:
        return None
    read = [read_results(word.partition(b":")[2].decode("utf-8", "replace")) for word in words]
    found = [one for one in read if one is not None and one.server == server]
    if None in read or not found:
        return None
    return Results(server, tuple(finding for one in found for finding in one.findings))


def reported(results: Results, author_domain: str) -> Reported:
    """What of a server's findings is about this author. Several about DMARC: the worst counts."""
    dmarc = [_about_dmarc(one, author_domain) for one in results.findings if one.method == "dmarc"]
    order = (Found.FAIL, Found.TEMPERROR, Found.NONE, Found.PASS)
    return Reported(
        author_domain,
        min(dmarc, key=order.index, default=None),
        tuple(_claims(results.findings, "spf", "smtp.mailfrom")),
        tuple(_claims(results.findings, "dkim", "header.d", "header.i")),
    )


def _about_dmarc(finding: Finding, author_domain: str) -> Found:
    """What one finding says about the author's domain. To be good it must name it."""
    named = domain_of(finding.properties.get("header.from", ""))
    found = Found.NONE if finding.result == _BEST_GUESS else _found(finding)
    if named == author_domain or (not named and found is not Found.PASS):
        return found
    return Found.NONE


def _found(finding: Finding) -> Found:
    return _FOUND.get(finding.result, Found.FAIL)


def _claims(findings: Iterable[Finding], method: str, *properties: str) -> Iterator[Claim]:
    for one in findings:
        if one.method == method:
            said = next((one.properties[name] for name in properties if name in one.properties), "")
            yield Claim(domain_of(said), _found(one))


def domain_of(address: str) -> str:
    """What stands behind the @, or the whole when there is none."""
    return address.rpartition("@")[2].rstrip(".")
