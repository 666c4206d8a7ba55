"""A letter that nobody could prove: held, its registered author asked, and let go by that mailbox alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay.home import Home
from relay.inbound.handlers.confirmation import Asking
from relay.letters.notices import Notices
from relay.message.sign import Signer
from relay.model import Envelope, Identity, JournalEntry, NewDelivery, NewPair, PairState, Persona, Route, Side
from relay.settings_file import load
from relay.stationery import Stationery
from relay.store import Acceptance, AddressQuestion, Asked, Store, SuspendedRow, Traits, Way
from relay.upkeep.housekeeping import keep_house

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JANE, OMAR = Identity(("jane@real.example",)), Identity(("omar@home.example",))
AMBER, QUIET = Persona("Amber Heron", "amber@relay.test"), Persona("Quiet River", "quiet@relay.test")
ROUTE = Route("p1", PairState.ACTIVE, Side.MENTOR, "en", JANE, AMBER, OMAR, QUIET)


@pytest.fixture
async def asking(home: Home) -> AsyncIterator[Asking]:
    settings = load(home.toml, {})
    store = await Store.open(home.db, home.read_vault())
    await store.directory.add_pairs([NewPair("p1", AMBER, QUIET, JANE, OMAR, "", "en", NOW)])
    notices = Notices(settings, store, Stationery(), Signer(settings.domain, home.dkim_keys(settings)))
    yield Asking(settings, store, notices)
    await store.close()


def letter(number: int = 1) -> Acceptance:
    entry = JournalEntry(f"j{number}", "p1", Side.MENTOR, "letter", NOW, 3, 3)
    delivery = NewDelivery(f"d{number}", entry.id, "omar@home.example", f"b-{number}@relay.test", b"hello", NOW)
    return Acceptance(entry, None, (delivery,), keep=True)


async def nothing(_: datetime) -> int:
    return 0


async def due(asking: Asking) -> dict[str, str]:
    """Who is sent what, by the Reply-To address or nothing: recipient → From address."""
    claimed = (await asking.store.queue.claim(NOW, 10)).deliveries
    out = {}
    for delivery in claimed:
        found = delivery.content.decode().partition("From: ")[2].partition("\r\n")[0]
        out[delivery.recipient] = found.rpartition("<")[2].rstrip(">")
    return out


def answer(to: str, *fields: str, return_path: str = "jane@real.example") -> Envelope:
    head = ("From: jane@real.example", f"To: {to}", "Subject: Re: Did you", *fields)
    return Envelope(return_path, (to,), "\r\n".join((*head, "", "yes")).encode(), "192.0.2.1")


async def heard(asking: Asking, envelope: Envelope) -> bool:
    return await asking.answered(envelope, list(envelope.recipients), NOW)


async def test_the_author_is_asked_and_an_answer_lets_the_letter_go(asking: Asking) -> None:
    assert await asking.ask(letter(), ROUTE, NOW)
    asked = await due(asking)
    assert list(asked) == ["jane@real.example"]
    to = asked["jane@real.example"]
    assert to.startswith("c-")
    assert await heard(asking, answer(to.upper().replace("RELAY.TEST", "relay.test").replace("C-", "c-")))
    assert list(await due(asking)) == ["omar@home.example"]


@pytest.mark.parametrize(
    "envelope",
    [
        answer("c-000000000000000000000000@relay.test"),
        answer("TO", "Auto-Submitted: auto-replied"),
        answer("TO", return_path=""),
    ],
    ids=["guessed", "vacation", "bounce"],
)
async def test_what_is_no_persons_answer_is_absorbed_and_lets_nothing_go(asking: Asking, envelope: Envelope) -> None:
    await asking.ask(letter(), ROUTE, NOW)
    to = (await due(asking))["jane@real.example"]
    if envelope.recipients == ("TO",):
        envelope = replace(envelope, recipients=(to,))
    assert await heard(asking, envelope)
    assert await due(asking) == {}


async def test_other_mail_is_none_of_its_business(asking: Asking) -> None:
    assert not await heard(asking, answer("amber@relay.test"))


async def test_what_nobody_answers_is_given_up_and_an_answer_then_is_too_late(asking: Asking) -> None:
    await asking.ask(letter(), ROUTE, NOW)
    to = (await due(asking))["jane@real.example"]
    keeping = asyncio.create_task(
        keep_house(asking.store, lambda: NOW + timedelta(days=8), lambda: None, nothing, 0.01)
    )
    async with asyncio.timeout(20):
        while (found := await asking.store.journal.show("j1")) is None or found[0].outcome == "accepted":
            await asyncio.sleep(0.01)
    keeping.cancel()
    assert (found[0].outcome, found[0].reason) == ("failed", "unconfirmed")
    assert await heard(asking, answer(to))
    assert "omar@home.example" not in await due(asking)


async def test_a_forger_cannot_flood_the_member_with_questions(asking: Asking) -> None:
    asked = [await asking.ask(letter(number), ROUTE, NOW) for number in range(8)]
    assert asked == [True] * 5 + [False] * 3


NEW = "jane@new.example"


async def held(asking: Asking, number: int = 1, address: str = NEW) -> bool:
    return await asking.ask_about_address(letter(number), ROUTE, address, NOW)


async def add(asking: Asking, token: str) -> None:
    asked = AddressQuestion(token, NEW, NOW + timedelta(days=7))
    assert await asking.store.members.ask(1, asked, []) is Asked.ASKED


async def test_a_letter_from_an_unproven_address_is_asked_about_at_a_proven_one(asking: Asking) -> None:
    await add(asking, "t1")
    assert await held(asking)
    asked = await due(asking)
    assert list(asked) == ["jane@real.example"]
    assert await heard(asking, answer(asked["jane@real.example"]))
    assert list(await due(asking)) == ["omar@home.example"]
    way = (await asking.store.ways(NEW, [QUIET.alias], Traits("", (), NOW)))[QUIET.alias]
    assert isinstance(way, Way)
    assert not way.route.address_proven


async def test_it_is_asked_where_the_mailbox_is_still_there(asking: Asking) -> None:
    gone = SuspendedRow("p1", Side.MENTOR, "Amber Heron", "550 5.1.1", NOW)
    await asking.store.suspensions.add("jane@real.example", gone, None)
    await add(asking, "t1")
    await asking.store.members.prove("t1", NOW)
    await held(asking, address="jane@third.example")
    assert list(await due(asking)) == [NEW]


@pytest.mark.parametrize(
    ("fields", "return_path", "proven"),
    [((), "jane@new.example", True), (("Auto-Submitted: auto-replied",), "jane@new.example", False), ((), "", False)],
    ids=["a person", "a vacation program", "a bounce"],
)
async def test_an_address_is_proven_by_a_persons_answer_only(
    asking: Asking, fields: tuple[str, ...], return_path: str, proven: bool
) -> None:
    await add(asking, "t1")
    await held(asking)
    await due(asking)
    assert await heard(asking, answer("c-t1@relay.test", *fields, return_path=return_path))
    assert set(await due(asking)) == ({"omar@home.example", NEW} if proven else set())


async def test_letters_that_wait_for_a_proof_do_not_end_with_time(asking: Asking) -> None:
    await held(asking)
    to = (await due(asking))["jane@real.example"]
    await asking.store.questions.expire(NOW + timedelta(days=400))
    assert await heard(asking, answer(to))
    assert "omar@home.example" in await due(asking)


async def test_only_a_few_letters_of_one_member_wait_at_a_time(asking: Asking) -> None:
    asked = [await held(asking, number) for number in range(7)]
    assert asked == [True] * 5 + [False] * 2
    assert await asking.ask(letter(8), ROUTE, NOW)


async def test_an_answer_that_comes_when_the_pair_rests_is_told_of(asking: Asking) -> None:
    await held(asking)
    to = (await due(asking))["jane@real.example"]
    await asking.store.directory.set_state("p1", PairState.PAUSED, NOW)
    assert await heard(asking, answer(to))
    (told,) = (await asking.store.queue.claim(NOW, 10)).deliveries
    assert told.recipient == "jane@real.example"
    assert b"was not sent" in told.content
