"""The result of one try: in the queue, in the journal, and in notices to the author."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.home import Home
from relay.letters.catalogue import catalogue
from relay.letters.notices import Notices
from relay.letters.templates import LetterTemplates
from relay.letters.write import Letter, Writer
from relay.message.write.dkim_sign import Signer, Signers
from relay.message.write.sign_again import signing_again
from relay.model import Delivery, NewPair, Side
from relay.outbound.settlement import Settling
from relay.outbound.suspension import Suspending
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.settings_file import load
from relay.store import (
    NO_SECURE_WAY,
    Decided,
    Decider,
    HoldDecision,
    Settlement,
    Store,
    StoreBusyOrFull,
    StoreError,
)

from .conftest import AMBER, JANE, OMAR, QUIET, letter

NOON = datetime.now(UTC)
LATER, GONE, NO_MAILBOX = Deferred("451 4.3.0"), Failed("550 5.7.1"), Failed("550 5.1.1")


class Desk:
    """A Settling with a real store, and its clock."""

    def __init__(self, home: Home, store: Store) -> None:
        settings = load(home.toml, {})
        programme = replace(settings.programme, operator="operator@real.example")
        settings = replace(settings, programme=programme)
        notices = Notices(store, Writer(settings, LetterTemplates(), Signer(settings.domain, home.dkim_keys(settings))))
        self.store, self.now, self.settings = store, NOON, settings
        suspending = Suspending(settings, store, notices)
        self.settling = Settling(settings.delivery, store, notices, suspending, lambda: self.now)

    async def claimed(self, number: int = 1, *, notice: bool = False) -> Delivery:
        """Accept a letter now, and claim it."""
        one = letter(number)
        dated = b"Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\n" + one.deliveries[0].content
        owed = replace(one.deliveries[0], due_at=self.now, notice=notice, content=dated)
        await self.store.accept([replace(one, entry=replace(one.entry, accepted_at=self.now), deliveries=(owed,))])
        return await self.claim(f"d{number}")

    async def claim(self, id: str) -> Delivery:
        """Claim due deliveries. Returns this one."""
        claimed = await self.store.queue.claim(self.now + timedelta(seconds=1), 20)
        return next(delivery for delivery in claimed.deliveries if delivery.id == id)

    async def journal(self) -> dict[str, str]:
        """Id to outcome and reason."""
        entries = await self.store.journal.list()
        return {entry.id: f"{entry.outcome} {entry.reason}".rstrip() for entry in entries}

    async def states(self) -> dict[str, str]:
        """Id to state, for each delivery in the queue. Notices have the id of their journal entry."""
        rows = await self.store.queue.rows()
        return {row.journal_id if row.notice else row.id: row.state for row in rows}

    async def wait(self, id: str) -> float:
        """Seconds from now until this delivery is due."""
        row = await self.store.queue.row(id)
        assert row is not None
        return (row.due_at - self.now).total_seconds()


@pytest.fixture
async def desk(home: Home) -> AsyncIterator[Desk]:
    signer = Signer("relay.test", home.dkim_keys(load(home.toml, {})))
    store = await Store.open(home.db, home.read_vault(), sign=signing_again(Signers(signer, signer)))
    await store.directory.add_pairs([NewPair("p1", AMBER, QUIET, JANE, OMAR, "", "en", NOON)])
    yield Desk(home, store)
    await store.close()


@pytest.mark.parametrize(("tls", "said"), [("", "none"), ("dane-ee", "dane-ee")])
async def test_a_sent_letter_is_delivered_and_the_log_names_its_tls(
    tls: str, said: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert await desk.settling.settle(await desk.claimed(), Sent("250 2.0.0", tls)) == Sent("250 2.0.0", tls)
    assert (await desk.states(), await desk.journal()) == ({}, {"j1": "delivered"})
    assert caplog.messages == [f"j1 delivered, tls={said}"]


async def test_a_deferred_letter_is_due_again_by_the_schedule(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    delivery = await desk.claimed()
    for number, wait in enumerate(desk.settings.delivery.retry_after[:2], 1):
        assert await desk.settling.settle(delivery, LATER) == LATER
        assert wait <= await desk.wait("d1") <= wait * 1.1
        row = await desk.store.queue.row("d1")
        assert row is not None
        assert (row.state, row.last_status, row.attempts) == ("queued", "451 4.3.0", number)
        told = f"{row.due_at:%Y-%m-%d %H:%M:%S}+00:00"
        assert caplog.messages[-1] == f"j1 deferred (451 4.3.0), try {number}, next at {told}"
        desk.now = row.due_at
        delivery = await desk.claim("d1")


async def test_tries_that_fail_together_are_not_retried_together(desk: Desk) -> None:
    waits = set()
    for number in range(6):
        await desk.settling.settle(await desk.claimed(number), LATER)
        waits.add(await desk.wait(f"d{number}"))
    assert len(waits) > 1


@pytest.mark.parametrize(("before", "told"), [(0.001, False), (0.0, True)])
async def test_the_author_gets_one_notice_of_delay(before: float, told: bool, desk: Desk) -> None:
    delivery = await desk.claimed()
    created_at = delivery.created_at
    desk.now = created_at + timedelta(seconds=desk.settings.delivery.tell_delay_after - before)
    await desk.settling.settle(delivery, LATER)
    assert ("j1-d" in await desk.states()) is told
    desk.now += timedelta(hours=5)
    await desk.settling.settle(await desk.claim("d1"), LATER)
    assert [id for id in await desk.journal() if id != "j1"] == ["j1-d"]


NOT_PRIVATE = Deferred("tls 4.7.10")


@pytest.mark.parametrize(("before", "told"), [(0.001, []), (0.0, ["j1-e", "j1-w"])])
@pytest.mark.parametrize("status", ["tls 4.7.10", "tls 4.7.5", "sts 4.7.5", "sts 4.4.4", "dane 4.4.3", "dane 4.7.10"])
async def test_author_and_operator_get_a_notice_after_a_day_without_tls(
    status: str, before: float, told: list[str], desk: Desk
) -> None:
    delivery = await desk.claimed()
    desk.now = delivery.created_at + timedelta(days=1) - timedelta(seconds=before)
    await desk.settling.settle(delivery, Deferred(status))
    assert [id for id in await desk.states() if id != "d1"] == told, "and not that it is late"
    desk.now += timedelta(days=1.5)
    await desk.settling.settle(await desk.claim("d1"), Deferred(status))
    assert sorted(set(await desk.journal()) - {"j1"}) == ["j1-e", "j1-w"], "once"
    assert (await desk.states())["d1"] == "queued", "it is still being tried"


async def test_a_letter_without_tls_is_held_at_the_end_and_retried_when_released(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = await desk.claimed()
    desk.now = delivery.created_at + timedelta(seconds=desk.settings.delivery.give_up_after)
    assert await desk.settling.settle(delivery, NOT_PRIVATE) == NOT_PRIVATE
    assert await desk.states() == {"d1": "held", "j1-e": "queued", "j1-w": "queued"}
    assert (await desk.journal())["j1"] == "accepted", "nothing is lost"
    assert caplog.messages[-1] == "j1 held (tls 4.7.10) after 1 tries"
    (hold,) = [one for one in await desk.store.holds.rows() if one.delivery_id == "d1"]
    assert (hold.why, hold.decider) == (NO_SECURE_WAY, Decider.PERSON)
    await desk.store.holds.decide(Decided("d1", HoldDecision.RELEASED, Decider.PERSON, desk.now, who="root"))
    again = await desk.claim("d1")
    desk.now += timedelta(hours=1)
    assert await desk.settling.settle(again, NOT_PRIVATE) == NOT_PRIVATE
    assert (await desk.states())["d1"] == "queued"


async def test_the_operator_gets_one_notice_a_day_of_a_destination_without_tls(desk: Desk) -> None:
    def of_operator(states: dict[str, str]) -> list[str]:
        return [id for id in states if id.endswith("-w")]

    deliveries = [await desk.claimed(number) for number in range(4)]
    desk.now += timedelta(days=1)
    for delivery in deliveries:
        await desk.settling.settle(delivery, NOT_PRIVATE)
    assert sorted(id for id in await desk.states() if id.endswith("-e")) == ["j0-e", "j1-e", "j2-e", "j3-e"]
    assert of_operator(await desk.states()) == ["j0-w"]
    desk.now += timedelta(days=1)
    due = await desk.store.queue.claim(desk.now, 20)
    for delivery in due.deliveries:
        if not delivery.notice:
            await desk.settling.settle(delivery, NOT_PRIVATE)
    assert len(set(of_operator(await desk.states()))) == 2, "the next day of another letter"


async def test_of_a_notice_without_tls_only_the_operator_gets_a_notice(desk: Desk) -> None:
    delivery = await desk.claimed(notice=True)
    desk.now += timedelta(days=1)
    await desk.settling.settle(delivery, NOT_PRIVATE)
    assert sorted(await desk.states()) == ["j1", "j1-w"]
    desk.now += timedelta(days=9)
    assert await desk.settling.settle(await desk.claim("d1"), NOT_PRIVATE) == Failed("tls 4.7.10")


async def test_mail_to_the_operator_without_tls_causes_no_notice(desk: Desk) -> None:
    delivery = replace(await desk.claimed(notice=True), recipient=desk.settings.programme.operator)
    desk.now += timedelta(days=1)
    await desk.settling.settle(delivery, NOT_PRIVATE)
    assert list(await desk.states()) == ["j1"]


@pytest.mark.parametrize("outcome", [LATER, GONE])
async def test_a_failed_notice_causes_no_notice(outcome: Outcome, desk: Desk) -> None:
    delivery = await desk.claimed(notice=True)
    desk.now += timedelta(days=2)
    await desk.settling.settle(delivery, outcome)
    assert list(await desk.journal()) == ["j1"]


@pytest.mark.parametrize(("before", "ends"), [(0.001, False), (0.0, True)])
async def test_a_letter_fails_after_give_up_after_with_a_notice(before: float, ends: bool, desk: Desk) -> None:
    delivery = await desk.claimed()
    desk.now = delivery.created_at + timedelta(seconds=desk.settings.delivery.give_up_after - before)
    expected: Outcome = Failed("451 4.3.0") if ends else LATER
    assert await desk.settling.settle(delivery, LATER) == expected
    assert ("j1-f" in await desk.states(), (await desk.journal())["j1"]) == (
        ends,
        "failed 451 4.3.0" if ends else "accepted",
    )


async def test_a_refused_letter_fails_with_a_notice(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    assert await desk.settling.settle(await desk.claimed(), GONE) == GONE
    assert await desk.states() == {"j1-f": "queued"}
    assert await desk.journal() == {"j1": "failed 550 5.7.1", "j1-f": "accepted"}
    assert caplog.messages == ["j1 failed (550 5.7.1) after 1 tries"]


class Ailing:
    """The queue's ``settle``, which raises ``errors`` first, one per call."""

    def __init__(self, desk: Desk, *errors: StoreError) -> None:
        self.errors, self.really = list(errors), desk.store.queue.settle
        self.asked: list[Settlement] = []
        desk.store.queue.settle = self  # type: ignore[method-assign, assignment]

    async def __call__(self, settlements: list[Settlement]) -> None:
        self.asked += settlements
        if self.errors:
            raise self.errors.pop(0)
        await self.really(settlements)


