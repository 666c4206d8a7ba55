"""The quick test for phrases misses none: a text with one of them is read."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from relay.anonymise.appended import notices, program_lines, subject_tags, tool_lines
from relay.anonymise.appended.hints import Hints
from relay.anonymise.appended.tokens import tokens


def test_every_phrase_of_every_list_is_hinted_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Hints, list[str]]] = []
    real = Hints.__init__

    def noted(self: Hints, phrases: Iterable[str]) -> None:
        several = list(phrases)
        real(self, several)
        made.append((self, several))

    monkeypatch.setattr(Hints, "__init__", noted)
    for module in (notices, program_lines, subject_tags, tool_lines):
        for name, value in vars(module).items():
            if hasattr(value, "__wrapped__") and value.__module__ == module.__name__ and not name.startswith("is_"):
                value.__wrapped__()
    phrases = [(hints, phrase) for hints, several in made for phrase in several if tokens(phrase)]
    assert len(phrases) > 5000
    for hints, phrase in phrases:
        for text in (phrase, phrase.upper(), f"X {phrase}. Y"):
            assert hints.count(text) > 0, text


@pytest.mark.parametrize(("phrase", "text"), [("Notebook LM", "my notes"), ("LastPass", "the last of all")])
def test_a_short_word_is_no_hint_at_a_longer_one(phrase: str, text: str) -> None:
    assert Hints([phrase]).count(text) == 0
