"""A letter that nobody could prove is held and its member asked; a clear yes lets it go, a clear no destroys it."""

from __future__ import annotations

import asyncio
import quopri
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.home import Home
from relay.inbound.quarantine import QUESTIONS_PER_HOUR
from relay.model import PairState, Side
from relay.scheduling.job import Work
from relay.scheduling.runner import run_due
from relay.settings import AuthenticitySettings
from relay.store import AddressConfirmation, Asked, LetterKey, RouteLookup, SuspendedRow

from .conftest import DOMAIN, NOW, OPERATOR, Inbound, opened

JANE, OMAR, NEW, EVE = "jane@bare.example", "omar@home.example", "jane@new.example", "eve@evil.example"


@dataclass(frozen=True)
class Asks:
    """A question as it reached its mailbox."""

    recipient: str
    answer_to: str
    code: str
    text: str


def readable(delivery: Any) -> str:
    """A mail of relay's as people read it: soft line breaks undone."""
    head, _, body = delivery.content.partition(b"\r\n\r\n")
    return f"{head.decode()}\r\n\r\n{quopri.decodestring(body).decode()}"


def question(delivery: Any) -> Asks:
    text = readable(delivery)
    reply_to = re.search(r"^Reply-To: <(.+)>\r$", text, re.MULTILINE)
    subject = re.search(r"^Subject: .*\[([0-9A-Z]{6})\]\r$", text, re.MULTILINE)
    assert reply_to and subject, text
    assert f"<{reply_to[1]}>" in text.partition("Reply-To")[0]  # From, for programs that do not look
    assert subject[1] in text.partition("\r\n\r\n")[2]
    return Asks(delivery.recipient, reply_to[1], subject[1], text)


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with opened(home) as made:
        await made.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        made.verdicts[JANE] = Verdict.UNPROVEN
        yield made


ALIAS = f"quiet-river.p1@{DOMAIN}"


async def asked(inbound: Inbound, *, body: str = "Hello", peer: str = "192.0.2.1", number: int = 1) -> Asks:
    """A letter in Jane's name that nobody can prove, and what she is asked about it."""
    said = await inbound.send(JANE, ALIAS, body=body, peer=peer, message_id=f"{number}@bare.example")
    assert said.startswith("550 5.7.1 ")
    return question(await one_due(inbound, JANE))


async def one_due(inbound: Inbound, recipient: str) -> Any:
    """The next letter to ``recipient``, which is written behind a refusal."""
    async with asyncio.timeout(20):
        while not (found := await inbound.due(recipient)):
            await asyncio.sleep(0.01)
    (one,) = found
    return one


async def settled(inbound: Inbound) -> None:
    """Until nothing is left to do behind refusals."""
    async with asyncio.timeout(20):
        while (running := inbound.quarantine.delayed._running) is not None and not running.done():
            await asyncio.sleep(0.01)


async def held(inbound: Inbound) -> list[str]:
    return [row.last_status for row in await inbound.store.queue.rows() if row.state == "held"]


async def reply(inbound: Inbound, asks: Asks, body: str, author: str = JANE, **more: Any) -> str:
    """An answer; its subject holds no code."""
    return await inbound.send(author, asks.answer_to, body=body, subject="Re: Did you", message_id="a@x.test", **more)


@pytest.mark.parametrize("words", ["Yes", "yes, that was me", "CODE", "> quoted\r\n\r\nOui !"])
async def test_a_clear_yes_lets_the_letter_go(inbound: Inbound, words: str) -> None:
    asks = await asked(inbound)
    assert asks.recipient == JANE
    said = await reply(inbound, asks, words.replace("CODE", asks.code))
    assert said.startswith("250 2.0.0 accepted as ")
    (sent,) = await inbound.due()
    assert sent.recipient == OMAR
    assert await held(inbound) == []
    entry = await inbound.store.journal.show(said.rpartition(" ")[2])
    assert entry is not None
    assert (entry[0].kind, entry[0].reason, entry[0].pair_id, entry[0].side) == ("answer", "yes", "p1", "mentor")


async def test_a_letter_to_a_closing_pair_is_asked_about_and_sent_after_a_yes(inbound: Inbound) -> None:
    await inbound.store.directory.set_state("p1", PairState.CLOSING, inbound.now)
    asks = await asked(inbound)
    await reply(inbound, asks, "yes")
    assert [one.recipient for one in await inbound.due()] == [OMAR]


