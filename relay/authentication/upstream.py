"""Verdict from the Authentication-Results of the upstream mail server (RFC 8601)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from relay.authentication.authentication_results import MethodResult, Results
from relay.authentication.authorship import Authorship
from relay.authentication.dkim_verify import read_signature, signature_tags
from relay.authentication.dmarc import Alignment, Organisation, alignment
from relay.authentication.examination import Examination
from relay.authentication.trusted_fields import Border, trusted_results
from relay.authentication.verdict import Claim, Found, Reported, Verdict, decide_reported
from relay.model import Envelope

_FOUND = {"pass": Found.PASS, "none": Found.NONE, "temperror": Found.TEMPERROR}
_BEST_GUESS = "bestguesspass"  # Microsoft's result for a domain without a DMARC record


@dataclass(frozen=True, slots=True)
class SignatureField:
    """One DKIM-Signature field: its tags, the recipients for whom it proves the letter if it is valid, and what it
    covers then (DkimSignature.covered)."""

    tags: dict[str, str]
    names: frozenset[str] = frozenset()
    covered: str = ""

    def may_be(self, method_result: MethodResult) -> bool:
        """Whether a method result can refer to this signature: by domain, selector, and the beginning of its value (RFC
        6008), as far as the method result has them."""
        properties, domain = method_result.properties, self.tags.get("d", "").lower()
        identity = domain_of(self.tags.get("i", domain).lower())
        return (
            properties.get("header.d", domain) == domain
            and domain_of(properties.get("header.i", identity)) == identity
            and properties.get("header.s", self.tags.get("s", "").lower()) == self.tags.get("s", "").lower()
            and "".join(self.tags.get("b", "").split()).lower().startswith(properties.get("header.b", ""))
        )


@dataclass(frozen=True, slots=True)
class Upstream:
    """Trusts the upstream server ``server``, and nothing else written into a letter.

    Each server puts its Received above everything it was given (RFC 5321 4.4), and Authentication-Results above that
    (RFC 8601 5). So fields above the topmost Received were written by ``server``; fields below may be forged.
    ``border`` is where its own fields end, when that is another Received.

    The server reports that a signature is valid, but not for which recipients: those are read from that signature.
    """

    server: str
    organisation: Organisation
    now: Callable[[], float] = time.time
    border: Border = field(default_factory=Border)

    async def __call__(self, envelope: Envelope, author: str) -> Authorship:
        """The verdicts on one letter."""
        examined, domain = Examination(envelope), domain_of(author)
        results = trusted_results(examined.letter.fields, self.server, self.border, self.organisation)
        if results is None:
            return Authorship.same(envelope, Verdict.FAIL, "no Authentication-Results of the upstream server")
        fields = await self._fields(examined, domain)
        verdicts = {
            recipient: decide_reported(self._for(recipient, results, domain, fields), self.organisation)
            for recipient in examined.recipients
        }
        covered = tuple(dict.fromkeys(one.covered for one in fields if one.covered))
        return Authorship(verdicts, covered, _why(verdicts, results))

    async def _fields(self, examined: Examination, domain: str) -> list[SignatureField]:
        """The letter's signatures that could prove the author. When there are more than are examined, none of them
        names recipients, because the server may have verified another."""
        near, all_of_them = examined.signatures_near(domain, self.organisation)
        fields = [await self._read(field, examined) for field in near]
        return fields if all_of_them else [*(replace(one, names=frozenset()) for one in fields), SignatureField({})]

    async def _read(self, field: bytes, examined: Examination) -> SignatureField:
        parsed, signature = signature_tags(field) or {}, read_signature(field)
        if signature is None or not signature.covers_enough(examined.letter):
            return SignatureField(parsed)
        if not signature.in_time(examined.letter, self.now()):
            return SignatureField(parsed)
        names = await examined.named(signature)
        covered = await examined.covered(signature) if names else ""
        return SignatureField(parsed, names if names and await examined.accounts(signature) else frozenset(), covered)

    def _for(self, recipient: str, results: Results, domain: str, fields: list[SignatureField]) -> Reported:
        """The report as it applies to this recipient. SPF applies to all recipients; a DKIM result to those that its
        signature names, and when it could refer to several signatures, to those that all of them name."""
        report = reported(results, domain)
        of_dkim = [one for one in results.method_results if one.method == "dkim"]
        dkim = []
        for claim, method_result in zip(report.dkim, of_dkim, strict=True):
            meant = [one for one in fields if one.may_be(method_result)]
            proves = bool(meant) and all(recipient in one.names for one in meant)
            dkim.append(claim if proves or claim.found is not Found.PASS else replace(claim, found=Found.NONE))
        dmarc = report.dmarc
        if dmarc is Found.PASS and not self._near_pass((*report.spf, *dkim), domain):
            # The report does not say whether DMARC passed by SPF or DKIM. It was SPF if no signature could have been
            # the cause (RFC 7489 4.2).
            alone = not self._near_pass(report.dkim, domain)
            dmarc = Found.PASS if alone and all(recipient in one.names for one in fields) else None
        return replace(report, dmarc=dmarc, dkim=tuple(dkim))

    def _near_pass(self, claims: Iterable[Claim], domain: str) -> bool:
        near = (one for one in claims if alignment(one.domain, domain, self.organisation) is not Alignment.NONE)
        return any(one.found is Found.PASS for one in near)


_METHODS = ("spf", "dkim", "dmarc")


def _why(verdicts: Mapping[str, Verdict], results: Results) -> str:
    """The server's results, when they do not prove every recipient."""
    if set(verdicts.values()) == {Verdict.PASS}:
        return ""
    found = ", ".join(f"{one.method} {one.result}" for one in results.method_results if one.method in _METHODS)
    return f"{'/'.join(sorted(set(verdicts.values())))}, {found or 'no results'}"


def reported(results: Results, author_domain: str) -> Reported:
    """The results that concern this author. Of several DMARC results the worst counts."""
    dmarc = [_about_dmarc(one, author_domain) for one in results.method_results if one.method == "dmarc"]
    order = (Found.FAIL, Found.TEMPERROR, Found.NONE, Found.PASS)
    return Reported(
        author_domain,
        min(dmarc, key=order.index, default=None),
        tuple(_claims(results.method_results, "spf", "smtp.mailfrom")),
        tuple(_claims(results.method_results, "dkim", "header.d", "header.i")),
    )


def _about_dmarc(method_result: MethodResult, author_domain: str) -> Found:
    """One DMARC result for the author's domain. A pass must name that domain."""
    named = domain_of(method_result.properties.get("header.from", ""))
    found = Found.NONE if method_result.result == _BEST_GUESS else _found(method_result)
    if named == author_domain or (not named and found is not Found.PASS):
        return found
    return Found.NONE


def _found(method_result: MethodResult) -> Found:
    return _FOUND.get(method_result.result, Found.FAIL)


def _claims(method_results: Iterable[MethodResult], method: str, *properties: str) -> Iterator[Claim]:
    for one in method_results:
        if one.method == method:
            address = next((one.properties[name] for name in properties if name in one.properties), "")
            yield Claim(domain_of(address), _found(one))


def domain_of(address: str) -> str:
    """The part after "@", or the whole when there is none."""
    return address.rpartition("@")[2].rstrip(".")
