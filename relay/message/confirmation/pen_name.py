"""Reads the line below a yes as the choice of a pen name: "Pen name: Amina", in the words of any language.

A line of any other form, such as a signature's "Name: Jane Doe", chooses none: the words must be those that the
question asks for (``pen_name`` in templates/LANGUAGE/answers.toml), and a colon must follow.
"""

from __future__ import annotations

import re
from functools import lru_cache

from relay.message.confirmation.answer_line import INVISIBLE, folded_words
from relay.message.confirmation.answer_words import LANGUAGES

_COLON = re.compile("[:：]")
_QUOTES = "\"'“”„«»‘’<>()[] "


def pen_name_in(line: str) -> str:
    """The name that ``line`` chooses; "" when it chooses none."""
    match = _COLON.search(line)
    if match is None or folded_words(line[: match.start()]) not in _labels():
        return ""
    return " ".join(INVISIBLE.sub("", line[match.end() :]).strip(_QUOTES + ".").split())


@lru_cache(maxsize=1)
def _labels() -> frozenset[tuple[str, ...]]:
    return frozenset(folded_words(phrase) for words in LANGUAGES.values() for phrase in words.pen_name)
