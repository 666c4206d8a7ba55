"""Words that were relayed before are recognised by keyed hashes, however they are wrapped; new words are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.anonymise.history.relayed import Recall, remembered, words_of
from relay.model import History

KEY, OTHER = b"k" * 16, b"o" * 16
LETTER = words_of("Dear Quiet River, thank you for the draft. I read it twice, and liked the second half best of all.")


def recall(*past: tuple[bytes, bytes]) -> Recall:
    return Recall(History("none", KEY, past))


KNOWN = recall((KEY, remembered([LETTER], [b"picture"], KEY)))


def test_every_part_of_four_words_and_more_is_recognised() -> None:
    assert KNOWN.relayed(LETTER)
    assert KNOWN.relayed(LETTER[3:9])


@pytest.mark.parametrize(
    "changed",
    [
        [*LETTER[:9], "no", *LETTER[9:]],
        [*LETTER, "Yes"],
        ["Yes", *LETTER],
        [*LETTER[:4], "badly", *LETTER[5:]],
        LETTER[:3],
        LETTER[::-1],
    ],
    ids=["between", "below", "above", "changed", "too few to be certain", "in another order"],
)
def test_words_that_were_not_relayed_so_are_noticed(changed: list[str]) -> None:
    assert not KNOWN.relayed(changed)


def test_an_answer_between_that_repeats_words_of_the_letter_is_noticed() -> None:
    assert all(not KNOWN.relayed([*LETTER[:at], *LETTER[2:7], *LETTER[at:]]) for at in range(9, len(LETTER)))


def test_a_letter_of_few_words_is_recognised_as_a_whole() -> None:
    short = recall((KEY, remembered([["yes"], ["see", "you"]], [], KEY)))
    assert [short.relayed(words) for words in (["yes"], ["see", "you"], ["see"], ["you", "see"])] == [
        True, True, False, False,
    ]  # fmt: skip


def test_hashes_of_several_letters_and_keys_are_looked_through() -> None:
    both = recall((OTHER, remembered([LETTER], [], OTHER)), (KEY, remembered([["once", "more"]], [], KEY)))
    assert both.relayed(LETTER)
    assert both.relayed(["once", "more"])
    assert not recall((OTHER, remembered([LETTER], [], KEY))).relayed(LETTER)


def test_a_picture_is_recognised_and_is_no_word() -> None:
    assert KNOWN.shown(b"picture")
    assert not KNOWN.shown(b"another")
    assert KNOWN.relayed(["picture"]) is False


def test_nothing_can_be_read_from_what_is_remembered() -> None:
    octets = remembered([LETTER], [], KEY)
    assert len(octets) == 8 * (len(LETTER) - 3)
    assert remembered([LETTER], [], OTHER) != octets
    assert not any(word.encode() in octets for word in LETTER)


def test_without_anything_remembered_nothing_is_known() -> None:
    assert recall().relayed(LETTER) is False
    assert recall((KEY, b"half a hash")).relayed(LETTER) is False
    assert remembered([[]], [], KEY) == b""


def test_scripts_without_spaces_are_read_sign_by_sign() -> None:
    letter = words_of("我们星期四四点钟可以谈谈第四章吗")
    known = recall((KEY, remembered([letter], [], KEY)))
    assert known.relayed(words_of("星期四四点钟可以\n谈谈第四章"))
    assert not known.relayed(words_of("星期四五点钟可以谈谈第四章"))


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.integers(0, 30))
def test_any_part_long_enough_is_known(words: list[str], start: int) -> None:
    known = recall((KEY, remembered([words], [], KEY)))
    part = words[start : start + 6]
    assert known.relayed(part) or len(part) < 4


def test_a_long_letter_takes_time_in_proportion() -> None:
    words = [str(number) for number in range(100_000)]
    started = time.process_time()
    known = recall((KEY, remembered([words], [], KEY)))
    assert known.relayed(words)
    assert time.process_time() - started < 5
