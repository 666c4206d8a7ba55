"""The tags that gateways put before a subject go, so that threads neither grow nor split; what a person wrote stays."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.anonymise.history.prefixes import edits
from relay.anonymise.identities import Finding, replaced
from relay.model import Message

TABLE = tomllib.loads((files("relay.anonymise.appended") / "subject_tags.toml").read_text("utf-8"))
LETTER = (
    "From: jane.whitcombe@northbank.example\nTo: quiet-river.p9@relay.example.org\nSubject: {}\n"
    "Content-Type: text/plain; charset=utf-8\n\n{}\n"
)


def passed(subject: str) -> str:
    return replaced(subject, [Finding(*edit, "quoted-header") for edit in edits(subject, lambda: "en")])


def arrived(relayed: Callable[[bytes], Message], subject: str, text: str = "Thank you, I like it.") -> Message:
    return relayed(LETTER.format(subject, text).encode())


@pytest.mark.parametrize("tag", TABLE["goes"])
def test_a_tag_of_a_gateway_goes_also_behind_re_and_beside_a_persons_tag(
    tag: str, relayed: Callable[[bytes], Message]
) -> None:
    assert arrived(relayed, f"{tag} Two hundred bowls").subject == "Two hundred bowls"
    assert arrived(relayed, f"Re: {tag} RE: {tag} Two hundred bowls").subject == "Re: Two hundred bowls"
    assert passed(f"{tag} AW: {tag} Two hundred bowls") == "Re: Two hundred bowls"
    assert passed(f"Fwd: [Draft 2] {tag} Two hundred bowls") == "Fwd: [Draft 2] Two hundred bowls"


@pytest.mark.parametrize("tag", TABLE["before_answers"])
def test_the_desk_of_a_firm_goes_before_an_answer(tag: str, relayed: Callable[[bytes], Message]) -> None:
    assert arrived(relayed, f"{tag} Re: Two hundred bowls").subject == "Re: Two hundred bowls"
    assert passed(f"AW: {tag} AW: Two hundred bowls") == "Re: Two hundred bowls"
    assert passed(f"{tag} Two hundred bowls") == f"{tag} Two hundred bowls"


@pytest.mark.parametrize(
    "subject", ["[Student Support] Re: bowls", "[Support] Re: bowls", "[my Nordquell Support] Re: x"]
)
def test_the_desk_of_nobody_stays(subject: str) -> None:
    assert passed(subject) == subject


@pytest.mark.parametrize("tag", TABLE["stays"])
def test_a_tag_that_a_person_wrote_stays(tag: str, relayed: Callable[[bytes], Message]) -> None:
    assert arrived(relayed, f"{tag} Two hundred bowls").subject == f"{tag} Two hundred bowls"
    assert passed(f"Re: {tag} Two hundred bowls") == f"Re: {tag} Two hundred bowls"


@pytest.mark.parametrize("tag", [tag for tag in TABLE["goes"] if tag[0] == "[" and tag[-1] == "]"])
def test_a_tag_goes_from_the_end_of_a_subject(tag: str) -> None:
    assert passed(f"Re: Two hundred bowls {tag}") == "Re: Two hundred bowls"


@pytest.mark.parametrize("line", TABLE["labels_alone"])
def test_a_classification_on_its_line_goes(line: str, left: Callable[..., dict[str, tuple[str, str, str]]]) -> None:
    for above in (True, False):
        for place, (text, html, without) in left(line, above=above).items():
            assert (place, text, html) == (place, without, without)


@pytest.mark.parametrize("line", TABLE["lines_of_people"])
def test_a_line_of_a_person_stays(line: str, left: Callable[..., dict[str, tuple[str, str, str]]]) -> None:
    for above in (True, False):
        for place, (text, html, _) in left(line, above=above).items():
            assert (place, line in text, line in html) == (place, True, True)


def test_a_tag_in_the_header_of_a_quoted_letter_goes(relayed: Callable[[bytes], Message]) -> None:
    quoted = (
        "Yes.\n\nFrom: Quiet River <quiet-river.p9@relay.example.org>\nSent: Tuesday, 3 February 2026 10:11\n"
        "To: Jane Whitcombe <jane.whitcombe@northbank.example>\nSubject: [NORDQUELL-EXT] Bowls\n\nHow many?"
    )
    text = arrived(relayed, "Re: Bowls", quoted).text or ""
    assert "NORDQUELL" not in text
    assert "How many?" in text


def test_a_persons_tag_that_a_program_repeated_stays_once() -> None:
    assert passed("[Idea] Re: [Idea] Two hundred bowls") == "[Idea] Re: Two hundred bowls"
    assert passed("[Idea] [Second] Two hundred bowls") == "[Idea] [Second] Two hundred bowls"


def test_a_tag_within_the_subject_stays() -> None:
    assert passed("What does [EXT] mean?") == "What does [EXT] mean?"


@pytest.mark.parametrize("subject", ["[DIŞ] Yan: plan", "XTRNL: Re: [encrypt] AW: plan"])
def test_prefixes_beside_tags_become_one(subject: str) -> None:
    assert passed(subject).endswith("Re: plan")
    assert passed(passed(subject)) == passed(subject)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["[EXT]", "EXT", "[", "]", "*", "Re:", " ", "x", ":", "(", "Spam", "-"]), max_size=15))
def test_once_is_enough(pieces: list[str]) -> None:
    clean = passed("".join(pieces))
    assert passed(clean) == clean


@pytest.mark.parametrize("piece", ["[EXT]", "[EXT] Re: ", "[a]", "*", "***a", "[[", "(EXT", "EXT - ", "\u26a0", "<x> "])
def test_a_hostile_subject_costs_little(piece: str) -> None:
    begun = time.process_time()
    passed((piece * 1_000_000)[:1_000_000])
    assert time.process_time() - begun < 2
