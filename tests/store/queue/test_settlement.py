"""The result of a delivery try, in the queue and in the journal."""

from __future__ import annotations

import pytest

from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.store import NO_SECURE_WAY, Acceptance, Decider, Settlement, Store, StoreError


async def outcome_of(store: Store, id: str) -> tuple[str, str]:
    shown = await store.journal.show(id)
    assert shown is not None
    return shown[0].outcome, shown[0].reason


SETTLED = [
    (Sent(), None, None, ("delivered", "")),
    (Failed("550 5.1.1"), None, None, ("failed", "550 5.1.1")),
    (Failed("550 5.1.1"), 1, None, ("failed", "550 5.1.1")),
    (Deferred("451 4.3.0"), None, None, ("failed", "451 4.3.0")),
    (Deferred("451 4.3.0"), 1, ("queued", "451 4.3.0"), ("accepted", "")),
]


@pytest.mark.parametrize(("outcome", "hours", "left", "journal"), SETTLED)
async def test_a_settlement_changes_delivery_and_journal_as_the_table_says(
    paired: Store, make, outcome: Outcome, hours: int | None, left: tuple | None, journal: tuple[str, str]
) -> None:
    acceptance = make.acceptance(id="d1")
    await paired.accept([acceptance])
    await paired.queue.claim(make.noon, 1)
    due_at = None if hours is None else make.later(hours=hours)
    await paired.queue.settle([Settlement("d1", outcome, due_at, make.later(seconds=5))])
    row = await paired.queue.row("d1")
    assert (None if row is None else (row.state, row.last_status)) == left
    assert await outcome_of(paired, acceptance.entry.id) == journal
    shown = await paired.journal.show(acceptance.entry.id)
    assert shown is not None
    assert shown[0].settled_at == (None if left else make.later(seconds=5))


