"""A file or a quotation that was made from another is known by its pairs of words, and no other is."""

from __future__ import annotations

import time

import pytest

from relay.anonymise.likeness import counts_of, is_text_like, sketch, text_sketch

ABOUT = (
    "The boat left the harbour at noon, and the wind was behind us all the way to the island, where we slept in a barn."
)
OTHER = (
    "We met at noon in the harbour, and the rest of the day was spent in a library that smells of old paper and wax."
)
LIST = "\n".join(
    f"{at} {given} {family}" for at, given in enumerate(("Ann", "Bert", "Carla")) for family in ("Ash", "Orm")
)


@pytest.mark.parametrize(
    "changed",
    [
        f"My remarks: {ABOUT}",
        ABOUT.upper(),
        ABOUT.replace("noon", "ten").replace("barn", "shed"),
        f"{ABOUT} {OTHER}",
        ABOUT[:70],
        f"<p>{ABOUT.replace('wind', '<b>wind</b>')}</p>",
    ],
)
def test_what_was_changed_is_like_what_it_was_made_from(changed: str) -> None:
    assert counts_of(changed.encode(), [sketch(ABOUT.encode(), {"wind": 1})]) == {"wind": 1}


@pytest.mark.parametrize("other", [OTHER, "Curriculum vitae of a baker", "", "the wind was"])
def test_what_others_wrote_is_not(other: str) -> None:
    assert counts_of(other.encode(), [sketch(ABOUT.encode(), {})]) is None
    assert not is_text_like(other, [text_sketch(ABOUT, {})])


def test_words_that_are_counted_make_nothing_alike() -> None:
    counts = {"ann": 3, "ash": 3, "omar": 1}
    known = [text_sketch("Ann Ash Omar Ann Ash Ann Ash", counts)]
    assert not is_text_like("Ann Ash Omar Ann Ash Ann Ash", known)
    assert known == [""]


def test_in_a_sorted_list_and_one_with_remarks_most_pairs_are_the_same() -> None:
    known = [text_sketch(LIST, {})]
    assert is_text_like("\n".join(sorted(LIST.splitlines(), reverse=True)), known)
    assert is_text_like("\n".join(f"{line} no, never" for line in LIST.splitlines()), known)


def test_the_highest_count_of_alike_files_counts() -> None:
    known = [text_sketch(ABOUT, {"omar": 1}), text_sketch(f"{ABOUT} Hm.", {"omar": 4}), text_sketch(OTHER, {"omar": 9})]
    assert counts_of(ABOUT.encode(), known) == {"omar": 4}


def test_many_quotations_are_compared_with_many_letters_in_little_time() -> None:
    known = [text_sketch(" ".join(f"w{one}{at}" for at in range(400)), {}) for one in "abcdefghij" * 10]
    began = time.process_time()
    for at in range(1000):
        is_text_like(f"we said that {at} times, and never again, to nobody at all", known)
    assert time.process_time() - began < 1
