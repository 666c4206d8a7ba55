"""Is it really the member? Letters of all sorts of people, judged with a real name server on loopback."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import dkim
import pytest

from relay.authentication.dmarc import organisations
from relay.authentication.verdict import Verdict
from relay.authentication.verify import SelfVerification, accept_all, proof
from relay.dns.cache import Answers
from relay.message.dkim_canonical import body_hash
from relay.settings import Address, AuthenticitySettings, DnsSettings, Settings

from .posting import (
    ALIAS,
    AT_POOR,
    AT_SMALL,
    BIG,
    COVERED,
    ELSEWHERE,
    EVIL,
    FORGED,
    FORWARDED,
    LISTS,
    LOOKALIKE,
    PASSED,
    PEM,
    POOR,
    SMALL,
    Post,
    body_changed,
    but,
    sealed_by,
    subject_changed,
    zone,
)

ORGANISATION = organisations()
MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
PASS, FAIL, TEMPERROR, UNPROVEN = Verdict.PASS, Verdict.FAIL, Verdict.TEMPERROR, Verdict.UNPROVEN

TABLE: list[tuple[str, Post, Verdict]] = [
    # a large provider: SPF, DKIM and DMARC
    ("big: SPF and DKIM", Post(signers=(BIG,)), PASS),
    ("big: SPF alone", Post(), PASS),
    ("big: DKIM alone, from another server", Post(peer=ELSEWHERE, signers=(BIG,)), PASS),
    ("big: neither", Post(peer=ELSEWHERE), FAIL),
    ("big: SPF fails, DKIM broken", Post(peer=ELSEWHERE, signers=(BIG,), change=body_changed), FAIL),
    ("big: DKIM broken, SPF good", Post(signers=(BIG,), change=body_changed), PASS),
    ("big: SPF no answer, DKIM good", Post(signers=(BIG,), mishaps={"_spf." + BIG: "SERVFAIL"}), PASS),
    ("big: SPF no answer", Post(mishaps={"_spf." + BIG: "SERVFAIL"}), TEMPERROR),
    (
        "big: the key no answer",
        Post(peer=ELSEWHERE, signers=(BIG,), mishaps={"k._domainkey." + BIG: "SERVFAIL"}),
        TEMPERROR,
    ),
    (
        "big: the key silent",
        Post(peer=ELSEWHERE, signers=(BIG,), mishaps={"k._domainkey." + BIG: "silence"}),
        TEMPERROR,
    ),
    ("big: the key silent, SPF good", Post(signers=(BIG,), mishaps={"k._domainkey." + BIG: "silence"}), PASS),
    ("big: DMARC no answer, exact proof", Post(signers=(BIG,), mishaps={"_dmarc." + BIG: "SERVFAIL"}), PASS),
    (
        "big: DMARC no answer, no proof, SPF is published",
        Post(peer=ELSEWHERE, mishaps={"_dmarc." + BIG: "SERVFAIL"}),
        FAIL,
    ),
    ("big: signed for somebody else, taken from there", Post(peer=ELSEWHERE, signers=(BIG,), to="x@a.example"), FAIL),
    (
        "big: signed for somebody else, and us named where nothing is signed",
        Post(peer=ELSEWHERE, signers=(BIG,), to="x@a.example", change=lambda c: f"Cc: {ALIAS}\r\n".encode() + c),
        FAIL,
    ),
    (
        "big: signed for nobody in particular",
        Post(peer=ELSEWHERE, signers=(BIG,), covered=(b"from", b"subject", b"date")),
        FAIL,
    ),
    ("big: signed for nobody in particular, SPF good", Post(signers=(BIG,), covered=(b"from", b"subject")), PASS),
    (
        "poor: their only proof is a signature for nobody in particular",
        Post("ann@signs.example", "x@a.example", ELSEWHERE, ("signs.example",), covered=(b"from", b"subject")),
        UNPROVEN,
    ),
    ("poor: their only proof is a signature", Post("ann@signs.example", "", ELSEWHERE, ("signs.example",)), PASS),
    ("big: written to several", Post(peer=ELSEWHERE, signers=(BIG,), to=f"x@a.example, Amber <{ALIAS.title()}>"), PASS),
    ("big: written in blind copy, SPF good", Post(signers=(BIG,), to="x@a.example"), PASS),
    (
        "big: good signature below bad ones",
        Post(peer=ELSEWHERE, signers=(BIG, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL)),
        PASS,
    ),
    # a small host: SPF by its MX, DKIM by a name below, no DMARC
    ("small: SPF", AT_SMALL, PASS),
    ("small: DKIM of a name below", but(AT_SMALL, peer=ELSEWHERE, signers=("mail." + SMALL,)), PASS),
    ("small: SPF of a name below", but(AT_SMALL, sender="bob@mail." + SMALL, peer=ELSEWHERE), FAIL),
    ("small: SPF of the organisation", Post("b@mail." + SMALL, "b@" + SMALL), PASS),
    ("small: a domain that ends alike", but(AT_SMALL, peer=ELSEWHERE, signers=("not" + SMALL,)), FAIL),
    ("small: SPF fails", but(AT_SMALL, peer=ELSEWHERE), FAIL),
    ("small: a neighbour under the same public suffix", but(AT_SMALL, sender="x@other.co.uk", peer=ELSEWHERE), FAIL),
    ("small: MX no answer", but(AT_SMALL, mishaps={"mx." + SMALL: "SERVFAIL"}), TEMPERROR),
    (
        "small: DMARC no answer, proof by a name below",
        but(AT_SMALL, peer=ELSEWHERE, signers=("mail." + SMALL,), mishaps={"_dmarc." + SMALL: "SERVFAIL"}),
        TEMPERROR,
    ),
    ("small: broken SPF record", but(AT_SMALL, mishaps={(SMALL, "TXT"): ['"v=spf1 mx mx: -all"']}), FAIL),
    # one who publishes nothing
    ("poor: nothing at all", AT_POOR, UNPROVEN),
    ("poor: somebody else's signature", but(AT_POOR, signers=(EVIL,)), UNPROVEN),
    ("poor: a signature of their own without a key", but(AT_POOR, signers=(POOR,)), FAIL),
    ("poor: only a DMARC record", but(AT_POOR, mishaps={("_dmarc." + POOR, "TXT"): ['"v=DMARC1; p=none"']}), FAIL),
    ("poor: only an SPF record", but(AT_POOR, mishaps={(POOR, "TXT"): ['"v=spf1 ?all"']}), FAIL),
    ("poor: DNS no answer", but(AT_POOR, mishaps={POOR: "SERVFAIL"}), TEMPERROR),
    ("poor: DMARC no answer", but(AT_POOR, mishaps={"_dmarc." + POOR: "SERVFAIL"}), TEMPERROR),
    ("nobody: no such domain", Post("x@nowhere.example", "x@nowhere.example"), UNPROVEN),
    # one who wants the very same domain
    ("strict: SPF of the same", Post("c@strict.example", "c@strict.example"), PASS),
    ("strict: SPF of a name below", Post("c@strict.example", "c@mail.strict.example"), FAIL),
    (
        "strict: DKIM of a name below",
        Post("c@strict.example", "c@lists.example", ELSEWHERE, ("mail.strict.example",)),
        FAIL,
    ),
    ("strict: the record of the organisation", Post("c@mail.strict.example", "c@strict.example"), FAIL),
    # a forwarder
    ("forwarder: unchanged, signature whole", but(FORWARDED, signers=(BIG,)), PASS),
    ("forwarder: changed, no seal", but(FORWARDED, signers=(BIG,), change=subject_changed), FAIL),
    ("forwarder: sealed, all was well there", but(FORWARDED, sealer=LISTS, results=PASSED), PASS),
    (
        "forwarder: sealed, signature was good there",
        but(FORWARDED, sealer=LISTS, results=f"dkim=pass header.d={BIG}; spf=none"),
        PASS,
    ),
    (
        "forwarder: sealed, SPF was good there",
        but(FORWARDED, sealer=LISTS, results=f"spf=pass smtp.mailfrom=a@{BIG}"),
        PASS,
    ),
    (
        "forwarder: sealed, nothing was well there",
        but(FORWARDED, sealer=LISTS, results=f"dmarc=fail header.from={BIG}"),
        FAIL,
    ),
    (
        "forwarder: sealed, well for somebody else",
        but(FORWARDED, sealer=LISTS, results=f"dmarc=pass header.from={EVIL}"),
        FAIL,
    ),
    ("forwarder: sealed, then changed", but(FORWARDED, sealer=LISTS, results=PASSED, change=body_changed), FAIL),
    (
        "forwarder: sealed, results changed",
        but(
            FORWARDED,
            sealer=LISTS,
            results="dmarc=fail header.from=" + BIG,
            change=lambda c: c.replace(b"dmarc=fail", b"dmarc=pass"),
        ),
        FAIL,
    ),
    (
        "forwarder: sealed for somebody else, taken from there",
        but(FORWARDED, sealer=LISTS, results=PASSED, to="x@a.example"),
        FAIL,
    ),
    (
        "forwarder: sealed for somebody else, and us named where nothing is sealed",
        but(
            FORWARDED, sealer=LISTS, results=PASSED, to="x@a.example", change=lambda c: f"Cc: {ALIAS}\r\n".encode() + c
        ),
        FAIL,
    ),
    ("forwarder: sealed by one nobody trusts", but(FORWARDED, sealer=EVIL, results=PASSED), FAIL),
    (
        "forwarder: sealed by one nobody trusts nor asks",
        but(FORWARDED, sealer=EVIL, results=PASSED, mishaps={"k._domainkey." + EVIL: "SERVFAIL"}),
        FAIL,
    ),
    (
        "forwarder: its key no answer",
        but(FORWARDED, sealer=LISTS, results=PASSED, mishaps={"k._domainkey." + LISTS: "SERVFAIL"}),
        TEMPERROR,
    ),
    (
        "forwarder: its key gone",
        but(FORWARDED, sealer=LISTS, results=PASSED, mishaps={("k._domainkey." + LISTS, "TXT"): ['"v=DKIM1; p="']}),
        FAIL,
    ),
    (
        "forwarder: broken seal, signature whole",
        but(FORWARDED, signers=(BIG,), change=lambda c: b"ARC-Seal: i=1; hello\r\n" + c),
        PASS,
    ),
    # a spoofer: everything right, for another domain
    ("spoofer: own SPF", FORGED, FAIL),
    ("spoofer: own signature", but(FORGED, signers=(EVIL,)), FAIL),
    ("spoofer: member's envelope", but(FORGED, sender="ann@" + BIG), FAIL),
    ("spoofer: null envelope, own greeting", but(FORGED, sender=""), FAIL),
    ("spoofer: null envelope, member's greeting", but(FORGED, sender="", helo=BIG), FAIL),
    ("spoofer: a sealed tale", but(FORGED, sealer=EVIL, results=PASSED), FAIL),
    (
        "spoofer: sealed in another's name",
        but(FORGED, sealer=EVIL, results=PASSED, change=lambda c: c.replace(b"d=evil.example", b"d=lists.example")),
        FAIL,
    ),
    (
        "spoofer: results of their own writing",
        but(FORGED, change=lambda c: b"Authentication-Results: relay.example; " + PASSED.encode() + b"\r\n" + c),
        FAIL,
    ),
    (
        "spoofer: own DNS silent",
        but(FORGED, signers=(EVIL,), mishaps={EVIL: "silence", "k._domainkey." + EVIL: "silence"}),
        FAIL,
    ),
    # who looks alike is who they are, and no member
    ("look-alike: as itself", Post("ann@" + LOOKALIKE, "ann@" + LOOKALIKE, ELSEWHERE, (LOOKALIKE,)), PASS),
    ("look-alike: for the real one", Post("ann@" + BIG, "ann@" + LOOKALIKE, ELSEWHERE, (LOOKALIKE,)), FAIL),
]


@pytest.mark.parametrize(("post", "verdict"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
async def test_each_letter_is_judged_by_what_proves_its_author(
    post: Post, verdict: Verdict, name_server: MakeServer
) -> None:
    where = await name_server(zone() | post.mishaps)
    patience = 2.0 if "silence" in post.mishaps.values() else 20
    own = SelfVerification(
        Answers(DnsSettings(nameservers=(where,))), ORGANISATION, frozenset({LISTS}), patience=patience
    )
    assert (await own(post.envelope(), post.author)).verdict(ALIAS) == verdict
    assert (await own(post.envelope(), post.author)).verdict(ALIAS) == verdict  # with the answers that are known now


@pytest.mark.parametrize(
    ("trusted", "verdict"),
    [
        ((LISTS, EVIL), PASS),  # both are believed: the second that it was so, the first what it was
        ((EVIL,), FAIL),  # the last one alone, and it says only that the chain was whole
        ((LISTS,), FAIL),  # whoever came after the one who is trusted could have written anything
        ((), FAIL),
    ],
)
async def test_a_chain_is_believed_as_far_back_as_each_is_trusted(
    trusted: tuple[str, ...], verdict: Verdict, name_server: MakeServer
) -> None:
    plain = FORWARDED.envelope()
    once = sealed_by(plain.content, LISTS, PASSED)
    answers = Answers(DnsSettings(nameservers=(await name_server(zone()),)))
    own = SelfVerification(answers, ORGANISATION, frozenset(trusted))
    content = sealed_by(once, EVIL, "arc=pass; dmarc=fail header.from=" + BIG)
    assert (await own(replace(plain, content=content), FORWARDED.author)).verdict(ALIAS) == verdict
    assert (await own(replace(plain, content=content.replace(b"cv=pass", b"cv=fail")), FORWARDED.author)).verdict(
        ALIAS
    ) == FAIL
    without_first = re.sub(rb"ARC-[A-Za-z-]+: i=1;.*?\r\n(?=\S)", b"", content, flags=re.DOTALL)
    assert (await own(replace(plain, content=without_first), FORWARDED.author)).verdict(ALIAS) == FAIL


async def test_all_questions_together_take_no_longer_than_the_patience(name_server: MakeServer) -> None:
    where = await name_server(dict.fromkeys((BIG, "_dmarc." + BIG, "k._domainkey." + BIG), "silence"))
    own = SelfVerification(Answers(DnsSettings(nameservers=(where,))), ORGANISATION, frozenset({LISTS}), patience=1.0)
    begun = time.monotonic()
    assert (await own(Post(signers=(BIG,)).envelope(), Post().author)).verdict(ALIAS) == TEMPERROR
    assert time.monotonic() - begun < 4  # one question alone is waited for longer


async def test_what_was_answered_once_is_not_asked_again(name_server: MakeServer) -> None:
    records = zone()
    own = SelfVerification(Answers(DnsSettings(nameservers=(await name_server(records),))), ORGANISATION)
    envelope = Post(signers=(BIG,)).envelope()
    assert (await own(envelope, Post().author)).verdict(ALIAS) == PASS
    records.clear()
    assert (await own(envelope, Post().author)).verdict(ALIAS) == PASS


async def test_what_is_known_already_needs_no_tasks(name_server: MakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    own = SelfVerification(Answers(DnsSettings(nameservers=(await name_server(zone()),))), ORGANISATION)
    envelope = Post(signers=(BIG,)).envelope()
    first = await own(envelope, Post().author)
    together: list[int] = []
    real = asyncio.gather
    monkeypatch.setattr(asyncio, "gather", lambda *some: together.append(len(some)) or real(*some))
    assert await own(envelope, Post().author) == first
    assert not together
    own.answers._cached.popitem()
    assert await own(envelope, Post().author) == first
    assert together


async def test_a_signature_expires_by_the_clock_that_is_given(name_server: MakeServer) -> None:
    answers = Answers(DnsSettings(nameservers=(await name_server(zone()),)))
    signed = Post(signers=(BIG,), peer=ELSEWHERE).envelope()
    soon = [
        SelfVerification(answers, ORGANISATION, now=lambda days=days: time.time() + days * 86400) for days in (0, 60)
    ]
    assert [(await own(signed, Post().author)).verdict(ALIAS) for own in soon] == [PASS, FAIL]


async def test_a_large_letter_is_proven_and_lets_others_go_on_meanwhile(
    name_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed_in: set[threading.Thread] = set()

    def noted(*given: Any, **named: Any) -> bytes:
        hashed_in.add(threading.current_thread())
        return body_hash(*given, **named)

    monkeypatch.setattr("relay.authentication.examination.body_hash", noted)
    head = f"From: <{Post().author}>\r\nTo: {ALIAS}\r\nSubject: s\r\n\r\n".encode()
    letter = head + b"some  words \r\n" * 400_000
    stamp = dkim.sign(letter, b"k", BIG.encode(), PEM.encode(), include_headers=COVERED[:3])
    own = SelfVerification(Answers(DnsSettings(nameservers=(await name_server(zone()),))), ORGANISATION)
    envelope = Post(peer=ELSEWHERE).envelope()
    task = asyncio.ensure_future(own(replace(envelope, content=stamp + letter), Post().author))
    longest, before = 0.0, time.thread_time()  # of this thread alone: the machine may be busy with other things
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.thread_time()
        longest, before = max(longest, now - before), now
    assert (await task).verdict(ALIAS) == PASS
    assert hashed_in and threading.main_thread() not in hashed_in
    assert longest < 0.5


async def test_who_believes_every_letter_asks_nobody() -> None:
    assert (await accept_all(FORGED.envelope(), FORGED.author)).verdict(ALIAS) == PASS
    assert proof(Settings("relay.example", authenticity=AuthenticitySettings(verify="none"))) is accept_all
