"""The line that replaces an attribution: who wrote, in one form per language (our_lines.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files

from relay.anonymise.history.labels import languages_of_labels
from relay.anonymise.history.language import DetectedLanguage, script_language
from relay.anonymise.history.words import ROWS, Row
from relay.anonymise.names.fold import skeleton_of

LINES: dict[str, str] = tomllib.loads(files(__package__).joinpath("our_lines.toml").read_text("utf-8"))
"""The line of each language (BCP 47), with {} for the person."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})
"""Languages written from right to left."""


class MadeLines(set[str]):
    """The lines that relay put into one letter, in place of those of a mail program."""


_RIGHT = "\u200f"
_STRONG_RIGHT = re.compile("[\u0590-\u08ff]")


def language_of(verbs: Sequence[str], words: Sequence[str], letter: DetectedLanguage) -> str:
    """The language for the line: that of the letter if certain (the program's may show where its user lives); else that
    of the attribution's ``verbs``, as written, and other ``words``, folded; else the letter's as it seems; else
    English."""
    if letter.certain:
        return letter.language
    folded = [skeleton_of(verb).strip(".") for verb in verbs]
    candidates = [language for language, row in ROWS.items() if any(verb in row.verbs for verb in folded)]
    if candidates:
        exact = [language for language in candidates if any(verb in ROWS[language].written for verb in verbs)]
        return _likeliest(exact or candidates, words, letter)
    # Chinese characters without a verb come from Japanese programs.
    script = script_language(" ".join(words))
    if script.startswith("zh"):
        return "ja"
    if script and not (script == "ru" and letter.language):
        return script
    before = [language for language, row in ROWS.items() if any(word in row.before for word in words)]
    dated = [language for language, row in ROWS.items() if any(word in row.dates for word in words)]
    likely = before or dated
    if letter.language in likely or not likely:
        return letter.language or "en"
    return _likeliest(likely, words, letter)


def language_of_fields(labels: Sequence[str], letter: DetectedLanguage) -> str:
    """The same for the line in place of a header block with these ``labels``, as written."""
    if letter.certain:
        return letter.language
    known = languages_of_labels(label.lower() for label in labels)
    if letter.language in known or not known:
        return letter.language or script_language(" ".join(labels)) or "en"
    return known[0]


def _likeliest(languages: Sequence[str], words: Sequence[str], letter: DetectedLanguage) -> str:
    """Of some languages the one with most of the words; of equals that which the letter seems to be in."""
    return max(languages, key=lambda language: (_hits(words, ROWS[language]), language == letter.language))


def _hits(words: Iterable[str], row: Row) -> int:
    return sum(word in row.dates or word in row.beside or word in row.before for word in words)


def our_line(language: str, who: str) -> str:
    """ "Quiet River wrote:" in a language, or in English where there is no line for it. A line in Arabic or Hebrew that
    begins with a name in Latin letters gets a mark that keeps it right-to-left (Unicode Annex 9, rules P2 and P3)."""
    line = LINES.get(language, LINES["en"])
    sentence = line.format(who)
    if language in RIGHT_TO_LEFT and line.startswith("{}") and not _STRONG_RIGHT.match(who):
        return _RIGHT + sentence
    return sentence
