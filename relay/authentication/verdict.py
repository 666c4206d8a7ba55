"""Decides from the authentication results whether the author of a letter is proven. Pure.

The author is the one From address. It is proven by an aligned domain that authenticates the letter: by a DKIM
signature, by SPF of the envelope, or through a forwarder the operator trusts. That is DMARC's rule (RFC 7489), applied
as if every domain published p=reject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from relay.authentication.dmarc import Alignment, Dmarc, Organisation, Published, alignment


class Verdict(StrEnum):
    """The result of authentication."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"
    TEMPERROR = "temperror"
    UNPROVEN = "unproven"
    """The author's domain publishes neither DMARC nor SPF, and nothing else proves the letter."""


class Found(StrEnum):
    """The result of one check."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"
    NONE = "none"
    TEMPERROR = "temperror"


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of checking that ``domain`` (lower case) authenticates the letter."""

    domain: str
    found: Found


NO_CLAIM = Claim("", Found.NONE)
NO_DMARC = Dmarc()


@dataclass(frozen=True, slots=True)
class Facts:
    """The results of relay's own checks on one letter.

    ``author_domain`` is that of From; ``spf`` is about the envelope's domain; ``author_spf``: whether the domain of
    From publishes SPF; ``forwarded``: the result of a trusted forwarder (ARC).
    """

    author_domain: str
    spf: Claim = NO_CLAIM
    dkim: tuple[Claim, ...] = ()
    dmarc: Dmarc = NO_DMARC
    author_spf: Published = Published.NO
    forwarded: Found = Found.NONE


@dataclass(frozen=True, slots=True)
class Reported:
    """The results that the upstream server reports: ``dmarc`` for the domain of From, and the other claims."""

    author_domain: str
    dmarc: Found | None = None
    spf: tuple[Claim, ...] = ()
    dkim: tuple[Claim, ...] = ()


def decide(facts: Facts, organisation: Organisation) -> Verdict:
    """The verdict from relay's own results."""
    weighed = list(_weighed(facts, organisation))
    if Found.PASS in weighed or facts.forwarded is Found.PASS:
        return Verdict.PASS
    if Found.TEMPERROR in weighed or facts.forwarded is Found.TEMPERROR:
        return Verdict.TEMPERROR
    published = {facts.dmarc.published, facts.author_spf, Published.YES if Found.FAIL in weighed else Published.NO}
    if Published.YES in published:
        return Verdict.FAIL
    return Verdict.TEMPERROR if Published.UNKNOWN in published else Verdict.UNPROVEN


def decide_reported(reported: Reported, organisation: Organisation) -> Verdict:
    """The verdict from the upstream server's report. An incomplete report proves nothing."""
    near = [
        claim.found
        for claim in (*reported.spf, *reported.dkim)
        if alignment(claim.domain, reported.author_domain, organisation) is not Alignment.NONE
    ]
    if reported.dmarc is Found.FAIL:  # it knows a strict alignment that we do not
        return Verdict.FAIL
    if reported.dmarc is Found.PASS or Found.PASS in near:
        return Verdict.PASS
    if reported.dmarc is Found.TEMPERROR or Found.TEMPERROR in near:
        return Verdict.TEMPERROR
    if reported.dmarc is Found.NONE and set(near) == {Found.NONE}:
        return Verdict.UNPROVEN
    return Verdict.FAIL


def _weighed(facts: Facts, organisation: Organisation) -> Iterator[Found]:
    """The claims that count for this author; claims of unaligned domains are dropped."""
    claims = [(facts.spf, facts.dmarc.strict_spf), *((claim, facts.dmarc.strict_dkim) for claim in facts.dkim)]
    for claim, strict in claims:
        near = alignment(claim.domain, facts.author_domain, organisation)
        if near is Alignment.NONE or (strict and near is not Alignment.EXACT):
            continue
        unsure = near is Alignment.RELAXED and facts.dmarc.published is Published.UNKNOWN
        yield Found.TEMPERROR if unsure and claim.found is Found.PASS else claim.found
