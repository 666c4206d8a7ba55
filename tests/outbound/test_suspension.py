"""A member whose mailbox is gone is suspended, and the operator gets one notice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay.home import Home
from relay.letters.notices import Notices
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import Signer
from relay.model import JournalEntry, NewDelivery, NewPair, PairState, Side
from relay.outbound.suspension import Suspending
from relay.outcomes import Failed, Outcome, Sent
from relay.settings_file import load
from relay.store import Acceptance, Settlement, Store

from .conftest import AMBER, JANE, OMAR, QUIET

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OPERATOR = "desk@ops.example"
NO_MAILBOX = Failed("550 5.1.1")


class Desk:
    """A Suspending with a real store. ``now`` is ``suspend_after`` after the first letter."""

    def __init__(self, home: Home, store: Store, operator: str = OPERATOR) -> None:
        settings = load(home.toml, {})
        settings = replace(settings, programme=replace(settings.programme, operator=operator))
        signer = Signer(settings.domain, home.dkim_keys(settings))
        notices = Notices(store, Writer(settings, LetterTemplates(), signer))
        self.store, self.suspending = store, Suspending(settings, store, notices)
        self.now = NOON + timedelta(seconds=settings.delivery.suspend_after)

    async def sent(
        self, id: str, outcome: Outcome, at: datetime, side: Side = Side.MENTOR, kind: str = "letter"
    ) -> None:
        """Accept a letter by ``side``, and settle it ``at`` that time."""
        entry = JournalEntry(id, "p1", side, kind, at, 3, 3)
        to = (OMAR if side is Side.MENTOR else JANE).addresses[0]
        owed = NewDelivery(f"d-{id}", id, to, f"b-{id}@relay.test", b"hello", at, notice=kind == "notice")
        await self.store.accept([Acceptance(entry, None, (owed,), keep=False)])
        await self.store.queue.claim(at, 10)
        await self.store.queue.settle([Settlement(f"d-{id}", outcome, None, at)])

    async def suspended(self) -> list[tuple[Side, str, str]]:
        return [(row.side, row.name, row.reason) for row in await self.store.suspensions.rows()]

    async def told(self) -> list[tuple[str, str]]:
        """The recipient and text of all due deliveries."""
        claimed = (await self.store.queue.claim(self.now, 100)).deliveries
        return [(one.recipient, parse(one.content).text) for one in claimed]


@pytest.fixture
async def desk(home: Home) -> AsyncIterator[Desk]:
    store = await Store.open(home.db, home.read_vault())
    await store.directory.add_pairs([NewPair("p1", AMBER, QUIET, JANE, OMAR, "", "en", NOON)])
    yield Desk(home, store)
    await store.close()


async def test_a_member_without_mailbox_is_suspended_and_the_operator_gets_their_pseudonym(desk: Desk) -> None:
    await desk.sent("j1", NO_MAILBOX, NOON)
    await desk.sent("j2", NO_MAILBOX, desk.now)
    await desk.suspending.after("j2", "550 5.1.1", desk.now)
    assert await desk.suspended() == [(Side.MENTEE, "Quiet River", "550 5.1.1")]
    ((to, words),) = await desk.told()
    assert to == OPERATOR
    assert "Quiet River (mentee of pair p1)" in words
    assert "omar" not in words.lower()


async def test_the_mentor_is_suspended_by_letters_of_the_mentee(desk: Desk) -> None:
    await desk.sent("j1", NO_MAILBOX, NOON, Side.MENTEE)
    await desk.sent("j2", NO_MAILBOX, desk.now, Side.MENTEE)
    await desk.suspending.after("j2", "550 5.1.1", desk.now)
    assert await desk.suspended() == [(Side.MENTOR, "Amber Heron", "550 5.1.1")]


async def test_the_operator_gets_one_notice_per_mailbox(desk: Desk) -> None:
    await desk.sent("j1", NO_MAILBOX, NOON)
    for id in ("j2", "j3"):
        await desk.sent(id, NO_MAILBOX, desk.now)
        await desk.suspending.after(id, "550 5.1.1", desk.now)
    assert [entry.id for entry in await desk.store.journal.list() if entry.kind == "notice"] == ["j2-s"]


async def test_without_an_operator_the_member_is_still_suspended(home: Home, desk: Desk) -> None:
    alone = Desk(home, desk.store, operator="")
    await desk.sent("j1", NO_MAILBOX, NOON)
    await desk.sent("j2", NO_MAILBOX, desk.now)
    await alone.suspending.after("j2", "550 5.1.1", desk.now)
    assert len(await desk.suspended()) == 1
    assert await desk.told() == []


@pytest.mark.parametrize(
    ("letters", "reason"),
    [
        ([("j1", NO_MAILBOX, 0, Side.MENTOR, "letter"), ("j2", NO_MAILBOX, -1, Side.MENTOR, "letter")], "550 5.1.1"),
        ([("j1", NO_MAILBOX, 0, Side.MENTOR, "letter"), ("j2", NO_MAILBOX, 1, Side.MENTOR, "letter")], "552 5.2.2"),
        ([("j1", NO_MAILBOX, 0, Side.MENTEE, "letter"), ("j2", NO_MAILBOX, 1, Side.MENTOR, "letter")], "550 5.1.1"),
        ([("j1", NO_MAILBOX, 0, Side.MENTOR, "notice"), ("j2", NO_MAILBOX, 1, Side.MENTOR, "letter")], "550 5.1.1"),
        (
            [
                ("j1", NO_MAILBOX, 0, Side.MENTOR, "letter"),
                ("j3", Sent(), 0.5, Side.MENTOR, "letter"),
                ("j2", NO_MAILBOX, 1, Side.MENTOR, "letter"),
            ],
            "550 5.1.1",
        ),
    ],
    ids=["too early", "a full mailbox", "letters of both sides", "a notice", "one arrived meanwhile"],
)
async def test_a_member_is_suspended_only_as_the_table_says(
    letters: list[tuple[str, Outcome, float, Side, str]], reason: str, desk: Desk
) -> None:
    whole = desk.now - NOON
    for id, outcome, part, side, kind in letters:
        # -1: one second too early
        at = NOON + whole * part if part >= 0 else desk.now - timedelta(seconds=1)
        await desk.sent(id, outcome, at, side, kind)
    await desk.suspending.after("j2", reason, desk.now)
    assert await desk.suspended() == []
    assert await desk.told() == []


@pytest.mark.parametrize("id", ["unknown", "nobodys"])
async def test_a_letter_without_pair_suspends_nobody(id: str, desk: Desk) -> None:
    await desk.store.journal.record(JournalEntry("nobodys", None, None, "notice", NOON, 0, 3))
    await desk.suspending.after(id, "550 5.1.1", desk.now)
    assert await desk.suspended() == []


async def test_a_forgotten_member_is_not_suspended(desk: Desk) -> None:
    await desk.sent("j1", NO_MAILBOX, NOON)
    await desk.sent("j2", NO_MAILBOX, desk.now)
    omar = await desk.store.members.on("p1", Side.MENTEE)
    assert omar is not None and omar.parts[0].pair.state is PairState.ACTIVE
    await desk.store.members.forget(omar.number, desk.now, lambda owed: pytest.fail(f"nothing is owed: {owed}"))
    await desk.suspending.after("j2", "550 5.1.1", desk.now)
    assert await desk.suspended() == []
    assert await desk.told() == []
