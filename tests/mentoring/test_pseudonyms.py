"""Pseudonyms are plain words, aliases cannot be guessed, and neither they nor pair ids are used twice."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.mentoring import pseudonyms as names
from relay.mentoring.pseudonym_words import ADJECTIVES, NOUNS
from relay.mentoring.pseudonyms import name_fault, new_name, new_pair_id, words_of
from relay.model import Identity
from relay.policy.recipients import new_alias, random_letters


def test_the_words_give_60000_names_and_are_plain_and_different() -> None:
    assert len(ADJECTIVES) * len(NOUNS) >= 60_000
    words = (*ADJECTIVES, *NOUNS)
    assert len(set(words)) == len(words)
    assert all(re.fullmatch(r"[a-z]{2,12}", word) for word in words)


def test_a_name_is_two_words_of_the_lists() -> None:
    adjective, noun = new_name(set()).split()
    assert adjective.lower() in ADJECTIVES
    assert noun.lower() in NOUNS


def test_a_name_is_never_one_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "ADJECTIVES", ("calm", "kind"))
    monkeypatch.setattr(names, "NOUNS", ("hill", "lake"))
    assert new_name({"calm hill", "calm lake"}) in ("Kind Hill", "Kind Lake")


def test_a_name_has_three_words_when_most_of_two_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "ADJECTIVES", ("calm", "kind"))
    monkeypatch.setattr(names, "NOUNS", ("hill", "lake"))
    taken = {"calm hill", "calm lake", "kind hill"}
    assert {new_name(taken) for _ in range(50)} == {
        "Calm Kind Hill",
        "Calm Kind Lake",
        "Kind Calm Hill",
        "Kind Calm Lake",
    }


def test_a_name_holds_no_word_of_the_real_names_or_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "NOUNS", ("hill", "river"))
    avoid = words_of([Identity(("joe.hill@mail.test",), ("Josephine",))])
    assert {new_name(set(), avoid).split()[1] for _ in range(20)} == {"River"}


def test_an_alias_is_readable_and_has_60_random_bits() -> None:
    alias = new_alias("Quiet River", "relay.test")
    match = re.fullmatch(r"quiet-river\.([2-9b-z]+)@relay\.test", alias)
    assert match
    assert len(match[1]) * math.log2(28) >= 60
    assert not set(match[1]) & set("aeiou01l")
    assert new_alias("Quiet River", "relay.test") != alias


@given(st.text(max_size=200))
def test_every_name_makes_a_well_formed_alias(name: str) -> None:
    local, _, domain = new_alias(name, "relay.test").rpartition("@")
    assert domain == "relay.test"
    assert len(local) <= 64
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[2-9b-z]{13}", local)


def test_a_pair_id_differs_from_those_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["first", "second"])
    monkeypatch.setattr(names, "random_letters", lambda count: next(drawn))
    assert new_pair_id({"first"}) == "second"


def test_random_letters_use_the_whole_alphabet() -> None:
    assert len(set(random_letters(2000))) == 28


@pytest.mark.parametrize("name", ["Anna", "Quiet River", "نهر هادئ", "O'Brien 7", "Zoë-Lou"])
def test_a_chosen_name_may_be_any_plain_words(name: str) -> None:
    assert name_fault(name, frozenset()) == ""


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("x", "between 2 and 60"),
        ("x" * 61, "between 2 and 60"),
        ("a@b.test", "no @"),
        ("a <b>", "angle brackets"),
        ("a\nBcc: b", "plain words"),
        ("a\u202eb", "plain words"),
        ("http://a.test", "plain words"),
        ("123", "letters"),
        ("Dr. MÜLLER", "of a real name or address"),
        ("joe", "of a real name or address"),
    ],
)
def test_a_chosen_name_that_identifies_or_breaks_a_header_is_refused(name: str, fault: str) -> None:
    avoid = words_of([Identity(("joe.m@mail.test",), ("Anna Müller",))])
    assert fault in name_fault(name, avoid)
