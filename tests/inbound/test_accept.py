"""One envelope at the dot: the order of things, what is written, and what its client hears."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.model import Envelope
from relay.settings import AuthenticitySettings
from relay.store import StoreBusyOrFull, StoreError

from .conftest import DOMAIN, OPERATOR, Inbound, opened

JANE, OMAR, STRANGER = "jane@real.example", "omar@home.example", "x@stranger.example"
TO_OMAR, TO_JANE = f"quiet-river.p1@{DOMAIN}", f"amber-heron.p1@{DOMAIN}"
PAUSED, POSTMASTER = f"still-water.p2@{DOMAIN}", f"postmaster@{DOMAIN}"
NOBODY = f"nobody-here.k7t3mp9wq2xrd@{DOMAIN}"


@pytest.fixture
async def inbound(inbound: Inbound) -> Inbound:
    """Jane writes to Omar as Quiet River, and to Ines, whose pair is paused, as Still Water."""
    await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    await inbound.pair("p2", JANE, "ines@home.example", ("Tall Pine", "Still Water"), "paused")
    return inbound


async def lines(inbound: Inbound) -> list[tuple[str, str, str]]:
    """The journal, oldest first: kind, outcome, reason."""
    return [(one.kind, one.outcome, one.reason) for one in reversed(await inbound.entries())]


async def test_a_letter_is_journalled_and_owed_before_its_client_hears_250(inbound: Inbound) -> None:
    reply = await inbound.send(JANE, TO_OMAR)
    (entry,) = await inbound.entries()
    assert reply == f"250 2.0.0 accepted as {entry.id}"
    assert (entry.kind, entry.pair_id, entry.side, entry.outcome) == ("letter", "p1", "mentor", "accepted")
    (owed,) = await inbound.due()
    assert (owed.journal_id, owed.recipient) == (entry.id, OMAR)
    assert b"jane" not in owed.content.lower()


async def test_an_address_written_twice_in_two_cases_gets_one_letter(inbound: Inbound) -> None:
    upper = TO_OMAR.upper().replace(DOMAIN.upper(), DOMAIN)
    assert (await inbound.send(JANE, TO_OMAR, upper)).startswith("250")
    assert len(await inbound.due()) == 1


ONE = [
    (JANE, NOBODY, "550 5.7.1", "UnknownAlias"),
    (JANE, TO_JANE, "550 5.7.1", "NotTheirAlias"),
    (STRANGER, TO_OMAR, "550 5.7.1", "NotTheirAlias"),
    (STRANGER, f"help@{DOMAIN}", "550 5.7.1", "UnknownAlias"),
    (JANE, f"c-{'a' * 24}.x@{DOMAIN}", "550 5.7.1", "UnknownAlias"),
    (JANE, PAUSED, "550 5.2.1", "PairClosed"),
]


@pytest.mark.parametrize(("author", "recipient", "code", "reason"), ONE)
async def test_what_is_refused_is_journalled_with_the_class_of_refusal_alone(
    author: str, recipient: str, code: str, reason: str, inbound: Inbound
) -> None:
    reply = await inbound.send(author, recipient)
    assert reply.startswith(code)
    told = [("notice", "accepted", "")] if reason == "PairClosed" else []  # a member hears why; nobody else does
    assert await lines(inbound) == [("refusal", "refused", reason), *told]
    refusal = (await inbound.entries())[-1]
    owed = [(one.journal_id, one.recipient, one.return_path) for one in await inbound.due()]
    assert owed == [(f"{refusal.id}-x", author, "") for _ in told]


async def test_strangers_hear_the_same_words_whatever_is_wrong(inbound: Inbound) -> None:
    inbound.verdicts[JANE] = Verdict.FAIL
    heard = [await inbound.send(author, to) for author in (JANE, STRANGER) for to in (TO_OMAR, NOBODY, PAUSED, TO_JANE)]
    assert {reply.partition(" (")[0] for reply in heard} == {heard[0].partition(" (")[0]}


async def test_while_authorship_cannot_be_told_the_letter_is_put_off(inbound: Inbound) -> None:
    inbound.verdicts[JANE] = Verdict.TEMPERROR
    assert (await inbound.send(JANE, TO_OMAR)).startswith("4")
    assert await inbound.due() == []


@pytest.mark.parametrize("from_field", ["", "From: \r\n", f"From: <{JANE}>, <{STRANGER}>\r\n", "From: nobody\r\n"])
async def test_a_letter_without_exactly_one_author_is_nobodys(from_field: str, inbound: Inbound) -> None:
    octets = f"{from_field}To: <{TO_OMAR}>\r\nSubject: x\r\n\r\nHello\r\n".encode()
    assert (await inbound.envelope(Envelope(JANE, (TO_OMAR,), octets, "192.0.2.1"))).startswith("550 5.7.1")
    assert await inbound.due() == []


async def test_the_permitted_recipients_are_served_and_the_author_told_of_the_others(inbound: Inbound) -> None:
    reply = await inbound.send(JANE, NOBODY, TO_OMAR, PAUSED)
    entries = await inbound.entries()
    (letter,) = [entry for entry in entries if entry.kind == "letter"]
    assert reply == f"250 2.0.0 accepted as {letter.id}"
    assert sorted(entry.reason for entry in entries if entry.kind == "refusal") == ["PairClosed", "UnknownAlias"]
    assert len({entry.id for entry in entries}) == len(entries)
    (word,) = await inbound.due(JANE)
    assert word.return_path == ""
    assert b"2 other addresses" in word.content


async def test_people_outside_who_are_copied_are_counted_once_each(inbound: Inbound) -> None:
    others = "Cc: a@out.example, A@OUT.example, b@out.example"
    await inbound.send(JANE, TO_OMAR, fields=(others,))
    (word,) = await inbound.due(JANE)
    assert b"You also sent copies to 2 people" in word.content
    assert b"out.example" not in word.content


async def test_a_letter_to_one_alone_brings_no_word_to_its_author(inbound: Inbound) -> None:
    await inbound.send(JANE, TO_OMAR)
    assert await inbound.due(JANE) == []


async def test_one_recipient_that_must_come_again_brings_the_whole_envelope_again(inbound: Inbound) -> None:
    inbound.verdicts[JANE, TO_OMAR] = Verdict.TEMPERROR
    assert (await inbound.send(JANE, POSTMASTER, TO_OMAR)).startswith("4")
    assert await inbound.due() == []
    inbound.verdicts.clear()
    assert (await inbound.send(JANE, POSTMASTER, TO_OMAR)).startswith("250")
    assert sorted(one.recipient for one in await inbound.due() if one.recipient != JANE) == [OPERATOR, OMAR]


async def test_of_several_refusals_the_one_that_tells_most_is_the_answer(inbound: Inbound) -> None:
    assert (await inbound.send(JANE, NOBODY, PAUSED)).startswith("550 5.2.1")
    assert (await inbound.send(JANE, NOBODY, TO_JANE)).startswith("550 5.7.1")


async def test_the_same_letter_again_is_taken_and_not_sent_twice(inbound: Inbound) -> None:
    first = await inbound.send(JANE, TO_OMAR)
    assert await inbound.send(JANE, TO_OMAR) == first
    assert len(await inbound.due()) == 1
    assert (await inbound.send(JANE, TO_OMAR, body="Another")) != first


async def test_mail_for_the_operator_needs_no_author(inbound: Inbound) -> None:
    inbound.verdicts[STRANGER] = Verdict.FAIL
    assert (await inbound.send(STRANGER, POSTMASTER)).startswith("250")
    (owed,) = await inbound.due(OPERATOR)
    assert owed.notice


@pytest.mark.parametrize(
    ("error", "reply", "log"),
    [
        (StoreBusyOrFull("the disk is full"), "452 4.3.1", "the database cannot take it now: the disk is full"),
        (StoreError("an id is taken"), "451 4.3.0", "an id is taken"),
        (RuntimeError("Dear Omar, my number is 555"), "451 4.3.0", "internal error: RuntimeError"),
    ],
)
async def test_what_cannot_be_written_is_put_off_and_the_log_holds_no_words_of_the_letter(
    error: Exception,
    reply: str,
    log: str,
    inbound: Inbound,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    async def failing(*_: Any) -> Any:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("relay.inbound.accept.commit", failing)
        assert (await inbound.send(JANE, TO_OMAR)).startswith(reply)
    assert log in caplog.text
    assert "my number" not in caplog.text
    assert await inbound.due() == []
    assert (await inbound.send(JANE, TO_OMAR)).startswith("250"), "nothing of the first try is left"


async def test_a_letter_beyond_all_bounds_is_refused_before_anybody_is_asked(inbound: Inbound) -> None:
    octets = b"From: <" + JANE.encode() + b">\r\n" + b"X: y\r\n" * 20_000 + b"\r\nHello\r\n"
    assert (await inbound.envelope(Envelope(JANE, (TO_OMAR,), octets, "192.0.2.1"))).startswith("55")
    assert [reason for _, _, reason in await lines(inbound)] == ["Malformed"]


async def test_what_follows_the_answer_does_not_change_it(
    inbound: Inbound, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(reason: str) -> bool:
        raise RuntimeError(f"Dear Omar, {reason}")

    await inbound.send(JANE, TO_OMAR)
    (owed,) = await inbound.due()
    monkeypatch.setattr("relay.outbound.suspension.gone", broken)
    report = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nUser unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    reply = await inbound.envelope(Envelope("", (owed.return_path,), report.encode(), "192.0.2.1"))
    assert reply.startswith("250")
    assert "work after its reply failed: RuntimeError" in caplog.text and "Omar" not in caplog.text


async def test_a_letter_of_a_proven_member_that_is_put_off_is_journalled_with_its_pair(inbound: Inbound) -> None:
    inbound.rate_limits.authors._most = 1
    await inbound.send(JANE, TO_OMAR)
    assert (await inbound.send(JANE, TO_OMAR, body="x", message_id="m2@real.example")).startswith("450 4.7.1")
    (entry,) = [one for one in await inbound.entries() if one.outcome == "refused"]
    assert (entry.reason, entry.pair_id, entry.side) == ("TooMuchMail", "p1", "mentor")


async def test_a_letter_too_many_that_cannot_be_made_anonymous_is_refused_and_not_held(inbound: Inbound) -> None:
    inbound.rate_limits.authors._most = 1
    garbled = {"fields": ("Content-Type: message/partial; id=x",), "message_id": "m2@real.example"}
    assert (await inbound.send(JANE, TO_OMAR)).startswith("250")
    assert (await inbound.send(JANE, TO_OMAR, **garbled)).startswith("450 4.7.1")
    inbound.now += timedelta(hours=5)
    assert (await inbound.send(JANE, TO_OMAR, body="Another", message_id="m3@real.example")).startswith("250")
    assert (await inbound.send(JANE, TO_OMAR, **garbled)).startswith("554 5.6.0")
    assert await inbound.store.over_limit.rows() == []
    assert (await inbound.send(JANE, TO_OMAR, body="x", message_id="m4@real.example")).startswith("450")


@pytest.mark.parametrize(
    ("verdict", "author", "taken"),
    [
        (Verdict.PASS, "j.a.ne@googlemail.com", True),
        (Verdict.PASS, "jane+school@gmail.com", True),
        (Verdict.UNPROVEN, "j.a.ne@googlemail.com", False),
        (Verdict.FAIL, "jane+school@gmail.com", False),
        (Verdict.PASS, "j.a.n@gmail.com", False),
        (Verdict.PASS, "ines+x@home.example", False),
    ],
)
async def test_a_proven_author_may_write_from_any_spelling_of_their_mailbox(
    verdict: Verdict, author: str, taken: bool, inbound: Inbound
) -> None:
    await inbound.pair("p3", "jane@gmail.com", "ines@home.example", ("Grey Seal", "Red Kite"))
    inbound.verdicts[author] = verdict
    to = f"grey-seal.p3@{DOMAIN}" if author.startswith("ines") else f"red-kite.p3@{DOMAIN}"
    reply = await inbound.send(author, to, body=f"I write from {author} today")
    assert reply.startswith("250") is taken, reply
    for owed in await inbound.due("ines@home.example"):
        assert author.encode() not in owed.content


async def test_a_tag_makes_no_other_mailbox_where_the_operator_says_so(home: Home) -> None:
    wanted = AuthenticitySettings(plus_tags=("home.example",))
    async with opened(home, authenticity=wanted) as inbound:
        await inbound.pair("p3", JANE, "ines+school@home.example", ("Grey Seal", "Red Kite"))
        assert (await inbound.send("ines@home.example", f"grey-seal.p3@{DOMAIN}")).startswith("250")
        assert (await inbound.send("in.es@home.example", f"grey-seal.p3@{DOMAIN}")).startswith("550 5.7.1")
