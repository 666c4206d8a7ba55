"""The verdict, for every combination of what can be found out."""

from __future__ import annotations

from itertools import product

import pytest

from relay.authentication.dmarc import Dmarc, Published, read_dmarc
from relay.authentication.verdict import Claim, Facts, Found, Reported, Verdict, decide, decide_reported

HOME, BELOW, OTHER = "home.example", "mail.home.example", "evil.example"
RECORDS = [
    Dmarc(Published.NO),
    Dmarc(Published.UNKNOWN),
    *(Dmarc(Published.YES, *strict) for strict in product((False, True), repeat=2)),
]


def organisation(domain: str) -> str:
    return ".".join(domain.split(".")[-2:])


def all_facts(near: str) -> list[Facts]:
    """Everything that can be found about a letter whose proofs are all of the domain ``near``."""
    return [
        Facts(HOME, Claim(near, spf), (Claim(near, dkim),), dmarc, author_spf, forwarded)
        for spf, dkim, dmarc, author_spf, forwarded in product(Found, Found, RECORDS, Published, Found)
    ]


def test_nothing_of_another_domain_ever_proves_an_author() -> None:
    for facts in all_facts(OTHER):
        proven = facts.forwarded is Found.PASS
        assert (decide(facts, organisation) is Verdict.PASS) == proven


def test_the_very_domain_proves_its_authors_whatever_else_there_is() -> None:
    for facts in all_facts(HOME):
        proven = Found.PASS in (facts.spf.found, facts.dkim[0].found, facts.forwarded)
        assert (decide(facts, organisation) is Verdict.PASS) == proven


def test_a_domain_below_proves_them_unless_the_record_wants_the_same_or_was_not_to_be_had() -> None:
    for facts in all_facts(BELOW):
        known = facts.dmarc.published is not Published.UNKNOWN
        by_spf = facts.spf.found is Found.PASS and known and not facts.dmarc.strict_spf
        by_dkim = facts.dkim[0].found is Found.PASS and known and not facts.dmarc.strict_dkim
        proven = by_spf or by_dkim or facts.forwarded is Found.PASS
        assert (decide(facts, organisation) is Verdict.PASS) == proven


def test_unproven_is_only_who_publishes_nothing() -> None:
    for near in (HOME, BELOW, OTHER):
        for facts in all_facts(near):
            if decide(facts, organisation) is Verdict.UNPROVEN:
                assert facts.dmarc.published is Published.NO
                assert facts.author_spf is Published.NO
                assert near == OTHER or {facts.spf.found, facts.dkim[0].found} == {Found.NONE}


def test_trouble_is_said_to_be_trouble_only_when_it_could_have_changed_the_verdict() -> None:
    for facts in all_facts(OTHER):
        settled = facts.forwarded is not Found.TEMPERROR and Published.YES in (facts.dmarc.published, facts.author_spf)
        if settled:
            assert decide(facts, organisation) in (Verdict.PASS, Verdict.FAIL)


@pytest.mark.parametrize(
    ("dmarc", "spf", "dkim", "verdict"),
    [
        (Found.PASS, [], [], Verdict.PASS),
        (None, [Claim(HOME, Found.PASS)], [], Verdict.PASS),
        (None, [], [Claim(BELOW, Found.PASS)], Verdict.PASS),
        (Found.NONE, [], [Claim(OTHER, Found.PASS), Claim(HOME, Found.PASS)], Verdict.PASS),
        (Found.FAIL, [Claim(HOME, Found.PASS)], [Claim(HOME, Found.PASS)], Verdict.FAIL),
        (None, [Claim(OTHER, Found.PASS)], [Claim("", Found.PASS)], Verdict.FAIL),
        (Found.TEMPERROR, [Claim(HOME, Found.NONE)], [], Verdict.TEMPERROR),
        (None, [Claim(HOME, Found.TEMPERROR)], [], Verdict.TEMPERROR),
        (None, [Claim(OTHER, Found.TEMPERROR)], [], Verdict.FAIL),
        (Found.NONE, [Claim(HOME, Found.NONE)], [], Verdict.UNPROVEN),
        (Found.NONE, [Claim(OTHER, Found.NONE)], [], Verdict.FAIL),
        (Found.NONE, [Claim(HOME, Found.NONE)], [Claim(HOME, Found.FAIL)], Verdict.FAIL),
        (None, [Claim(HOME, Found.NONE)], [], Verdict.FAIL),
        (None, [], [], Verdict.FAIL),
    ],
)
def test_the_server_before_us_is_believed_where_it_speaks_of_this_author(
    dmarc: Found | None, spf: list[Claim], dkim: list[Claim], verdict: Verdict
) -> None:
    assert decide_reported(Reported(HOME, dmarc, tuple(spf), tuple(dkim)), organisation) is verdict


@pytest.mark.parametrize(
    ("records", "read"),
    [
        ([], Dmarc()),
        (["v=spf1 -all"], Dmarc()),
        (["v=DMARC1; p=none"], Dmarc(Published.YES)),
        (["v=DMARC1;p=reject;adkim=s;aspf=S"], Dmarc(Published.YES, strict_dkim=True, strict_spf=True)),
        (["v = DMARC1 ; adkim = s ; nonsense"], Dmarc(Published.YES, strict_dkim=True)),
        (["hello", "v=DMARC1; aspf=s"], Dmarc(Published.YES, strict_spf=True)),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], Dmarc()),
        (["p=none; v=DMARC1"], Dmarc()),
        (["v=DMARC12; p=none"], Dmarc()),
    ],
)
def test_a_record_is_read_for_its_alignment(records: list[str], read: Dmarc) -> None:
    assert read_dmarc(records) == read
