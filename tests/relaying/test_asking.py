"""A letter that nobody could prove: held, its registered author asked, and let go by that mailbox alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay.home import Home
from relay.message.sign import Signer
from relay.model import Envelope, Identity, JournalEntry, NewDelivery, NewPair, PairState, Persona, Route, Side
from relay.relaying.asking import Asking
from relay.relaying.notices import Notices
from relay.settings_file import load
from relay.stationery import Stationery
from relay.store import Acceptance, Store
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
    await asyncio.sleep(0.3)
    keeping.cancel()
    found = await asking.store.journal.show("j1")
    assert found is not None
    assert (found[0].outcome, found[0].reason) == ("failed", "unconfirmed")
    assert await heard(asking, answer(to))
    assert "omar@home.example" not in await due(asking)


async def test_a_forger_cannot_flood_the_member_with_questions(asking: Asking) -> None:
    asked = [await asking.ask(letter(number), ROUTE, NOW) for number in range(8)]
    assert asked == [True] * 5 + [False] * 3
