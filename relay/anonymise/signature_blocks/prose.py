"""Tells sentences from lines of a signature block."""

from __future__ import annotations

import re

from relay.anonymise.signature_blocks.marks import marks
from relay.anonymise.signature_blocks.words_of_lines import (
    CONTINUOUS,
    MAX_LINE,
    SENTENCE_END,
    has_cases,
    lettered_words,
)

_ABBREVIATED = re.compile(r"(?:\b[^\W\d_]{1,4}|\b[A-Z]\.[A-Z])\.$")
_LONGEST_EMPLOYER = 45
_ALPHABET = re.compile("[\u0e00-\u0eff]")


def is_prose(words: str) -> bool:
    """Whether this is a sentence, or part of one, rather than a line of a signature block."""
    if len(words) > MAX_LINE // 2:
        return True
    if not words.isascii() and CONTINUOUS.search(words):
        if bool(SENTENCE_END.search(words)) and len(words) >= 8:
            return True
        # Rank and employer in letters without blanks between words are as long as a sentence.
        size, found_marks = len(CONTINUOUS.findall(words)), marks(words) if _ALPHABET.search(words) else 0
        return size >= (_LONGEST_EMPLOYER if found_marks else 25) and found_marks < 2
    found = lettered_words(words)
    lower = len([word for word in found if word[0].islower() and len(word) > 1]) if has_cases(found) else len(found)
    if lower >= 6:
        return True
    if len(found) < 3 or lower < 2 or lower * 2 < len(found):
        return False
    return bool(SENTENCE_END.search(words)) and not _ABBREVIATED.search(words)