async def test_settling_is_retried_until_it_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("relay.outbound.settlement._STORE_PAUSE", 0.01)
    delivery = await desk.claimed()
    ailing = Ailing(desk, *[StoreBusyOrFull("full")] * 5)
    await desk.settling.settle(delivery, GONE)
    assert await desk.journal() == {"j1": "failed 550 5.7.1", "j1-f": "accepted"}
    assert len(ailing.asked) == 6
    assert caplog.messages.count("j1 not settled yet, the database cannot take it now: full") == 5


async def test_settling_in_a_full_database_is_retried_with_pauses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relay.outbound.settlement._STORE_PAUSE", 3600.0)
    delivery = await desk.claimed()
    ailing = Ailing(desk, StoreBusyOrFull("full"))
    settling = asyncio.create_task(desk.settling.settle(delivery, Sent()))
    await asyncio.sleep(0.1)
    assert len(ailing.asked) == 1
    settling.cancel()
    await asyncio.gather(settling, return_exceptions=True)


async def test_a_settlement_is_written_without_notices_that_cannot_be(desk: Desk) -> None:
    delivery = await desk.claimed()
    Ailing(desk, StoreError("the pair has ended meanwhile"))
    assert await desk.settling.settle(delivery, GONE) == GONE
    assert (await desk.states(), await desk.journal()) == ({}, {"j1": "failed 550 5.7.1"})


