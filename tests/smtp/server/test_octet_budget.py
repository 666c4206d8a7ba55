"""Who may hold how many octets before anybody is proven, and whose letter is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.refusals import TooMuchAtOnce
from relay.smtp.server.octet_budget import SMALL, HeldLetter, OctetBudget

MIB = 1 << 20
LARGEST = 25 * MIB


@dataclass
class Letters:
    """A budget, and what was dropped, in order."""

    budget: OctetBudget
    dropped: list[str] = field(default_factory=list)
    freed: int = 0

    def open(self, name: str, peer: str, announced: int = 0) -> HeldLetter:
        return self.budget.open(peer, announced, lambda: self.dropped.append(name))

    def grown(self, name: str, peer: str, octets: int, announced: int = 0) -> HeldLetter:
        letter = self.open(name, peer, announced)
        self.budget.hold(letter, octets)
        return letter


def letters(total: int = 128 * MIB, per_network: int = 32 * MIB, largest: int = LARGEST) -> Letters:
    made = Letters(OctetBudget(total, per_network, largest))
    made.budget._freed = lambda octets: setattr(made, "freed", made.freed + 1)
    return made


def test_a_network_over_its_share_loses_its_newest_letter_and_others_lose_nothing() -> None:
    made = letters()
    made.grown("other", "192.0.2.9", 20 * MIB)
    first = made.grown("first", "192.0.2.1", 20 * MIB)
    second = made.grown("second", "192.0.2.1", 8 * MIB)
    assert made.dropped == []
    made.budget.hold(second, 8 * MIB + 1)
    assert made.dropped == ["second"]
    assert made.budget.held == 40 * MIB
    made.budget.hold(second, 9 * MIB)  # its rest is read, and counts for nothing
    made.budget.hold(first, LARGEST)
    assert made.budget.held == 45 * MIB
    assert made.dropped == ["second"]


def test_one_letter_of_the_largest_size_is_always_possible() -> None:
    made = letters(total=10, per_network=5)
    letter = made.grown("large", "192.0.2.1", LARGEST, announced=LARGEST)
    assert not letter.dropped
    assert made.budget.begin_answer(letter)


def test_a_newcomer_gets_in_whatever_others_hold() -> None:
    made = letters()
    for n in range(20):
        made.grown(f"a{n}", f"192.0.2.{n}", 4 * MIB)
        made.grown(f"b{n}", f"192.0.2.{n}", int(1.6 * MIB))
    assert made.dropped == []
    newcomer = made.open("newcomer", "198.51.100.1")
    for octets in range(0, 5 * MIB, 64 * 1024):
        made.budget.hold(newcomer, octets)
    assert not newcomer.dropped
    assert made.dropped == ["b0", "b1", "b2", "b3"]


def test_who_would_be_the_largest_is_the_one_that_is_dropped() -> None:
    made = letters()
    for n in range(10):
        made.grown(f"a{n}", f"192.0.2.{n}", 11 * MIB)
    greedy = made.open("greedy", "198.51.100.1")
    made.budget.hold(greedy, 11 * MIB)
    assert made.dropped != []
    made.budget.hold(greedy, 24 * MIB)
    assert greedy.dropped
    assert made.budget.held <= 112 * MIB


def test_a_reserve_is_kept_for_small_letters_that_say_so() -> None:
    made = letters(total=32 * MIB, per_network=0)
    made.grown("large", "192.0.2.1", 14 * MIB)
    made.grown("larger", "192.0.2.2", 14 * MIB)
    small = [made.grown(f"s{n}", "192.0.2.1", SMALL - 1, announced=SMALL - 1) for n in range(16)]
    assert made.dropped == []
    # One that becomes larger than it said is an ordinary letter, and its network holds most.
    made.budget.hold(small[3], SMALL)
    assert made.dropped == ["s3"]


def test_what_is_announced_and_has_no_chance_is_refused_at_once() -> None:
    made = letters()
    made.grown("first", "192.0.2.1", 10 * MIB)
    with pytest.raises(TooMuchAtOnce):
        made.open("second", "192.0.2.1", announced=24 * MIB)
    made.open("third", "192.0.2.1", announced=SMALL - 1)
    made.open("fourth", "192.0.2.1")
    made.open("fifth", "2001:db8::1", announced=LARGEST)
    for n in range(10, 20):
        made.grown(f"n{n}", f"192.0.2.{n}", 10 * MIB)
    with pytest.raises(TooMuchAtOnce):
        made.open("large", "198.51.100.1", announced=12 * MIB)
    made.open("fair", "198.51.100.1", announced=9 * MIB)


def test_a_v6_network_counts_as_one() -> None:
    made = letters()
    made.grown("first", "2001:db8::1", 20 * MIB)
    made.grown("second", "2001:db8::ffff", 20 * MIB)
    assert made.dropped == ["second"]
    made.grown("elsewhere", "2001:db8:0:1::1", 20 * MIB)
    assert made.dropped == ["second"]


def test_a_letter_being_answered_is_never_dropped_and_half_is_left_for_the_others() -> None:
    made = letters()
    two = [made.grown(f"l{n}", f"192.0.2.{n}", LARGEST) for n in range(2)]
    assert all(map(made.budget.begin_answer, two))
    third = made.grown("third", "192.0.2.3", LARGEST)
    assert not made.budget.begin_answer(third)
    small = made.grown("small", "192.0.2.4", 1000)
    assert made.budget.begin_answer(small)
    more = [made.grown(f"m{n}", f"192.0.2.{n}", 7 * MIB) for n in range(2)]  # two networks over their shares
    fourth = made.grown("fourth", "192.0.2.5", LARGEST)
    assert not any(letter.dropped for letter in (*two, small))
    assert [letter.dropped for letter in more] == [True, True]
    made.budget.close(two[0])
    assert made.budget.begin_answer(third)
    assert not made.budget.begin_answer(fourth)


def test_the_next_largest_loses_its_letter_when_the_largest_is_being_answered() -> None:
    made = letters(total=32 * MIB, per_network=0)
    large = made.grown("large", "192.0.2.1", 20 * MIB)
    assert made.budget.begin_answer(large)
    made.grown("second", "192.0.2.2", 6 * MIB)
    made.grown("third", "192.0.2.3", 4 * MIB)
    assert made.dropped == ["second"]


def test_without_a_limit_nothing_is_ever_dropped() -> None:
    made = letters(total=0, per_network=0)
    many = [made.grown(f"l{n}", "192.0.2.1", LARGEST, announced=LARGEST) for n in range(100)]
    assert all(map(made.budget.begin_answer, many))
    assert made.dropped == []


def test_what_is_let_go_is_told() -> None:
    made = letters(total=LARGEST, per_network=0)
    first = made.grown("first", "192.0.2.1", LARGEST - 1)
    made.grown("second", "192.0.2.2", 100)
    assert (first.dropped, made.freed) == (True, 1)
    made.budget.close(first)
    assert made.budget.held == 100


act = st.tuples(
    st.sampled_from(["open", "hold", "answer", "close"]),
    st.integers(0, 5),
    st.sampled_from([0, 1, 50, 200, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL, 8 * SMALL]),
)


@given(acts=st.lists(act, max_size=60), total=st.sampled_from([0, 20, 40]), share=st.sampled_from([0, 8, 16]))
def test_the_bounds_hold_whatever_happens(acts: list[tuple[str, int, int]], total: int, share: int) -> None:
    """Against sums made anew after each step."""
    largest = 8 * SMALL
    made = letters(total * SMALL, share * SMALL, largest)
    alive: list[HeldLetter] = []
    answered: set[int] = set()
    for what, which, octets in acts:
        if what == "open":
            try:
                alive.append(made.open(str(len(alive)), f"192.0.2.{which}", octets))
            except TooMuchAtOnce:
                assert octets
        elif alive:
            letter = alive[which % len(alive)]
            if what == "hold" and not letter.answering:
                made.budget.hold(letter, max(octets, letter.octets))
            elif what == "answer" and not letter.answering and not letter.dropped:
                if made.budget.begin_answer(letter):
                    answered.add(id(letter))
            elif what == "close":
                made.budget.close(letter)
                alive.remove(letter)
                answered.discard(id(letter))
        assert all(one.answering for one in alive if id(one) in answered)
        sums: dict[str, int] = {}
        for one in alive:
            assert not (one.dropped and (one.octets or one.answering))
            sums[one.network] = sums.get(one.network, 0) + one.octets
        assert made.budget.held == sum(sums.values())
        if total:
            assert made.budget.held <= max(total * SMALL, largest)
            assert sum(one.octets for one in alive if one.answering) <= max(total * SMALL * 5 // 8, largest)
        if share:
            assert all(held <= max(share * SMALL, largest) for held in sums.values())
