"""Holds: why, since when, until when, who decides; and carrying out a decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relay.model import EventKind, PairState, Side
from relay.outcomes import Deferred
from relay.store import (
    OVER_LIMIT,
    UNPROVEN,
    UNPROVEN_ADDRESS,
    ConfirmationRequest,
    Decided,
    Decider,
    HoldDecision,
    Settlement,
    Store,
    SuspendedRow,
)

from .conftest import NOON, Make


async def hold(store: Store, make: Make, why: str = UNPROVEN, *, keep: bool = True, id: str = "d1") -> None:
    letter = make.acceptance(entry=make.entry(id=f"letter-{id}"), id=id, held=why, keep=keep)
    question = ConfirmationRequest(f"token{id}", id, make.later(days=7), mailbox="ingrid.maier@work.example")
    await store.accept([replace(letter, question=question if why == UNPROVEN else None)])


@pytest.mark.parametrize(
    ("why", "decider", "days"),
    [
        (UNPROVEN, Decider.AUTHOR, 7),
        (UNPROVEN_ADDRESS, Decider.AUTHOR, None),
        (OVER_LIMIT, Decider.CLOCK, None),
        ("review", Decider.PERSON, None),
    ],
)
async def test_a_hold_says_why_since_when_until_when_and_who_decides(
    paired: Store, make: Make, why: str, decider: Decider, days: int | None
) -> None:
    await hold(paired, make, why)
    (one,) = await paired.holds.rows()
    assert (one.journal_id, one.pair_id, one.side, one.why) == ("letter-d1", "k7f3q2", Side.MENTOR, why)
    assert (one.since_at, one.until_at) == (NOON, None if days is None else make.later(days=days))
    assert (one.decider, one.decision) == (decider, None)
    assert await paired.holds.find("d1") == await paired.holds.find("letter-d1") == one


@pytest.mark.parametrize("by", list(Decider))
@pytest.mark.parametrize("decision", list(HoldDecision))
async def test_a_decision_is_carried_out_once_and_recorded(
    paired: Store, make: Make, by: Decider, decision: HoldDecision
) -> None:
    await hold(paired, make)
    given = Decided("d1", decision, by, make.later(hours=1), "root", "read it")
    answered = await paired.holds.decide(given)
    released = decision is HoldDecision.RELEASED
    assert answered is not None
    assert answered.released is released
    assert await paired.holds.decide(given) is None
    (past,) = await paired.holds.of_letter("letter-d1")
    assert (past.decision, past.decided_by, past.decided_at) == (decision, by, make.later(hours=1))
    assert await paired.holds.rows() == []
    *_, event = await paired.events.list()
    assert event.kind is (EventKind.RELEASED if released else EventKind.REFUSED)
    assert (event.journal_id, event.facts["by"], event.who, event.why) == ("letter-d1", by, "root", "read it")
    shown = await paired.journal.show("letter-d1")
    assert shown is not None
    assert (shown[0].outcome, shown[0].reason) == (("accepted", "") if released else ("failed", decision))
    unclaimed = (HoldDecision.DENIED, HoldDecision.UNCONFIRMED, HoldDecision.DISPLACED)
    assert (shown[1] is None) is (decision in unclaimed)


@pytest.mark.parametrize(("by", "goes"), [(Decider.PERSON, True), (Decider.AUTHOR, False), (Decider.CLOCK, False)])
async def test_only_a_person_can_release_a_letter_of_a_paused_pair(
    paired: Store, make: Make, by: Decider, goes: bool
) -> None:
    await hold(paired, make)
    await paired.directory.set_state("k7f3q2", PairState.PAUSED, NOON)
    answered = await paired.holds.decide(Decided("d1", HoldDecision.RELEASED, by, NOON))
    assert answered is not None
    assert answered.released is goes
    (past,) = await paired.holds.of_letter("letter-d1")
    assert past.decision is (HoldDecision.RELEASED if goes else HoldDecision.CLOSED)


async def test_a_decision_is_rolled_back_when_its_letter_cannot_be_accepted(paired: Store, make: Make) -> None:
    await hold(paired, make)
    notice = make.acceptance(entry=make.entry(id="letter-d1"))
    given = Decided("d1", HoldDecision.REFUSED, Decider.PERSON, NOON, follow_up=notice)
    with pytest.raises(Exception, match="contradicts"):
        await paired.holds.decide(given)
    (one,) = await paired.holds.rows()
    assert one.decision is None


async def test_a_delivery_held_after_a_failed_try_shows_why_it_is_held_and_not_the_last_reply(
    paired: Store, make: Make
) -> None:
    await paired.accept([make.acceptance(id=f"d{n}") for n in range(2)])
    await paired.queue.claim(NOON, 2)
    busy = Deferred("451 4.3.0 busy")
    await paired.queue.settle([Settlement(f"d{n}", busy, make.later(hours=1), NOON) for n in range(2)])
    await paired.queue.hold("d0", NOON)
    await paired.queue.hold_all()
    assert [(row.id, row.last_status) for row in await paired.queue.rows()] == [("d0", "by hand"), ("d1", "restored")]


async def test_deliveries_held_by_hand_after_a_restore_or_for_a_suspended_mailbox_have_holds(
    paired: Store, make: Make
) -> None:
    await paired.accept([make.acceptance(id=f"d{n}") for n in range(3)])
    await paired.queue.hold("d0", make.later(hours=1))
    gone = SuspendedRow("k7f3q2", Side.MENTEE, "Quiet River", "550 5.1.1", NOON)
    await paired.suspensions.add("tomas@home.example", gone, None)
    await paired.queue.claim(make.noon, 1)
    await paired.queue.hold_all()
    assert sorted(one.why for one in await paired.holds.rows()) == ["by hand", "restored", "suspended"]
    assert {row.id: row.last_status for row in await paired.queue.rows()} == {
        one.delivery_id: one.why for one in await paired.holds.rows()
    }
    assert (await paired.queue.counts())["held"] == 3
    assert await paired.suspensions.resume("tomas@home.example", NOON) == 1
    for one in await paired.holds.rows():
        assert await paired.queue.retry(one.delivery_id, NOON)
    assert await paired.holds.rows() == []
    assert (await paired.queue.counts())["queued"] == 3
