"""Recognises lines of rank and employer that stand below a name at the end of a letter: "Partner, Harlow & Finch"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relay.anonymise.any_case import small
from relay.anonymise.names.fold import letters, skeleton_of
from relay.anonymise.names.lexicon import CONTINUOUS, lexicon
from relay.anonymise.names.roles import CONJUNCTIONS, CONNECTIVES, ROLE_WORDS
from relay.anonymise.signature_blocks.marks import has_employer
from relay.anonymise.signature_blocks.ranks import names_rank
from relay.anonymise.signature_blocks.rows import Line
from relay.anonymise.signature_blocks.words_of_lines import is_name

_MOST_LINES, _MOST_WORDS, _LONGEST, _LONGEST_JOINED = 3, 9, 80, 24
_PARTS = re.compile(r"\s*[,،、，፣|·•▪/@]\s*|\s+[-–—]\s+|\n")
_DATE = re.compile(r"\d|[年月日]|년|월")
# Sentences in scripts without capitals: by their end, and by words of Chinese that no name has (就実, 哲也).
_SPOKEN = re.compile(
    "[。！？؟।۔…!?]\\Z|[\u0590-\u1cff\u3040-\uffdc]{3}\\.\\Z|[吗嗎呢吧很没沒你您们們这這么麼]|[的了]\\Z|我在"
    "|(?:です|ます|した|った|ません|ください|요|니다|[았었했]다)\\Z"
)
_WORD = re.compile(r"[^\s,،、，፣|·•▪/@&+()\"'«»„“”]+")
# "Partner at Harlow", "Geschäftsführerin der Harlow GmbH"
_BETWEEN = (
    CONJUNCTIONS | CONNECTIVES | {"bei", "chez", "presso", "at", "u", "v", "w", "we", "im", "hos", "ved", "ja", "the"}
)


def names_firm_below(lines: Sequence[Line]) -> bool:
    """Whether a few lines below the author's own name tell their rank and employer, or the employer alone, and nothing
    else: on one line, or on several."""
    if not _few(lines):
        return False
    titled = [_is_firm_line(line.words) for line in lines]
    if all(titled):
        return any(map(_names_firm, lines)) or _names_several(lines)
    return any(titled) and all(known or _is_unknown_name(line.words) for known, line in zip(titled, lines, strict=True))


def _names_several(lines: Sequence[Line]) -> bool:
    """Whether the lines are a rank and a name beside it, each on its own: "Partner", "Harlow Partners"."""
    return len(lines) > 1 and any(_is_unknown_name(line.words) for line in lines)


def may_name_firm(lines: Sequence[Line]) -> bool:
    """Whether a few lines below a closing formula and the author's own name may be their employer's: short, in capitals
    where the script has them, and no words of everyday."""
    if not (_few(lines) and all(_is_firm_line(line.words) or _is_unknown_name(line.words) for line in lines)):
        return False
    return any(_names_firm(line) or _is_unknown_name(line.words) for line in lines if not _begins_words(line.words))


def _begins_words(words: str) -> bool:
    """Whether only the first of several words has a capital: "Potter and teacher"."""
    found = _WORD.findall(words)
    return len(found) > 1 and all(word[0].islower() for word in found[1:])


def _few(lines: Sequence[Line]) -> bool:
    return 0 < len(lines) <= _MOST_LINES and all(
        0 < len(line.words) <= _LONGEST
        and not (line.facts.ends_block or _DATE.search(line.words) or _is_said(line.words))
        for line in lines
    )


def _is_said(words: str) -> bool:
    """Whether it is a sentence of a script without capitals, or an everyday word joined with one of organisations:
    จากโรงเรียน, "from school"."""
    if _SPOKEN.search(words):
        return True
    if not CONTINUOUS.match(words) or len(words) > _LONGEST_JOINED:
        return False
    word, known = letters(skeleton_of(words)), lexicon()
    halves = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return any(
        one in known.organisations and (other in known.ordinary or other in known.often)
        for first, second in halves
        for one, other in ((first, second), (second, first))
    )


def _is_firm_line(words: str) -> bool:
    """Whether the line is a rank, an employer, or both."""
    return (names_rank(words) or has_employer(words)) and is_titled(words)


def _names_firm(line: Line) -> bool:
    """Whether the line names an employer: by a word of such names, or by a name beside a rank."""
    if has_employer(line.words):
        return True
    parts = [part for part in _PARTS.split(line.words) if part]
    ranks = [part for part in parts if names_rank(part)]
    if not ranks:
        return False
    if len(parts) > 1:
        return any(_is_unknown_name(part) for part in parts if part != ranks[0])
    words = line.words.split()
    if all(small(word) == word and word.upper() == word for word in words):  # 青葉製陶 営業部長
        return any(not names_rank(word) for word in words)
    # "Partner at Harlow": what follows the connective is a name.
    places = [at for at, word in enumerate(words) if letters(skeleton_of(word)) in _BETWEEN]
    return any(names_rank(" ".join(words[:at])) and _is_unknown_name(" ".join(words[at + 1 :])) for at in places)


def names_one(words: str) -> bool:
    """Whether a line with a word of organisations names one of them: it has another word that is none of everyday, but
    may be a place. "Morgen Schule" names none."""
    known = lexicon()
    found = (letters(skeleton_of(word)) for word in _WORD.findall(words) if not word[0].islower())
    return any(
        word not in known.ordinary and word not in known.often and word not in known.organisations for word in found
    )


def is_titled(words: str) -> bool:
    """Whether a line is written as titles and names are: few words, each with a capital, an ordinary small word of
    rank, or a small word between."""
    found = _WORD.findall(words)
    small_ones = [word for word in found if word[0].islower() and letters(skeleton_of(word)) not in _BETWEEN]
    return 0 < len(found) <= _MOST_WORDS and (not small_ones or all(map(_may_be_rank, small_ones)))


def _may_be_rank(word: str) -> bool:
    """Whether a word in small letters is of a rank or a legal form, and not "as" (AS)."""
    return names_rank(word) or (has_employer(word) and not lexicon().often_in(letters(skeleton_of(word)), None))


def _is_unknown_name(words: str) -> bool:
    """Whether it may be a name, with a word that is none of everyday."""
    small_words = (word for word in _WORD.findall(words) if word[0].islower())
    left_out = {word for word in small_words if letters(skeleton_of(word)) in _BETWEEN or names_rank(word)}
    stripped = " ".join(word for word in _WORD.findall(words) if word not in left_out).strip(" .")
    if not is_name(stripped) or (CONTINUOUS.search(stripped) and len(stripped) < 2):
        return False
    return any(not _is_everyday(letters(skeleton_of(word))) for word in _WORD.findall(stripped))


def _is_everyday(word: str) -> bool:
    return lexicon().is_word(word) or word in lexicon().often or word in ROLE_WORDS
