"""Admission under any order of arrivals, looks, ends of tries and outages, with a model of queue and servers.

There are never more tries than slots, and none to a server that is down; no delivery overtakes one that is known to
wait for the same destination; and no known delivery waits while it could begin.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from relay.outbound.slots import Admission, Look, ServerBack, ServerDown, Slot
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.settings import Address, DeliverySettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOST, CAP, FIRST, LONGEST, LEASE = 4, 2, 30.0, 300.0, 900.0
DESTINATIONS = st.sampled_from("abc")
SILENCE = (Deferred("4.4.1"), Deferred("4.4.2"))
OTHERS = (Sent("250 2.0.0"), Failed("550 5.1.1"), Deferred("451 4.3.0"), Deferred("4.4.3"), Deferred("4.3.0"))
OUTCOMES = st.sampled_from([*SILENCE * 3, *OTHERS])


@dataclass(eq=False)
class Waiter:
    """A delivery in the queue. ``known``: accepted by this process, or seen by a look."""

    destination: str
    known: bool


class Weather(RuleBasedStateMachine):
    """``hand``: slots in use; ``queue``: waiting deliveries, oldest first; ``look``: the look in progress."""

    smarthost: Address | None = None
    cap = CAP

    def __init__(self) -> None:
        super().__init__()
        limits = DeliverySettings(
            smarthost=self.smarthost, concurrency=MOST, per_destination=CAP, retry_after=(60.0, 900.0), lease=LEASE
        )
        self.now = NOON
        self.admission = Admission(limits, NOON)
        self.hand: list[Slot] = []
        self.queue: list[Waiter] = []
        self.look: Look | None = None
        self.claimed: list[Waiter] = []
        self.passed_over: list[Waiter] = []
        self.behind: set[str] = set()
        self.more = False
        self.excused: frozenset[str] = frozenset()  # down at the last look
        self.silent: Counter[str] = Counter()
        self.alone: dict[str, datetime] = {}

    def server(self, destination: str) -> str:
        return destination if self.smarthost is None else "smarthost"

    def is_down(self, destination: str) -> bool:
        return self.alone.get(self.server(destination), self.now) > self.now

    def has_room(self, destination: str) -> bool:
        to_one = sum(slot.destination == destination for slot in self.hand)
        return len(self.hand) < MOST and to_one < self.cap

    @rule(destination=DESTINATIONS)
    def a_letter_comes(self, destination: str) -> None:
        quiet = self.look is None and not self.admission.look_due and not self.queue
        free = self.has_room(destination) and not self.is_down(destination)
        slot = self.admission.reserve(destination, self.now)
        if slot is None:
            assert not (quiet and free), "it had to wait for nobody"
            self.queue.append(Waiter(destination, known=True))
            self.admission.look_due = True
            return
        assert free
        known = {each.destination for each in (*self.queue, *self.claimed) if each.known}
        assert destination not in known, "it passed somebody"
        assert slot == Slot(destination, self.now + timedelta(seconds=LEASE))
        self.hand.append(slot)

    @rule(destination=DESTINATIONS)
    def a_letter_comes_to_another_process(self, destination: str) -> None:
        self.queue.append(Waiter(destination, known=False))

    @precondition(lambda self: self.look is None)
    @rule(ahead=st.integers(1, 12))
    def a_look_begins(self, ahead: int) -> None:
        """``ahead``: the number of deliveries not excluded that the look reads."""
        self.look = self.admission.look(self.now)
        if self.look is None:
            if self.admission.look_due and len(self.hand) == MOST:
                for each in self.queue:
                    each.known = True  # no slot is free, so every waiting delivery comes first
            return
        assert self.look.limit == MOST - len(self.hand) > 0
        assert self.look.until == self.now + timedelta(seconds=LEASE)
        assert Counter(self.look.in_hand) == Counter(slot.destination for slot in self.hand)
        self.excused = self.look.down
        seen = [each for each in self.queue if each.destination not in self.look.exclude][:ahead]
        had = Counter(self.look.in_hand)
        self.claimed = []
        for each in seen:
            if len(self.claimed) < self.look.limit and had[each.destination] < self.look.cap:
                had[each.destination] += 1
                self.claimed.append(each)
        assert not any(self.is_down(each.destination) for each in self.claimed)
        left = [each for each in seen if each not in self.claimed]
        self.behind = {each.destination for each in left}
        self.more = len(seen) == ahead or (bool(left) and len(self.claimed) == self.look.limit)
        self.queue = [each for each in self.queue if each not in self.claimed]
        self.passed_over = list(self.queue)

    @precondition(lambda self: self.look is not None)
    @rule()
    def the_look_ends(self) -> None:
        assert self.look is not None
        asked, news = [each.destination for each in self.claimed], self.admission.look_due
        slots = self.admission.looked(self.look, asked, self.behind, more=self.more)
        assert len(slots) == len(asked)
        for each in self.passed_over:
            each.known = True  # seen, excluded, or covered by ``more``
        back = []
        for each, slot in zip(self.claimed, slots, strict=True):
            if slot is None:
                assert not self.has_room(each.destination)
                back.append(Waiter(each.destination, known=True))
            else:
                assert slot == Slot(each.destination, self.look.until)
                self.hand.append(slot)
        self.queue = back + self.queue
        assert news or not self.admission.look_due or len(self.hand) < MOST
        could = [each for each in self.queue if each.destination not in self.look.down]
        if not (news or self.more or any(self.has_room(each.destination) for each in could)):
            room_again = any(self.has_room(each) for each in set(self.look.exclude) - self.look.down)
            assert not self.admission.look_due or room_again, "it would look again and again for nothing"
        self.look, self.claimed = None, []

    @precondition(lambda self: self.look is not None)
    @rule()
    def the_look_fails(self) -> None:
        self.queue = self.claimed + self.queue
        self.look, self.claimed = None, []
        self.admission.look_due = True

    @precondition(lambda self: self.hand)
    @rule(which=st.integers(0, MOST), outcome=OUTCOMES)
    def a_try_ends(self, which: int, outcome: Outcome) -> None:
        slot = self.hand.pop(which % len(self.hand))
        server, news = self.server(slot.destination), None
        if outcome in SILENCE:
            self.silent[server] += 1
            if self.silent[server] >= 3:
                before = self.is_down(slot.destination)
                seconds = min(LONGEST, FIRST * 2 ** (self.silent[server] - 3))
                self.alone[server] = self.now + timedelta(seconds=seconds)
                news = None if before else ServerDown(server, seconds)
        elif outcome.status[0] in "25" or outcome.status.startswith("451"):
            self.silent[server] = 0
            news = ServerBack(server) if self.alone.pop(server, None) else None
        assert self.admission.learn(slot.destination, outcome, self.now) == news
        assert self.admission.release(slot, self.now) is self.admission.look_due

    @rule(seconds=st.sampled_from((0.01, 0.5, 2.0, 20.0, 200.0)))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def there_are_never_too_many(self) -> None:
        to_each = Counter(slot.destination for slot in self.hand)
        assert len(self.hand) <= MOST
        assert max(to_each.values(), default=0) <= self.cap

    @invariant()
    def nothing_known_waits_while_it_could_begin(self) -> None:
        if self.look is not None or self.admission.look_due:
            return
        for each in self.queue:
            away = self.is_down(each.destination) or each.destination in self.excused
            assert not each.known or away or not self.has_room(each.destination), "a look was needed"

    @invariant()
    def a_server_that_is_left_alone_is_told_as_such(self) -> None:
        expected = {server for server, until in self.alone.items() if until > self.now}
        assert set(self.admission.breaker.down(self.now)) == expected

    def teardown(self) -> None:
        """All servers reply again: every waiting delivery begins, with one look per second."""
        for _ in range(10 + 2 * len(self.queue)):
            if self.look is not None:
                self.the_look_ends()
            while self.hand:
                self.a_try_ends(0, Sent())
            self.time_passes(LONGEST)
            self.admission.look_due = True
            self.a_look_begins(12)
        assert not (self.queue or self.hand or self.claimed or self.admission.slots.taken)
        self.admission.close()
        assert self.admission.reserve("d", self.now) is None
        if self.look is not None:
            assert self.admission.looked(self.look, ["d"], (), more=False) == [None]


class SmarthostWeather(Weather):
    """With a smarthost: all destinations have one server, and each may use three quarters of the slots."""

    smarthost = Address("mail.example", 25)
    cap = MOST * 3 // 4


@pytest.mark.parametrize("machine", [Weather, SmarthostWeather])
def test_admission_in_any_weather(machine: type[Weather]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=100, stateful_step_count=50))  # type: ignore[no-untyped-call]


def test_a_smarthost_with_one_slot_still_sends() -> None:
    admission = Admission(DeliverySettings(smarthost=Address("mail.example", 25), concurrency=1), NOON)
    look = admission.look(NOON)
    assert look is not None
    assert admission.looked(look, ["a"], (), more=False) == [Slot("a", look.until)]


@pytest.mark.parametrize(("most", "cap"), [(1, 1), (2, 1), (3, 2), (4, 3), (8, 6), (20, 15)])
def test_behind_a_smarthost_one_destination_never_has_all_slots(most: int, cap: int) -> None:
    admission = Admission(DeliverySettings(smarthost=Address("mail.example", 25), concurrency=most), NOON)
    look = admission.look(NOON)
    assert look is not None and (look.limit, look.cap) == (most, cap)
    assert admission.looked(look, [], [], more=False) == []
    given = [admission.reserve("slow", NOON) for _ in range(most)]
    assert [slot is not None for slot in given] == [True] * cap + [False] * (most - cap)
    assert [admission.reserve("other", NOON) is not None for _ in range(most - cap)] == [True] * (most - cap)
    assert admission.reserve("third", NOON) is None


def test_a_slot_freed_a_second_after_the_last_look_triggers_one() -> None:
    for seconds, reason in ((1.0, False), (1.001, True)):
        admission = Admission(DeliverySettings(), NOON)
        look, slot = admission.look(NOON), None
        assert look is not None
        admission.looked(look, (), (), more=False)
        slot = admission.reserve("a", NOON)
        assert slot is not None
        assert admission.release(slot, NOON + timedelta(seconds=seconds)) is reason
        assert admission.look_due is reason
        look = admission.look(NOON + timedelta(seconds=10))
        slot = admission.reserve("a", NOON)
        assert (look is not None) is reason
        assert slot is not None
        assert admission.release(slot, NOON + timedelta(seconds=10.5)) is not reason


def test_a_server_that_is_down_is_not_tried_for_half_a_minute_to_five() -> None:
    for waits, first, longest in (((60.0, 3600.0), 30, 300), ((10.0, 20.0), 10, 20)):
        admission = Admission(DeliverySettings(retry_after=waits), NOON)
        now, told = NOON, []
        for _ in range(9):
            news = admission.learn("a", Deferred("4.4.1"), now)
            now += timedelta(hours=1)
            told += [news.seconds] if isinstance(news, ServerDown) else []
        assert (told[0], told[-1]) == (first, longest)


def test_held_up_means_tries_in_progress_or_a_server_that_is_down() -> None:
    admission = Admission(DeliverySettings(), NOON)
    assert not admission.held_up(NOON)
    for _ in range(3):
        admission.learn("a", Deferred("4.4.1"), NOON)
    assert admission.held_up(NOON)
    assert not admission.held_up(NOON + timedelta(minutes=1))
    look = admission.look(NOON)
    assert look is not None
    admission.looked(look, ["b"], (), more=False)
    assert admission.held_up(NOON + timedelta(minutes=1))


def test_a_delivery_queued_during_a_look_is_not_overtaken_after_it() -> None:
    """The look began before the letter was queued, so its result does not cover it."""
    admission = Admission(DeliverySettings(concurrency=4, per_destination=1), NOON)
    first = admission.look(NOON)
    assert first is not None
    admission.looked(first, (), (), more=False)
    slot = admission.reserve("a", NOON)
    admission.look_due = True
    look = admission.look(NOON)
    assert slot is not None and look is not None
    assert admission.reserve("a", NOON) is None
    admission.looked(look, (), (), more=False)
    admission.release(slot, NOON)
    assert admission.reserve("a", NOON) is None
    assert admission.look_due
    assert admission.look(NOON) is not None
    assert admission.reserve("a", NOON) is None, "nor while the next look claims it"


def test_before_the_first_look_every_letter_waits() -> None:
    """Deliveries of an earlier run may be in the queue."""
    assert Admission(DeliverySettings(), NOON).reserve("a", NOON) is None


def quiet(**limits: int) -> Admission:
    """An Admission after a look that found nothing."""
    admission = Admission(DeliverySettings(**limits), NOON)  # type: ignore[arg-type]
    look = admission.look(NOON)
    assert look is not None
    admission.looked(look, (), (), more=False)
    return admission


def test_a_delivery_is_not_overtaken_while_a_look_claims_it() -> None:
    admission = quiet(concurrency=1)
    slot = admission.reserve("b", NOON)
    assert slot is not None
    assert admission.reserve("a", NOON) is None
    admission.look_due = True
    admission.release(slot, NOON)
    look = admission.look(NOON)
    assert look is not None
    assert admission.reserve("a", NOON) is None
    assert admission.looked(look, ["a"], (), more=False) == [Slot("a", look.until)]


def test_a_delivery_that_falls_due_without_a_free_slot_is_not_overtaken() -> None:
    """There was no look, so its destination is unknown."""
    admission = quiet(concurrency=1)
    slot = admission.reserve("b", NOON)
    assert slot is not None
    admission.look_due = True
    assert admission.look(NOON) is None
    assert admission.release(slot, NOON), "a look is due still"
    assert admission.reserve("a", NOON) is None


def test_a_slot_freed_during_a_look_serves_a_destination_left_out() -> None:
    admission = quiet(concurrency=3, per_destination=1)
    slot = admission.reserve("a", NOON)
    assert slot is not None
    admission.look_due = True
    look = admission.look(NOON)
    assert look is not None
    assert not admission.release(slot, NOON), "nobody is known to wait for it"
    admission.looked(look, (), ["a"], more=False)
    assert admission.look_due