@pytest.mark.parametrize("words", ["NO, I did not write this!", "No", "Nein heißt es, no: nay\r\nyes", "لا"])
async def test_a_no_destroys_the_letter_and_tells_the_operator(inbound: Inbound, words: str) -> None:
    asks = await asked(inbound)
    said = await reply(inbound, asks, words)
    assert said.startswith("250 ")
    if words.startswith("Nein"):  # not one of ours: open
        assert [one.recipient for one in await inbound.due()] == [JANE]
        return
    told = {one.recipient: readable(one) for one in await inbound.due()}
    assert sorted(told) == sorted([JANE, OPERATOR])
    assert "destroyed" in told[JANE]
    assert "Amber Heron" in told[OPERATOR]
    assert JANE not in told[OPERATOR].partition("\r\n\r\n")[2]
    (letter,) = [entry for entry in await inbound.entries() if entry.kind == "letter"]
    assert (letter.outcome, letter.reason) == ("failed", "denied")
    shown = await inbound.store.journal.show(letter.id)
    assert shown is not None and shown[1] is None  # not even a copy is kept
    assert (await reply(inbound, asks, "yes")).startswith("250 ")
    assert await inbound.due() == []


async def test_what_is_neither_is_asked_once_more_and_then_left_to_a_person(inbound: Inbound) -> None:
    asks = await asked(inbound)
    await reply(inbound, asks, "Yes but who are you?")
    again = question(await one_due(inbound, JANE))
    assert (again.answer_to, again.code) == (asks.answer_to, asks.code)
    assert "nothing has happened yet" in again.text
    await reply(inbound, asks, "Wrong person!")
    told = {one.recipient for one in await inbound.due()}
    assert told == {JANE, OPERATOR}
    await reply(inbound, asks, "Yes")  # only a person decides
    assert await inbound.due() == []
    await inbound.store.questions.expire(NOW + timedelta(days=400))
    assert await held(inbound) == ["unproven"]
    reasons = [entry.reason for entry in await inbound.entries() if entry.kind == "answer"]
    assert reasons == ["ask again", "leave to a person", "too late"]


async def test_a_yes_to_the_second_question_counts(inbound: Inbound) -> None:
    asks = await asked(inbound)
    await reply(inbound, asks, "")
    await one_due(inbound, JANE)
    await reply(inbound, asks, "yes")
    assert [one.recipient for one in await inbound.due()] == [OMAR]


TICKET = "Thank you for your message. Your ticket number is 4711. We will get back to you."


@pytest.mark.parametrize(
    ("fields", "body", "path"),
    [
        (("Auto-Submitted: auto-replied",), "Yes", JANE),
        (("X-Autoreply: yes",), "No", JANE),
        ((), "Yes", ""),
        ((), "No", ""),
    ],
)
async def test_what_a_machine_sent_changes_nothing_and_is_not_answered(
    inbound: Inbound, fields: tuple[str, ...], body: str, path: str
) -> None:
    asks = await asked(inbound)
    assert (await reply(inbound, asks, body, fields=fields, return_path=path)).startswith("250 ")
    assert await inbound.due() == []
    assert await held(inbound) == ["unproven"]
    await reply(inbound, asks, "Yes")
    assert len(await inbound.due()) == 1


async def test_a_ticket_system_releases_nothing(inbound: Inbound) -> None:
    asks = await asked(inbound)
    await reply(inbound, asks, TICKET)
    assert OMAR not in [one.recipient for one in await inbound.due()]
    assert await held(inbound) == ["unproven"]


@pytest.mark.parametrize(
    ("author", "verdict", "body", "counts"),
    [
        (JANE, Verdict.PASS, "yes", True),
        (JANE, Verdict.UNPROVEN, "yes", True),
        (JANE, Verdict.FAIL, "yes", False),
        (JANE, Verdict.FAIL, "CODE", True),
        (EVE, Verdict.PASS, "yes", False),
        (EVE, Verdict.PASS, "CODE", False),
        (EVE, Verdict.UNPROVEN, "CODE", False),
        (OMAR, Verdict.PASS, "yes", False),
    ],
)
async def test_only_the_member_who_was_asked_can_answer(
    inbound: Inbound, author: str, verdict: Verdict, body: str, counts: bool
) -> None:
    asks = await asked(inbound)
    inbound.verdicts[author] = verdict
    said = await reply(inbound, asks, body.replace("CODE", asks.code), author)
    assert said.startswith("250 " if counts else "550 5.7.1 ")
    assert [one.recipient for one in await inbound.due()] == ([OMAR] if counts else [])


async def test_while_dns_does_not_answer_the_answer_is_put_off(inbound: Inbound) -> None:
    asks = await asked(inbound)
    inbound.verdicts[JANE] = Verdict.TEMPERROR
    assert (await reply(inbound, asks, "yes")).startswith("451 4.7.24 ")


async def test_the_code_of_another_question_is_no_yes(inbound: Inbound) -> None:
    first, second = await asked(inbound), await asked(inbound, number=2)
    await reply(inbound, first, second.code)
    assert OMAR not in [one.recipient for one in await inbound.due()]


