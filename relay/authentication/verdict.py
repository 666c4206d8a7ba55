"""Is this really who From says? From what was found out about a letter to one verdict. Pure.

The author is the one From address. It is proven by a domain that vouches for the letter and belongs together with the
author's: a DKIM signature, the envelope's domain by SPF, or a forwarder the operator trusts. That is DMARC's rule
(RFC 7489), held as if every domain asked for p=reject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from relay.authentication.dmarc import Alignment, Dmarc, Organisation, Published, alignment


class Verdict(StrEnum):
    """What became of the proof."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"
    TEMPERROR = "temperror"
    UNPROVEN = "unproven"
    """The author's domain publishes nothing by which anybody could tell."""


class Found(StrEnum):
    """What one check found."""

    PASS = "pass"  # noqa: S105 -- no password
    FAIL = "fail"
    NONE = "none"
    TEMPERROR = "temperror"


@dataclass(frozen=True, slots=True)
class Claim:
    """``domain`` (lower case) is said to vouch for the letter, and what came of checking that."""

    domain: str
    found: Found


NO_CLAIM = Claim("", Found.NONE)
NO_DMARC = Dmarc()


@dataclass(frozen=True, slots=True)
class Facts:
    """What relay itself found out about one letter.

    ``author_domain`` is that of From; ``spf`` is about the envelope's domain; ``author_spf`` tells whether the domain
    of From publishes SPF at all; ``forwarded`` what a trusted forwarder found before (ARC).
    """

    author_domain: str
    spf: Claim = NO_CLAIM
    dkim: tuple[Claim, ...] = ()
    dmarc: Dmarc = NO_DMARC
    author_spf: Published = Published.NO
    forwarded: Found = Found.NONE


@dataclass(frozen=True, slots=True)
class Reported:
    """What the server before relay found out, in its own words: ``dmarc`` for the domain of From, and the claims."""

    author_domain: str
    dmarc: Found | None = None
    spf: tuple[Claim, ...] = ()
    dkim: tuple[Claim, ...] = ()


def decide(facts: Facts, organisation: Organisation) -> Verdict:
    """The verdict on what relay found out itself."""
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
    """The verdict on what the server before relay says. Where it says too little, nothing is proven."""
    near = [
        claim.found
        for claim in (*reported.spf, *reported.dkim)
        if alignment(claim.domain, reported.author_domain, organisation) is not Alignment.NONE
    ]
    if reported.dmarc is Found.FAIL:  # it knows of a strict alignment that we do not
        return Verdict.FAIL
    if reported.dmarc is Found.PASS or Found.PASS in near:
        return Verdict.PASS
    if reported.dmarc is Found.TEMPERROR or Found.TEMPERROR in near:
        return Verdict.TEMPERROR
    if reported.dmarc is Found.NONE and set(near) == {Found.NONE}:
        return Verdict.UNPROVEN
    return Verdict.FAIL


def _weighed(facts: Facts, organisation: Organisation) -> Iterator[Found]:
    """Each claim as it counts for this author: not at all when its domain is another's."""
    claims = [(facts.spf, facts.dmarc.strict_spf), *((claim, facts.dmarc.strict_dkim) for claim in facts.dkim)]
    for claim, strict in claims:
        near = alignment(claim.domain, facts.author_domain, organisation)
        if near is Alignment.NONE or (strict and near is not Alignment.EXACT):
            continue
        unsure = near is Alignment.RELAXED and facts.dmarc.published is Published.UNKNOWN
        yield Found.TEMPERROR if unsure and claim.found is Found.PASS else claim.found
