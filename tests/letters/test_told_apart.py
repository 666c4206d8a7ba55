"""A classifier that has seen other letters of eighteen programs guesses the program of one no better than by chance.

It learns from structure alone: header fields and their order, MIME structure, charsets and encodings, elements, attributes
and their order, lengths of lines, blank lines, marks of quotation and lists, signs. Every letter is guessed by what was
learned from all others (leave one letter out), by two learners. Letters as the programs send them are guessed at once.
"""

# ruff: noqa: E501, T201 -- letters stand here as they are typed; what was measured is shown

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise

import pytest

from relay.message.read.parse import parse

from .programs import FLAT, PROGRAMS, Letter, List, Received, p
from .test_answers_alike import BETWEEN, FIRST, TO_OMAR, arrives

Features = Counter[str]
Guess = Callable[[Mapping[str, list[Features]], Features], list[str]]

_WORDS, _LETTER, _GAP = re.compile(r"[^>*•·0-9.\s-]+.*"), re.compile(r"\w"), re.compile(r">(\s*)<")
LONG = (
    "I have read the second chapter three times now, once on paper, and I believe that what troubles you about it is not "
    "the bridge at all; it is that nobody in it wants anything before the train has left."
)


def _twice() -> Received:
    """Two letters in one, as Jane got them."""
    answer = parse(arrives(PROGRAMS["thunderbird"](Letter("Re: Draft", (p("Good."), p(LONG)), FIRST)), TO_OMAR))
    return Received(answer.text or "", answer.html or "", "Re: Draft", FIRST.name, FIRST.address)


LETTERS = {
    "short": Letter("Thursday", (p("Dear Omar,"), p("yes."), p("Jane"))),
    "long": Letter("Chapter two", (p("Dear Omar,"), p(LONG), p(LONG.replace("second", "third")), p("All the best", "Jane"))),
    "lines": Letter("Dates", (p("Hello,"), p("Monday at ten", "Tuesday at noon", "Friday at four"), p("Tell me which."))),
    "points": Letter("Plan", (p("Dear Omar,"), p("two things:"), List(("first the outline", "then the dates")), p("Jane"))),
    "steps": Letter("Steps", (p("Do this:"), List(("read it", "cut it", "read it aloud"), numbered=True), p("Then write."))),
    "accents": Letter("Grüße", (p("Lieber Omar,"), p("schöne Grüße aus Köln, es war überall grün – fast. 👍"), p("Jane"))),
    "arabic": Letter("شكرا", (p("عزيزي عمر،"), p("شكرا جزيلا على رسالتك، قرأتها مرتين."), p("مع التحية"))),
    "address": Letter("Book", (p("Dear Omar,"), p("the book is at https://books.example/read?id=7&part=2, page 4."), p("Jane"))),
    "emphasis": Letter("Draft", (p("Dear Omar,"), p("it is **very** good, and I mean it."), p("Jane"))),
    "answer": Letter("Re: Draft", (p("Dear Omar,"), p(LONG), p("Jane")), FIRST),
    "answers": Letter("Re: Draft", (p("Dear Omar,"), p("I will cut it, then."), p("Best wishes", "Jane")), _twice()),
    "between": BETWEEN,
}  # fmt: skip


@pytest.fixture(scope="module")
def sent() -> dict[str, dict[str, bytes]]:
    """The octets of each letter, by letter and program."""
    return {
        name: {program: write(letter) for program, write in PROGRAMS.items() if not (letter.after and program in FLAT)}
        for name, letter in LETTERS.items()
    }


def features(content: bytes) -> Features:
    """What a mail shows of its structure, counted."""
    mail = message_from_bytes(content, policy=policy.default)
    found: Features = Counter()
    found["fields " + " ".join(name.lower() for name in mail)] += 1
    parts = [part for part in mail.walk() if isinstance(part, EmailMessage)]
    found["parts " + " ".join(part.get_content_type() for part in parts)] += 1
    for part in parts:
        found[f"encoding {part.get_content_charset()} {part.get('Content-Transfer-Encoding')}"] += 1
        if part.get_content_maintype() == "text":
            text = part.get_content()
            found.update(_of_html(text) if part.get_content_subtype() == "html" else _of_text(text))
    return found