async def test_settling_in_a_broken_database_is_not_retried_for_ever(desk: Desk) -> None:
    delivery = await desk.claimed()
    Ailing(desk, StoreError("damaged"))
    with pytest.raises(StoreError):
        await desk.settling.settle(delivery, Sent())


async def test_a_notice_that_cannot_be_made_is_written_at_a_later_try(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumble(*_: Any) -> None:
        raise RuntimeError("jane@real.example")

    delivery = await desk.claimed()
    monkeypatch.setattr(Notices, "undeliverable", stumble)
    assert await desk.settling.settle(delivery, GONE) == Deferred("4.3.0")
    assert await desk.wait("d1") == desk.settings.delivery.retry_after[-1]
    monkeypatch.undo()
    desk.now += timedelta(days=1)
    assert await desk.settling.settle(await desk.claim("d1"), GONE) == GONE
    assert "j1-f" in await desk.states()


async def _tried_again_elsewhere(desk: Desk) -> Delivery:
    """A delivery whose lease has expired, and that another process tries. Returns it as it was at the first try."""
    delivery = await desk.claimed()
    desk.now += timedelta(hours=1)
    assert await desk.store.queue.recover(desk.now) == 1
    assert (await desk.claim("d1")).attempts == 2
    return delivery


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=9)])
@pytest.mark.parametrize("outcome", [LATER, GONE])
async def test_a_try_whose_lease_has_expired_does_not_defer_or_fail_the_later_one(
    outcome: Outcome, age: timedelta, desk: Desk
) -> None:
    delivery = await _tried_again_elsewhere(desk)
    desk.now += age
    await desk.settling.settle(delivery, outcome)
    assert await desk.states() == {"d1": "sending"}, "a third try would send it once more"
    assert await desk.journal() == {"j1": "accepted"}, "the author must not hear that it failed"


