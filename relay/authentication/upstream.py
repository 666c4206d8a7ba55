"""What the mail server before us found out about a letter's origin, in its Authentication-Results (RFC 8601)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relay.authentication.authentication_results import Finding, Results, read_results
from relay.authentication.authorship import Authorship
from relay.authentication.dmarc import Organisation
from relay.authentication.verdict import Claim, Found, Reported, Verdict, decide_reported
from relay.message.headers import Fields, split
from relay.model import Envelope

_FOUND = {"pass": Found.PASS, "none": Found.NONE, "temperror": Found.TEMPERROR}
_BEST_GUESS = "bestguesspass"  # Microsoft's word for a domain without a DMARC record


@dataclass(frozen=True, slots=True)
class Upstream:
    """Believes the server before us, and nobody else who writes into a letter.

    Every server puts its Received above all that it was given (RFC 5321 4.4), and Authentication-Results above that
    (RFC 8601 5). So what stands above the topmost Received was written by ``server``, and what stands below may be
    anybody's: a forger's, on a day when the server checked nothing.
    """

    server: str
    organisation: Organisation

    async def __call__(self, envelope: Envelope, author: str) -> Authorship:
        """The verdicts on one letter."""
        fields, _ = split(envelope.content)
        results = _said(fields, self.server)
        if results is None:
            return Authorship.same(envelope, Verdict.FAIL)
        verdict = decide_reported(reported(results, domain_of(author)), self.organisation)
        return Authorship.same(envelope, verdict)


def _said(fields: Fields, server: str) -> Results | None:
    """All that ``server`` says above the topmost Received: OpenDMARC and OpenDKIM write a field each. None when it says
    nothing, when no Received tells where its words end, or when one of them cannot be read, for it may be the no."""
    end = next((at for at, (name, _) in enumerate(fields) if name == "received"), 0)
    words = [value for name, value in fields[:end] if name == "authentication-results"]
    read = [read_results(value.decode("utf-8", "replace")) for value in words]
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
