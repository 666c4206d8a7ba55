"""Holds: why, since when, until when, who decides; and carrying out a decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from relay.message.write.compose import compose
from relay.message.write.dkim_sign import public_record
from relay.message.write.dkimpy_check import verifies
from relay.model import EventKind, Headers, Message, PairState, Side
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
    StoreError,
    SuspendedRow,
)
from relay.vault import Vault

from .conftest import KEY, NOON, SIGNER, Make


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


LETTER = SIGNER.sign(
    compose(
        Message("Words", "The kettle is on.\n"),
        Headers("Quiet River", "q@relay.example", "tomas@home.example", "1@relay.example", NOON.replace(microsecond=0)),
    )
)
RELEASED_AT = Make(iter(())).later(days=3, hours=2)


async def by_decision(store: Store, at: datetime) -> None:
    assert await store.holds.decide(Decided("d1", HoldDecision.RELEASED, Decider.PERSON, at))


async def by_retry(store: Store, at: datetime) -> None:
    assert await store.queue.retry("d1", at)


async def by_the_clock(store: Store, at: datetime) -> None:
    assert await store.over_limit.release("d1", at)


async def by_resuming(store: Store, at: datetime) -> None:
    gone = SuspendedRow("k7f3q2", Side.MENTEE, "Quiet River", "550 5.1.1", NOON)
    await store.suspensions.add("tomas@home.example", gone, None)
    await store.queue.retry("d1", NOON)
    await store.queue.claim(NOON, 1)  # it is held for the suspension
    assert await store.suspensions.resume("tomas@home.example", at) == 1


@pytest.mark.parametrize("release", [by_decision, by_retry, by_the_clock, by_resuming])
async def test_a_released_letter_is_dated_and_signed_at_its_release(
    paired: Store, make: Make, release: Callable[[Store, datetime], Awaitable[None]]
) -> None:
    await paired.accept([make.acceptance(id="d1", held=OVER_LIMIT, content=LETTER, keep=True)])
    await release(paired, RELEASED_AT)
    (sent,) = (await paired.queue.claim(RELEASED_AT, 1)).deliveries
    assert verifies(sent.content, {"k._domainkey.relay.example": public_record(KEY)})
    assert b"\r\nDate: Tue, 04 Mar 2025 14:00:00 +0000\r\n" in sent.content
    assert sent.content.count(b"\r\nDate: ") == 1
    assert b"\r\nMessage-ID: <1@relay.example>\r\n" in sent.content
    shown = await paired.journal.show(sent.journal_id)
    assert shown is not None and shown[1] == sent.content, "the log shows what was sent"


async def test_another_delivery_of_the_same_octets_keeps_its_date(paired: Store, make: Make) -> None:
    both = make.acceptance(id="d1", content=LETTER, keep=True)
    other = replace(both.deliveries[0], id="d2", return_path="", held="review")
    await paired.accept([replace(both, deliveries=(*both.deliveries, other))])
    assert await paired.queue.retry("d2", RELEASED_AT)
    sent = {one.id: one.content for one in (await paired.queue.claim(RELEASED_AT, 2)).deliveries}
    assert sent["d1"] == LETTER
    assert b"\r\nDate: Tue, 04 Mar 2025 14:00:00 +0000\r\n" in sent["d2"]


async def test_a_letter_that_cannot_be_signed_anew_stays_held(place: Path | str, vault: Vault, make: Make) -> None:
    await Store.create(place, vault)
    store = await Store.open(place, vault)
    try:
        await store.directory.add_pairs([make.pair()])
        await hold(store, make)
        with pytest.raises(StoreError, match="letter-d1 stays held: it cannot be signed"):
            await store.holds.decide(Decided("d1", HoldDecision.RELEASED, Decider.AUTHOR, NOON))
        with pytest.raises(StoreError, match="letter-d1 stays held"):
            await store.queue.retry("d1", NOON)
        (one,) = await store.holds.rows()
        assert one.decision is None
        assert await store.holds.decide(Decided("d1", HoldDecision.REFUSED, Decider.PERSON, NOON))
    finally:
        await store.close()