async def test_what_nobody_answers_is_given_up_and_an_answer_then_is_too_late(inbound: Inbound) -> None:
    asks = await asked(inbound)

    async def nothing(*_: object) -> int:
        return 0

    later = NOW + timedelta(days=8)
    await run_due(Work(inbound.store, lambda: None, nothing, nothing, nothing, nothing, nothing), lambda: later)
    assert not await held(inbound)
    (letter,) = [entry for entry in await inbound.entries() if entry.kind == "letter"]
    assert (letter.outcome, letter.reason) == ("failed", "unconfirmed")
    assert (await reply(inbound, asks, "yes")).startswith("250 ")
    assert OMAR not in [one.recipient for one in await inbound.due()]


async def test_an_answer_that_comes_when_the_pair_rests_is_told_of(inbound: Inbound) -> None:
    asks = await asked(inbound)
    await inbound.store.directory.set_state("p1", PairState.PAUSED, NOW)
    assert (await reply(inbound, asks, "yes")).startswith("250 ")
    (told,) = await inbound.due()
    assert told.recipient == JANE
    assert b"was not sent" in told.content


async def test_forgers_cannot_keep_the_members_own_letter_from_being_asked_about(inbound: Inbound) -> None:
    forged = [await asked(inbound, peer=f"198.51.100.{number}", number=number) for number in range(12)]
    own = await asked(inbound, peer="192.0.2.7", number=100, body="My own words.")
    assert len(await held(inbound)) == 5
    await reply(inbound, own, "yes")
    (sent,) = await inbound.due()
    assert b"My own words." in sent.content
    # Those that made room are gone, whatever is answered to them.
    await reply(inbound, forged[0], "yes")
    assert await inbound.due() == []


async def test_one_network_has_a_few_letters_waiting_and_no_more(inbound: Inbound) -> None:
    for number in range(8):
        await inbound.send(JANE, ALIAS, message_id=f"{number}@bare.example", peer=f"2001:db8::{number + 1:x}")
        await settled(inbound)
    assert len(await held(inbound)) == 3


async def test_a_member_is_asked_so_many_times_an_hour_at_most(inbound: Inbound) -> None:
    for number in range(QUESTIONS_PER_HOUR + 5):
        await inbound.send(JANE, ALIAS, message_id=f"{number}@bare.example", peer=f"198.51.100.{number}")
        await settled(inbound)
    assert len(await inbound.due(JANE)) == QUESTIONS_PER_HOUR


async def test_what_can_be_proven_takes_its_way_whatever_waits(inbound: Inbound) -> None:
    for number in range(6):
        await asked(inbound, peer=f"198.51.100.{number}", number=number)
    inbound.verdicts[JANE] = Verdict.PASS
    assert (await inbound.send(JANE, ALIAS, body="Proven.")).startswith("250 ")
    assert [one.recipient for one in await inbound.due()] == [OMAR]


async def test_behind_another_mail_server_its_client_is_the_network(home: Home) -> None:
    async with opened(home, authenticity=AuthenticitySettings("upstream", "mx.relay.test")) as inbound:
        await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        inbound.verdicts[JANE] = Verdict.UNPROVEN
        for number in range(6):
            received = (
                f"Received: from x (x [198.51.100.{number}])\r\n by mx.relay.test; Sun, 1 Mar 2026 12:00:00 +0000"
            )
            fields = (received, "Received: from y ([192.0.2.1]) by x")
            await inbound.send(JANE, ALIAS, fields=fields, message_id=f"{number}@bare.example", peer="127.0.0.1")
            await settled(inbound)
        assert len(await held(inbound)) == 5


# Addresses of a member beyond the first.


async def add(inbound: Inbound, token: str, address: str = NEW) -> Asks:
    wanted = AddressConfirmation(token, address, NOW + timedelta(days=7))
    assert await inbound.store.members.ask(1, wanted, [], NOW) in (Asked.ASKED, Asked.AGAIN)
    return Asks(address, f"c-{token}@{DOMAIN}", "", "")


async def from_new(inbound: Inbound, number: int = 1) -> None:
    """A letter from the address that is not proven yet."""
    assert (await inbound.send(NEW, ALIAS, message_id=f"n{number}@new.example")).startswith("550 5.7.1 ")
    await settled(inbound)


async def proven(inbound: Inbound) -> bool:
    way = (await inbound.store.look_up(NEW, [ALIAS], LetterKey((), (), NOW)))[ALIAS]
    return isinstance(way, RouteLookup) and way.route.address_proven


async def test_a_letter_from_an_unproven_address_is_asked_about_at_a_proven_one(inbound: Inbound) -> None:
    await add(inbound, "1" * 24)
    await from_new(inbound)
    asks = question(await one_due(inbound, JANE))
    await reply(inbound, asks, "yes")
    assert [one.recipient for one in await inbound.due()] == [OMAR]
    assert not await proven(inbound)


