"""What the mail server before us found out about a letter's origin, in its Authentication-Results (RFC 8601)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relay.message.authentication_results import Finding, Results, read_results
from relay.message.headers import first, split
from relay.model import Envelope
from relay.policy.authenticity import Claim, Found, Reported, Verdict, decide_reported
from relay.policy.dmarc import Organisation

_FOUND = {"pass": Found.PASS, "none": Found.NONE, "temperror": Found.TEMPERROR}
_BEST_GUESS = "bestguesspass"  # Microsoft's word for a domain without a DMARC record


@dataclass(frozen=True, slots=True)
class Upstream:
    """Believes the server before us, and nobody else who writes into a letter: only the topmost
    Authentication-Results counts, and only when it is ``server``'s."""

    server: str
    organisation: Organisation

    async def __call__(self, envelope: Envelope, author: str) -> Verdict:
        """The verdict on one letter."""
        fields, _ = split(envelope.content)
        top = first(fields, "authentication-results")
        results = None if top is None else read_results(top.decode("utf-8", "replace"))
        if results is None or results.server != self.server:
            return Verdict.FAIL
        return decide_reported(reported(results, domain_of(author)), self.organisation)


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