async def test_attempts_are_counted_over_retries(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1")])
    for attempt in (1, 2, 3):
        claim = await paired.queue.claim(make.noon, 1)
        assert claim.deliveries[0].attempts == attempt
        await paired.queue.settle([Settlement("d1", Deferred("451"), make.noon, make.noon)])


async def test_a_follow_up_is_accepted_with_the_settlement(paired: Store, make) -> None:
    letter = make.acceptance(id="d1")
    notice = make.acceptance(entry=make.entry(kind="notice"), id="n1", notice=True, return_path="")
    await paired.accept([letter])
    await paired.queue.settle([Settlement("d1", Failed("550"), None, make.noon, (notice,))])
    assert [row.id for row in await paired.queue.rows()] == ["n1"]
    assert await outcome_of(paired, letter.entry.id) == ("failed", "550")
    assert await outcome_of(paired, notice.entry.id) == ("accepted", "")


async def test_a_settlement_with_a_hold_keeps_the_status_of_the_try(paired: Store, make) -> None:
    letter = make.acceptance(id="d1")
    await paired.accept([letter])
    await paired.queue.claim(make.noon, 1)
    at = make.later(seconds=5)
    await paired.queue.settle([Settlement("d1", Deferred("tls 4.7.10"), None, at, (), 1, NO_SECURE_WAY)])
    row = await paired.queue.row("d1")
    assert row is not None and (row.state, row.last_status, row.attempts) == ("held", "tls 4.7.10", 1)
    (hold,) = await paired.holds.rows()
    assert (hold.why, hold.since_at, hold.decider) == (NO_SECURE_WAY, at, Decider.PERSON)
    assert (await paired.events.list())[-1].facts["reason"] == NO_SECURE_WAY
    assert await outcome_of(paired, letter.entry.id) == ("accepted", "")
    assert (await paired.queue.claim(make.later(days=30), 1)).deliveries == ()


async def test_a_try_whose_lease_has_expired_cannot_hold(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1")])
    for at in (make.noon, make.later(hours=1)):
        await paired.queue.recover(at)
        await paired.queue.claim(at, 1)
    await paired.queue.settle([Settlement("d1", Deferred("tls 4.7.10"), None, make.noon, (), 1, NO_SECURE_WAY)])
    row = await paired.queue.row("d1")
    assert row is not None and row.state == "sending"
    await paired.queue.settle([Settlement("d9", Deferred("tls 4.7.10"), None, make.noon, (), None, NO_SECURE_WAY)])
    assert await paired.holds.rows() == []


async def test_a_settlement_is_rolled_back_when_its_follow_up_cannot_be_accepted(paired: Store, make) -> None:
    letter = make.acceptance(id="d1")
    await paired.accept([letter])
    twice = make.acceptance(entry=letter.entry, id="n1")
    with pytest.raises(StoreError, match="contradicts"):
        await paired.queue.settle([Settlement("d1", Failed("550"), None, make.noon, (twice,))])
    assert [row.id for row in await paired.queue.rows()] == ["d1"]
    assert await outcome_of(paired, letter.entry.id) == ("accepted", "")


async def test_a_notice_under_the_letters_id_does_not_change_the_letters_outcome(paired: Store, make) -> None:
    entry = make.entry()
    letter, notice = make.delivery(entry), make.delivery(entry, notice=True, return_path="")
    await paired.accept([Acceptance(entry, None, (letter, notice), keep=False)])
    await paired.queue.settle([Settlement(notice.id, Failed("550"), None, make.noon)])
    assert await outcome_of(paired, entry.id) == ("accepted", "")
    await paired.queue.settle([Settlement(letter.id, Sent(), None, make.noon)])
    assert await outcome_of(paired, entry.id) == ("delivered", "")


@pytest.mark.parametrize(
    ("first", "second", "after_first", "after_both"),
    [
        (Sent(), Sent(), "accepted", "delivered"),
        (Sent(), Failed("550"), "accepted", "failed"),
        (Failed("550"), Sent(), "failed", "failed"),
    ],
)
async def test_a_letter_to_two_recipients_is_delivered_when_both_are(
    paired: Store, make, first: Outcome, second: Outcome, after_first: str, after_both: str
) -> None:
    entry = make.entry()
    owed = (make.delivery(entry), make.delivery(entry, recipient="other@home.example"))
    await paired.accept([Acceptance(entry, None, owed, keep=False)])
    await paired.queue.settle([Settlement(owed[0].id, first, None, make.noon)])
    assert (await outcome_of(paired, entry.id))[0] == after_first
    assert len((await paired.queue.claim(make.noon, 5)).deliveries) == 1
    await paired.queue.settle([Settlement(owed[1].id, second, None, make.noon)])
    assert (await outcome_of(paired, entry.id))[0] == after_both


async def test_settling_a_finished_delivery_changes_nothing(paired: Store, make) -> None:
    notice = make.acceptance(entry=make.entry(kind="notice"), id="n1")
    await paired.queue.settle([Settlement("gone", Failed("550"), None, make.noon, (notice,))])
    assert await paired.queue.rows() == []
    assert await paired.journal.list() == []


async def test_a_dropped_delivery_is_journalled_and_its_letter_deleted(paired: Store, make, look) -> None:
    acceptance = make.acceptance(id="d1")
    await paired.accept([acceptance])
    assert await paired.queue.drop("d1", make.later(hours=1))
    assert await outcome_of(paired, acceptance.entry.id) == ("failed", "dropped")
    assert look("SELECT count(*) FROM letter") == [(0,)]


@pytest.mark.parametrize(("attempts", "counts"), [(1, False), (2, True), (None, True)])
@pytest.mark.parametrize(("outcome", "hours", "left", "journal"), SETTLED)
async def test_only_the_newest_try_can_defer_or_fail_a_delivery(
    paired: Store, make, outcome, hours, left, journal, attempts, counts
) -> None:
    """The lease of the first try has expired, and a second one has begun. Sent counts from either of them."""
    acceptance = make.acceptance(id="d1")
    await paired.accept([acceptance])
    await paired.queue.claim(make.noon, 1)
    assert await paired.queue.recover(make.later(hours=1)) == 1
    await paired.queue.claim(make.noon, 1)
    due_at = None if hours is None else make.later(hours=hours)
    await paired.queue.settle([Settlement("d1", outcome, due_at, make.later(seconds=5), None, attempts)])
    if not (counts or isinstance(outcome, Sent)):
        left, journal = ("sending", ""), ("accepted", "")
    row = await paired.queue.row("d1")
    assert (None if row is None else (row.state, row.last_status)) == left
    assert await outcome_of(paired, acceptance.entry.id) == journal