async def test_a_letter_from_an_unproven_address_is_journalled_with_its_pair(inbound: Inbound) -> None:
    """And its author, who may be nobody of the pair, hears what a stranger hears, in nobody's language."""
    await add(inbound, "1" * 24)
    stranger = await inbound.send("x@stranger.example", ALIAS)
    mine = await inbound.send(NEW, ALIAS)
    assert mine.partition(" (")[0] == stranger.partition(" (")[0]
    refusals = {one.reason: (one.pair_id, one.side) for one in await inbound.entries() if one.kind == "refusal"}
    assert refusals["UnprovenAddress"] == ("p1", "mentor")
    assert {pair for reason, (pair, _) in refusals.items() if reason != "UnprovenAddress"} == {None}


async def test_it_is_asked_where_the_mailbox_is_still_there(inbound: Inbound) -> None:
    gone = SuspendedRow("p1", Side.MENTOR, "Amber Heron", "550 5.1.1", NOW)
    await inbound.store.suspensions.add(JANE, gone, None)
    await add(inbound, "1" * 24)
    await inbound.store.members.prove("1" * 24, NOW)
    await add(inbound, "2" * 24, "jane@third.example")
    await inbound.send("jane@third.example", ALIAS)
    await settled(inbound)
    assert [one.recipient for one in await inbound.due()] == [NEW]


@pytest.mark.parametrize(
    ("author", "body", "fields", "path", "is_proven"),
    [
        (NEW, "yes", (), NEW, True),
        (NEW, "Wrong person!", (), NEW, False),
        (NEW, "", (), NEW, False),
        (NEW, "yes", ("Auto-Submitted: auto-replied",), NEW, False),
        (NEW, "yes", (), "", False),
        (EVE, "yes", (), EVE, False),
    ],
)
async def test_an_address_is_proven_by_a_clear_yes_from_there(
    inbound: Inbound, author: str, body: str, fields: tuple[str, ...], path: str, is_proven: bool
) -> None:
    asks = await add(inbound, "1" * 24)
    await from_new(inbound)
    await inbound.due()
    await reply(inbound, asks, body, author, fields=fields, return_path=path)
    assert await proven(inbound) is is_proven
    told = {one.recipient for one in await inbound.due()}
    assert (OMAR in told) is is_proven


async def test_wrong_person_is_asked_once_more_and_then_the_operator_hears_of_it(inbound: Inbound) -> None:
    asks = await add(inbound, "1" * 24)
    await reply(inbound, asks, "Wrong person!", NEW)
    assert question(await one_due(inbound, NEW)).answer_to == asks.answer_to
    await reply(inbound, asks, "I said wrong person", NEW)
    assert {one.recipient for one in await inbound.due()} == {NEW, OPERATOR}
    await reply(inbound, asks, "yes", NEW)
    assert not await proven(inbound)


async def test_a_no_takes_the_address_back(inbound: Inbound) -> None:
    asks = await add(inbound, "1" * 24)
    await reply(inbound, asks, "No, not me.", NEW)
    told = {one.recipient: readable(one) for one in await inbound.due()}
    assert sorted(told) == sorted([NEW, OPERATOR])
    assert NEW not in told[OPERATOR].partition("\r\n\r\n")[2]
    member = await inbound.store.members.on("p1", Side.MENTOR)
    assert member is not None
    assert [one.address for one in member.addresses] == [JANE]
    assert await inbound.store.members.having(NEW) is None


async def test_letters_that_wait_for_a_proof_do_not_end_with_time(inbound: Inbound) -> None:
    await add(inbound, "1" * 24)
    await from_new(inbound)
    asks = question(await one_due(inbound, JANE))
    await inbound.store.questions.expire(NOW + timedelta(days=400))
    await reply(inbound, asks, "yes")
    assert [one.recipient for one in await inbound.due()] == [OMAR]


async def test_only_a_few_letters_of_one_member_wait_at_a_time(inbound: Inbound) -> None:
    await add(inbound, "1" * 24)
    for number in range(7):
        await from_new(inbound, number)
    assert await held(inbound) == ["unproven-address"] * 5
    await inbound.due()
    await asked(inbound, number=50)


async def test_a_question_of_an_earlier_version_is_answered_from_the_first_address(inbound: Inbound) -> None:
    asks = await asked(inbound)
    found = await inbound.store.questions.find(asks.answer_to[2:26], NOW)
    assert found is not None and found.mailbox == JANE

    def without(db: Any) -> None:
        db.execute("UPDATE question SET mailbox = NULL, network = NULL")

    await inbound.store._writer.run(without)
    await reply(inbound, asks, "yes")
    assert [one.recipient for one in await inbound.due()] == [OMAR]
