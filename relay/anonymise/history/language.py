"""Detects the language of a letter by its script and by common words (common_words.toml)."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from relay.anonymise.history.labels import field_of
from relay.anonymise.history.lines import Lines
from relay.anonymise.identities import Finding

# Scripts used by one language, or mostly by one: common words of another language on the list take precedence.
_SCRIPTS = (
    ("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af"), ("zh", "\u3400-\u9fff"), ("th", "\u0e00-\u0e7f"),
    ("lo", "\u0e80-\u0eff"), ("my", "\u1000-\u109f"), ("km", "\u1780-\u17ff"), ("ka", "\u10a0-\u10ff"),
    ("hy", "\u0530-\u058f"), ("am", "\u1200-\u137f"), ("he", "\u0590-\u05ff"), ("ar", "\u0600-\u06ff"),
    ("hi", "\u0900-\u097f"), ("bn", "\u0980-\u09ff"), ("pa", "\u0a00-\u0a7f"), ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"), ("te", "\u0c00-\u0c7f"), ("kn", "\u0c80-\u0cff"), ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"), ("el", "\u0370-\u03ff"), ("ru", "\u0400-\u052f"),
)  # fmt: skip
_LETTERS = tuple((language, re.compile(f"[{signs}]")) for language, signs in _SCRIPTS)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_TRADITIONAL = re.compile("[們這個說會時對為來後過寫國學還開關問題間點讓謝請麼樣應該嗎與於]")
_SIMPLIFIED = re.compile("[们这个说会时对为来后过写国学还开关问题间点让谢请么样应该吗与于]")
_PASHTO, _URDU, _PERSIAN = re.compile("[ښځۍټډړڼ]"), re.compile("[ٹڈڑےںھہ]"), re.compile("[پچژگی]")
_TOKEN = re.compile(r"[^\W\d_]+(?:[\u0900-\u097f]+)?")
_MOST_LINES, _MOST_SIGNS, _LONGEST_LABEL = 100, 1500, 30


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """A language (BCP 47), or "" when unknown; ``certain``: there was enough text, and no other language comes
    close."""

    language: str
    certain: bool


def _rows() -> dict[str, tuple[str, ...]]:
    by_word: dict[str, list[str]] = {}
    table = tomllib.loads(files(__package__).joinpath("common_words.toml").read_text("utf-8"))
    for language, words in table.items():
        for word in words.split():
            languages = by_word.setdefault(word, [])
            if language not in languages:
                languages.append(language)
    return {word: tuple(languages) for word, languages in by_word.items()}


_SAID = _rows()


def language_of_letter(lines: Lines, removed: Sequence[Finding] = ()) -> DetectedLanguage:
    """The language of the unquoted part of a letter; where that is too short to be certain, of all of it. Without what
    is ``removed`` from it. Linear; only the beginning is read."""
    own = detect_language(_beginning(lines, removed, quoted=False))
    if own.certain:
        return own
    # A program's language may show where its user lives, that of the quoted words is known to both.
    whole = detect_language(_beginning(lines, removed, quoted=True))
    return whole if whole.certain else own


def _beginning(lines: Lines, removed: Sequence[Finding], *, quoted: bool) -> str:
    found: list[str] = []
    size = at = 0
    for number in range(min(len(lines), _MOST_LINES)):
        line = lines[number]
        while at < len(removed) and removed[at].end <= line.start:
            at += 1
        if at < len(removed) and removed[at].start <= line.start:
            continue
        text = lines.text[line.body : min(line.end, line.body + _MOST_SIGNS)]
        if (quoted or line.depth == 0) and "@" not in text and size < _MOST_SIGNS and not _is_field(text):
            found.append(text)
            size += len(text)
    return "\n".join(found)


def _is_field(line: str) -> bool:
    """Whether a line is a field of a quotation's head, which a program wrote: "To: Jane"."""
    label, colon, _ = line[:_LONGEST_LABEL].partition(":")
    return bool(colon) and field_of(label) is not None


def detect_language(text: str) -> DetectedLanguage:
    """The language of a text."""
    text = text[:_MOST_SIGNS]
    script, share = _script(text)
    words = _TOKEN.findall(text.lower())
    counts = Counter(_voted(words))
    if script in ("", "ru", "hi") and counts:
        (best, most), second = counts.most_common(1)[0], _second(counts)
        distinct = sum(best in _SAID.get(word, ()) for word in set(words))
        return DetectedLanguage(best if distinct > 1 else "", most >= 4 and distinct >= 3 and most >= second * 1.3)
    distinct = len({sign for sign in text if sign > "\x7f" and sign.isalpha()})
    if distinct < 4:
        return DetectedLanguage("", certain=False)
    varied = distinct >= 8
    if script == "ar":
        return DetectedLanguage(_arabic(text), share > 20 and varied)
    if script == "zh":
        traditional = len(_TRADITIONAL.findall(text)) > len(_SIMPLIFIED.findall(text))
        return DetectedLanguage("zh-Hant" if traditional else "zh", share > 8 and varied)
    return DetectedLanguage(script, share > 12 and varied and script not in ("ru", "hi", ""))


def _script(text: str) -> tuple[str, int]:
    """The script of most letters ("" for Latin), and their number. Han mixed with kana is Japanese."""
    counted = {language: len(letters.findall(text)) for language, letters in _LETTERS} if not text.isascii() else {}
    if counted.get("ja"):
        counted["ja"] += counted["zh"]
    best = max(counted, key=lambda language: counted[language], default="")
    latin = len(_LATIN.findall(text))
    # One Chinese or Korean character counts as much as several letters.
    weight = 3 if best in ("zh", "ja", "ko") else 1
    return (best, counted[best]) if best and counted[best] * weight > latin else ("", latin)


def _voted(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        yield from _SAID.get(word, ())


def _second(counts: Counter[str]) -> int:
    most = counts.most_common(2)
    return most[1][1] if len(most) > 1 else 0


def _arabic(text: str) -> str:
    if _PASHTO.search(text):
        return "ps"
    if len(_URDU.findall(text)) > 2:
        return "ur"
    return "fa" if _PERSIAN.search(text) else "ar"


def script_language(words: str) -> str:
    """The language of the script of a few words; "" for Latin."""
    script, _ = _script(words)
    if script == "ar":
        return _arabic(words)
    if script == "ru":
        return "uk" if re.search("[іїєґ]", words.lower()) else "ru"
    if script == "zh":
        return "zh-Hant" if _TRADITIONAL.search(words) else "zh"
    return script
