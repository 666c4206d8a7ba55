"""The same answer, written with eighteen programs, arrives octet for octet the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relay.anonymise.html.visible import visible
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import Signer
from relay.model import Headers, History, Identity, Known, Persona, RebuildOrder
from relay.rebuild import rebuild

from .programs import FLAT, PROGRAMS, Letter, Received, mutt, p

JANE = Identity(("jane.doe@real.example",), ("Jane Doe",))
OMAR = Identity(("omar@home.example",), ("Omar",))
RIVER, HERON = Persona("Quiet River", "q@relay.example"), Persona("Amber Heron", "a@relay.example")
AT = datetime(2026, 2, 4, tzinfo=UTC)
TO_OMAR = (
    Known(JANE, RIVER, OMAR, HERON),
    Headers(RIVER.name, RIVER.alias, OMAR.addresses[0], "ab@relay.example", AT),
)
TO_JANE = (
    Known(OMAR, HERON, JANE, RIVER),
    Headers(HERON.name, HERON.alias, JANE.addresses[0], "ac@relay.example", AT),
)
SIGNER = Signer("", ())

LONG = (
    "yes, Thursday suits me, and I am glad that you liked the second half of it so much; the end is still only a "
    "sketch of what I want, and I would love to hear what you would cut."
)


def arrives(content: bytes, way: tuple[Known, Headers]) -> bytes:
    return rebuild(RebuildOrder(content, *way), SIGNER).content


def by_omar(letter: Letter) -> bytes:
    """A letter of Omar's."""
    return mutt(letter).replace(b"Jane Doe <jane.doe@real.example>", b"Omar <omar@home.example>")


def answered(letter: Letter) -> Received:
    """What Jane's program got of a letter of Omar's."""
    got = parse(arrives(by_omar(letter), TO_JANE))
    return Received(got.text or "", got.html or "", "Re: Draft", HERON.name, HERON.alias)


DRAFT = Letter(
    "Draft",
    (
        p("Dear Quiet River,"),
        p("thank you for the draft. I read it twice on the train to Bonn, and liked the second half best of all."),
        p("Will you come on Thursday?"),
        p("Best wishes", "Omar"),
    ),
)
FIRST = answered(DRAFT)
ABOVE = Letter("Re: Draft", (p("Dear Omar,"), p(LONG), p("Jane")), FIRST)
BETWEEN = Letter(
    "Re: Draft", (p("Dear Omar,"),), FIRST, ((2, p("I wrote the end in a hurry.")), (3, p("Yes, I will.")))
)


@pytest.fixture(scope="module")
def second() -> Received:
    """What Jane's program gets of Omar's answer to her answer: two letters in one."""
    hers = parse(arrives(PROGRAMS["gmail-web"](ABOVE), TO_OMAR))
    received = Received(
        hers.text or "", hers.html or "", "Re: Draft", RIVER.name, RIVER.alias, "Omar", "omar@home.example"
    )
    letter = Letter("Re: Draft", (p("Good."), p("Until then!")), received)
    content = PROGRAMS["thunderbird"](letter).replace(b"Jane Doe <jane.doe@real.example>", b"Omar <omar@home.example>")
    got = parse(arrives(content, TO_JANE))
    return Received(got.text or "", got.html or "", "Re: Draft", HERON.name, HERON.alias)


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_an_answer_above_what_it_answers_does_not_tell_its_program(program: str) -> None:
    assert arrives(PROGRAMS[program](ABOVE), TO_OMAR) == arrives(PROGRAMS["gmail-web"](ABOVE), TO_OMAR)


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_an_answer_above_two_letters_does_not_tell_its_program(program: str, second: Received) -> None:
    letter = Letter("Re: Draft", (p("Dear Omar,"), p(LONG), p("Jane")), second)
    assert arrives(PROGRAMS[program](letter), TO_OMAR) == arrives(PROGRAMS["gmail-web"](letter), TO_OMAR)


@pytest.mark.parametrize("program", sorted(set(PROGRAMS) - FLAT))
def test_answers_between_quoted_lines_do_not_tell_their_program(program: str) -> None:
    assert arrives(PROGRAMS[program](BETWEEN), TO_OMAR) == arrives(PROGRAMS["gmail-web"](BETWEEN), TO_OMAR)


@pytest.mark.parametrize("carried", ["all", "one", "none"])
@pytest.mark.parametrize("program", sorted(PROGRAMS))
@pytest.mark.parametrize("greeting", ["Dear Omar,", "Good to hear from you!"])
def test_answers_between_quoted_lines_are_neither_left_out_nor_folded_away(
    program: str, carried: str, greeting: str
) -> None:
    key = b"k" * 16
    first = RebuildOrder(by_omar(DRAFT), replace(TO_JANE[0], history=History(carried, key)), TO_JANE[1])
    history = History(carried, key, ((key, rebuild(first, SIGNER).remembered),))
    letter = replace(BETWEEN, blocks=(p(greeting),))
    if program in FLAT:  # typed into the words that it puts below its header
        asked = "Will you come on Thursday?"
        one, two = "I wrote the end in a hurry.", "Yes, I will."
        typed = FIRST.html.replace(f"<p>{asked}</p>", f"<p>{one}</p><p>{asked}</p><p>{two}</p>")
        text = FIRST.text.replace(asked, f"{one}\n\n{asked}\n\n{two}")
        letter = replace(letter, answers=replace(FIRST, html=typed, text=text), after=())
    order = RebuildOrder(PROGRAMS[program](letter), replace(TO_OMAR[0], history=history), TO_OMAR[1])
    got = parse(rebuild(order, SIGNER).content)
    for text in (got.text or "", visible(got.html or "")):
        assert "I wrote the end in a hurry." in text and "Yes, I will." in text
    if carried != "all" or greeting.endswith(",") or program not in FLAT:
        assert "gmail_quote" not in (got.html or "")


def test_history_is_folded_and_answers_between_are_not() -> None:
    above, between = (parse(arrives(PROGRAMS["mutt"](one), TO_OMAR)).html or "" for one in (ABOVE, BETWEEN))
    assert "Best wishes<br>Amber Heron</p></blockquote></div>" in above
    assert (above.count("gmail_quote"), between.count("gmail_quote")) == (2, 0)


def test_two_letters_in_one_are_two_quotations(second: Received) -> None:
    assert second.html.count("<blockquote") == 2
    assert second.text.count(">> ") > 3
