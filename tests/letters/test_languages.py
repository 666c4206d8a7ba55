"""Letters in twenty languages: nothing registered about their author is left, and words that are also names stay."""

from __future__ import annotations

import pytest
from lab.languages import Letter, after, before, letters

from relay.anonymise.names.languages import languages

LETTERS = list(letters())


def words(text: str) -> str:
    """The text on one line: a rebuilt letter may break its lines elsewhere."""
    return " ".join(text.split())


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.code)
def test_a_letter_keeps_its_words_and_loses_its_author(letter: Letter) -> None:
    was, became = before(letter), after(letter)
    text = words(f"{became.subject} {became.text}")
    sent = words(f"{was.subject} {was.text}")
    assert [one for one in (*letter.gone, *letter.stays) if words(one) not in sent] == [], "the letter lost its case"
    assert [one for one in letter.gone if words(one) in text] == []
    assert [one for one in letter.stays if words(one) not in text] == []
    assert [one for one in letter.becomes if one not in (became.text or "")] == []
    assert text.count("Quiet River") >= 3


def test_there_are_letters_in_twenty_languages_and_each_has_its_file() -> None:
    codes = {letter.code for letter in LETTERS}
    assert len(codes) >= 20
    assert codes <= {one.code for one in languages()}
