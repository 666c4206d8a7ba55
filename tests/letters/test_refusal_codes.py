"""Every refusal has a code, and every language has a sentence for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import relay
from relay import refusals
from relay.anonymise.attachments.uncleaned import WORDS
from relay.inbound.rate_limits import TOO_QUICK
from relay.letters.refusal_codes import BEGINNINGS, CODES, INSIDE, OF_CLASS, code_of
from relay.letters.templates import LetterTemplates
from relay.refusals import CannotAnonymise, Malformed, PairClosed, Refusal, TooMuchMail

SHOWN = (CannotAnonymise, Malformed, PairClosed)
"""Refusals that are raised with different texts."""


def sentences() -> Iterator[str]:
    """Every text in relay's source that such a refusal is raised with: it holds "; please "."""
    for path in sorted(Path(relay.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if not {"CannotAnonymise", "Malformed", "PairClosed", "WORDS"} & {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
        } and not any(part in path.parts for part in ("attachments", "read")):
            continue
        if path.name in ("refusals.py", "refusal_codes.py"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "; please " in node.value:
                yield node.value


def test_the_text_of_every_refusal_matches_a_beginning() -> None:
    found = [*sentences(), *WORDS.values()]
    assert len(set(found)) > 60, "the search finds nothing"
    unknown = {
        words for words in found if not any(words.removeprefix(INSIDE).startswith(begins) for _, begins in BEGINNINGS)
    }
    assert unknown == set()


def test_every_beginning_occurs_in_the_source() -> None:
    source = " ".join(
        node.value
        for path in Path(relay.__file__).parent.rglob("*.py")
        if path.name != "refusal_codes.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert [one for _, begins in BEGINNINGS for one in begins if one not in source] == []


def kinds(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from kinds(sub)


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_code(kind: type[Refusal]) -> None:
    assert code_of(kind()) in CODES


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (PairClosed("your mentoring pair is paused just now; your letter was not sent"), "paused"),
        (PairClosed(), "closed"),
        (CannotAnonymise("in an archive: a PDF document is damaged and cannot be"), "document-damaged"),
        (CannotAnonymise("words that nobody has heard of"), "letter-form"),
        (TooMuchMail(TOO_QUICK), "too-quick"),
        (TooMuchMail(), "too-much-mail"),
        (refusals.TryLater(), "later"),
    ],
)
def test_a_refusal_is_told_as(refusal: Refusal, code: str) -> None:
    assert code_of(refusal) == code


def test_strangers_all_hear_the_same() -> None:
    strangers = [kind for kind in kinds() if issubclass(kind, refusals.Stranger)]
    assert {code_of(kind("whatever")) for kind in strangers} == {"stranger"}
    assert OF_CLASS[refusals.Stranger] == "stranger"


@pytest.mark.parametrize("language", LetterTemplates().languages())
def test_every_language_has_a_sentence_for_every_code_and_no_others(language: str) -> None:
    words = LetterTemplates().words(language).refusals
    assert set(words) == CODES
    assert all(one.endswith((".", "।")) and len(one) < 240 for one in words.values())
    if language != "en":
        assert not set(words.values()) & set(LetterTemplates().words("en").refusals.values())