def _of_text(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"text begins {_WORDS.sub('w', line[:12])!r}"
        yield f"text length {min(12, len(line) // 10)}"
        yield f"text ends {_LETTER.sub('w', line[-2:])!r}"
    yield from (f"text sign {sign}" for sign in set(re.findall(r"[^\w\s]|\xa0|\t|  +", text)))


def _of_html(html: str) -> Iterator[str]:
    tags = re.findall(r"<(/?[a-zA-Z!][\w:-]*)([^>]*)>", html)
    names = [name for name, _ in tags]
    yield from (f"tag {name}" for name in names)
    yield from (f"tags {one} {two}" for one, two in pairwise(names))
    yield from (f"attributes {name} {re.sub(r'[0-9]+', '0', inside)[:120]}" for name, inside in tags if inside)
    yield from (f"gap {gap!r}" for gap in _GAP.findall(html))
    yield from (
        f"html sign {sign}" for sign in set(re.findall(r"&\w+;|[^\w\s<>=\"/&;]|\xa0", re.sub(r"<[^>]*>", "", html)))
    )
    yield f"lines {html.count(chr(10)) // 3}"


def bayes(learned: Mapping[str, list[Features]], of: Features) -> list[str]:
    """The programs that multinomial naive Bayes gives the highest score."""
    words = {word for several in learned.values() for one in several for word in one}
    scores = {}
    for program, several in learned.items():
        counts: Features = Counter()
        for one in several:
            counts.update(one)
        total = sum(counts.values()) + len(words)
        scores[program] = round(sum(n * math.log((counts[word] + 1) / total) for word, n in of.items()), 6)
    return _best(scores)


def nearest(learned: Mapping[str, list[Features]], of: Features) -> list[str]:
    """The programs of the letters that share most with this one (cosine of the counts)."""
    scores = {program: round(max(_cosine(of, one) for one in several), 9) for program, several in learned.items()}
    return _best(scores)


def _best(scores: Mapping[str, float]) -> list[str]:
    return [program for program, score in scores.items() if score == max(scores.values())]


def _cosine(one: Features, other: Features) -> float:
    shared = sum(count * other[word] for word, count in one.items())
    return shared / math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))


def accuracy(mails: Mapping[str, Mapping[str, bytes]], guess: Guess) -> float:
    """The share of right guesses, each letter by what was learned from the others; of several equal guesses one counts
    by its chance."""
    seen = {name: {program: features(content) for program, content in of.items()} for name, of in mails.items()}
    right, count = 0.0, 0
    for name, of in seen.items():
        learned: dict[str, list[Features]] = {program: [] for program in of}
        for other, theirs in seen.items():
            for program in learned if other != name else ():
                if program in theirs:
                    learned[program].append(theirs[program])
        for program, found in of.items():
            named = guess(learned, found)
            right += (program in named) / len(named)
            count += 1
    return right / count


@pytest.mark.long
@pytest.mark.parametrize("guess", [bayes, nearest])
def test_the_program_of_a_relayed_letter_is_guessed_no_better_than_by_chance(
    guess: Guess, sent: dict[str, dict[str, bytes]]
) -> None:
    relayed = {name: {program: arrives(c, TO_OMAR) for program, c in of.items()} for name, of in sent.items()}
    found = accuracy(relayed, guess)
    print(f"{guess.__name__}: {found:.3f}, chance {1 / len(PROGRAMS):.3f}")
    assert found <= 0.10


@pytest.mark.long
@pytest.mark.parametrize("guess", [bayes, nearest])
def test_the_program_of_a_letter_as_it_was_sent_is_guessed_at_once(
    guess: Guess, sent: dict[str, dict[str, bytes]]
) -> None:
    assert accuracy(sent, guess) > 0.9


@pytest.mark.parametrize("name", sorted(set(LETTERS) - {"emphasis"}))
def test_a_letter_is_the_same_from_every_program(name: str, sent: dict[str, dict[str, bytes]]) -> None:
    found = {program: arrives(content, TO_OMAR) for program, content in sent[name].items()}
    assert [program for program, octets in found.items() if octets != found["gmail-web"]] == []


def test_emphasis_is_all_that_tells_programs_without_it() -> None:
    plain = {"mutt", "thunderbird-plain", "roundcube"}
    found = {program: arrives(write(LETTERS["emphasis"]), TO_OMAR) for program, write in PROGRAMS.items()}
    assert {program for program, octets in found.items() if octets != found["gmail-web"]} == plain
    assert len({found[program] for program in plain}) == 1
