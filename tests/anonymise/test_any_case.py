"""Words in any case: what re.IGNORECASE finds, found without it."""

from __future__ import annotations

import random
import re
import sys
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from relay.anonymise.any_case import any_case, small
from relay.anonymise.signature_blocks import footers, marks, notices, rows

CHANCE = random.Random(7)
PATTERNS = [
    pattern
    for module in (marks, footers, notices, rows)
    for pattern in vars(module).values()
    if isinstance(pattern, re.Pattern) and len(pattern.pattern) > 120
]


@pytest.fixture(autouse=True)
def same_chance() -> None:
    """Whatever ran before."""
    CHANCE.seed(7)


def example(node: parser.SubPattern) -> str:
    """A text that the pattern matches, but for what it wants to see around it."""
    return "".join(_piece(str(kind), said) for kind, said in node)


def _piece(kind: str, said: object) -> str:
    if kind == "LITERAL":
        return chr(said)  # type: ignore[arg-type]
    if kind == "IN":
        return _one_of(said)
    if kind == "BRANCH":
        return example(CHANCE.choice(said[1]))  # type: ignore[index]
    if kind == "SUBPATTERN":
        return example(said[3])  # type: ignore[index]
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = said  # type: ignore[misc]
        return "".join(example(inner) for _ in range(CHANCE.randint(least, min(most, least + 2))))
    return "q" if kind in ("ANY", "NOT_LITERAL") else ""


def _one_of(members: object) -> str:
    kind, said = CHANCE.choice(members)  # type: ignore[arg-type]
    if str(kind) == "LITERAL":
        return chr(said)
    if str(kind) == "RANGE":
        return chr(CHANCE.randint(*said))
    return {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "q"}.get(str(said), "-")


def dressed(text: str) -> str:
    """The text with some letters large, and some as letters that only IGNORECASE takes for them."""
    odd = {"s": "ſ", "i": "ıİ", "k": "\u212a", "σ": "ς", "в": "\u1c80", "å": "\u212b"}
    return "".join(
        CHANCE.choice(odd[sign]) if sign in odd and CHANCE.random() < 0.2 else CHANCE.choice((sign, sign.upper()[:1]))
        for sign in text
    )


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:30])
def test_it_finds_what_the_flag_finds(pattern: re.Pattern[str]) -> None:
    flagged, without = re.compile(pattern.pattern, re.IGNORECASE), any_case(pattern.pattern)
    tree = parser.parse(pattern.pattern)
    for _ in range(300):
        text = f"Dear X, {dressed(example(tree))} {CHANCE.choice(('12', '@', 'a.b', ''))}"
        assert [found.span() for found in flagged.finditer(text)] == [
            found.span() for found in without.finditer(small(text))
        ]


def test_every_character_stays_in_its_place() -> None:
    for code in range(sys.maxunicode + 1):
        assert len(small(chr(code))) == 1
    assert small("ΟΔΟΣ İstanbul") == "οδοσ istanbul"


def test_what_stands_behind_a_backslash_is_no_letter() -> None:
    assert any_case(r"\W\D\S").fullmatch("-a-")
    assert any_case(r"[A-Z]\d").fullmatch(small("K7"))
