"""The quick tests for phrases never say no where the slow ones say yes."""

from __future__ import annotations

import pytest

from relay.anonymise.appended import notices
from relay.anonymise.appended.languages import Appended, languages
from relay.anonymise.appended.service_lines import holds_place, is_service_line, may_hold_service_line
from relay.anonymise.appended.tokens import Vocabulary, tokens, words_of


def _examples(one: Appended) -> list[str]:
    return [text for section in (one.sent, one.notice, one.banner) for text in (*section.goes, *section.stays)]


@pytest.mark.parametrize("one", languages(), ids=lambda one: one.code)
def test_the_words_of_a_text_are_those_of_its_tokens(one: Appended) -> None:
    for text in _examples(one):
        words = words_of(text)
        assert words.distinct == {token.folded for token in tokens(text)}
        assert words.unspaced == any(token.unspaced for token in tokens(text))


@pytest.mark.parametrize("text", ["an e-mail, E-\nmail", "d'Outlook _a-b `x` K-9's 1-2-3", "über d’Ärger"])
def test_joined_words_are_split_alike(text: str) -> None:
    assert words_of(text).distinct == {token.folded for token in tokens(text)}


@pytest.mark.parametrize("one", languages(), ids=lambda one: one.code)
def test_every_phrase_that_is_found_was_possible(one: Appended) -> None:
    phrases = [(phrase, group) for group, several in one.notice.phrases.items() for phrase in several]
    vocabulary = Vocabulary(phrases)
    for text in _examples(one):
        found = {kind for kinds, _ in vocabulary.segments(tokens(text)) for kind in kinds}
        assert found <= set(vocabulary.possible(words_of(text)))


@pytest.mark.parametrize("one", languages(), ids=lambda one: one.code)
def test_a_letter_with_a_notice_may_hold_one(one: Appended) -> None:
    for section in (one.notice, one.banner, one.sent):
        for text in section.goes:
            letter = words_of(f"Dear Tom,\n\nthank you.\n\n{text}\n")
            assert notices.may_hold_notice(letter) or not notices.is_notice(text, ruled=True)
            assert notices.may_hold_banner(letter) or not notices.is_banner(text)
            assert holds_place(text) or may_hold_service_line(letter) or not is_service_line(text)


def test_an_ordinary_letter_holds_none() -> None:
    letter = words_of("Dear Amber,\n\nI have tried your second approach, and it works better.\n\nAll the best\nJane\n")
    assert not notices.may_hold_notice(letter)
    assert not notices.may_hold_banner(letter)
    assert not may_hold_service_line(letter)