async def test_a_sent_letter_counts_even_after_its_lease(desk: Desk) -> None:
    delivery = await _tried_again_elsewhere(desk)
    await desk.settling.settle(delivery, Sent())
    assert (await desk.states(), await desk.journal()) == ({}, {"j1": "delivered"})


async def test_an_expired_try_whose_notice_fails_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stumble(*_: Any) -> None:
        raise RuntimeError

    delivery = await _tried_again_elsewhere(desk)
    monkeypatch.setattr(Notices, "undeliverable", stumble)
    await desk.settling.settle(delivery, GONE)
    assert await desk.states() == {"d1": "sending"}


async def suspended(desk: Desk) -> list[str]:
    return [row.reason for row in await desk.store.suspensions.rows()]


async def test_a_member_whose_mailbox_is_gone_for_long_enough_is_suspended(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    first = desk.settings.delivery.suspend_after
    await desk.settling.settle(await desk.claimed(1), NO_MAILBOX)
    desk.now += timedelta(seconds=first - 60)
    await desk.settling.settle(await desk.claimed(2), NO_MAILBOX)
    assert await suspended(desk) == []
    desk.now += timedelta(seconds=60)
    await desk.settling.settle(await desk.claimed(3), GONE)
    assert await suspended(desk) == [], "only the mailbox says that it is gone"
    await desk.settling.settle(await desk.claimed(4), NO_MAILBOX)
    assert await suspended(desk) == ["550 5.1.1"]
    assert caplog.messages[-1] == "j4 failed: the mentee of pair p1 is suspended, no such mailbox"
    states = await desk.states()
    assert states.pop("j4-s") == "queued", "the operator hears"
    await desk.store.accept([letter(5)])
    await desk.store.queue.claim(desk.now + timedelta(minutes=1), 20)
    assert (await desk.states())["d5"] == "held"


async def test_an_error_while_checking_the_recipient_does_not_change_the_outcome(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def busy(*_: Any) -> None:
        raise StoreBusyOrFull("full")

    delivery = await desk.claimed()
    monkeypatch.setattr(Suspending, "after", busy)
    assert await desk.settling.settle(delivery, NO_MAILBOX) == NO_MAILBOX
    assert "j1: checking its recipient failed: StoreBusyOrFull" in caplog.messages


@pytest.fixture
async def night(desk: Desk) -> Desk:
    """Omar lives in Nairobi (UTC+3), and his nights are quiet from nine to seven."""
    programme = replace(desk.settings.programme, quiet_hours="21:00-07:00", time_zone="Africa/Nairobi")
    settings = replace(desk.settings, programme=programme)
    writer = replace(desk.settling.notices.writer, settings=settings)
    notices = Notices(desk.store, writer)
    desk.settling = Settling(settings.delivery, desk.store, notices, desk.settling.suspending, lambda: desk.now)
    return desk


async def tried_again_at(desk: Desk, name: str, at: datetime, *, at_once: bool = False) -> datetime:
    """When a letter of relay's to Omar is tried again that was deferred ``at`` this time."""
    desk.now = at
    values = catalogue()[name].samples[0]
    pair = await desk.store.directory.pair("p1")
    assert pair is not None
    written = Letter(
        name, "omar@home.example", pair.manner(Side.MENTEE), values, "p1", side=Side.MENTOR, at_once=at_once
    )
    owed = desk.settling.notices.writer.write(written, at)
    await desk.store.accept([owed])
    delivery = next(one for one in (await desk.store.queue.claim(at, 20)).deliveries if one.id == owed.deliveries[0].id)
    await desk.settling.settle(delivery, LATER)
    row = await desk.store.queue.row(delivery.id)
    assert row is not None
    return row.due_at


EVENING = datetime(2026, 3, 1, 17, 59, 30, tzinfo=UTC)  # 20:59:30 in Nairobi
MORNING = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


async def test_a_letter_of_relays_that_was_deferred_in_the_evening_is_tried_again_in_the_morning(night: Desk) -> None:
    assert await tried_again_at(night, "pair-ended", EVENING) == MORNING


async def test_what_answers_its_reader_is_tried_again_at_night(night: Desk) -> None:
    assert await tried_again_at(night, "desk-paused", EVENING) < EVENING + timedelta(minutes=5)
    late = EVENING + timedelta(hours=2)
    assert await tried_again_at(night, "pair-ended", late, at_once=True) < late + timedelta(minutes=5)


async def test_by_day_and_without_quiet_hours_a_try_is_not_put_off(night: Desk, desk: Desk) -> None:
    noon = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert await tried_again_at(night, "pair-ended", noon) < noon + timedelta(minutes=5)


async def test_the_members_own_letters_know_no_quiet_hours(night: Desk) -> None:
    night.now = EVENING
    await night.settling.settle(await night.claimed(), LATER)
    assert await night.wait("d1") < 300
