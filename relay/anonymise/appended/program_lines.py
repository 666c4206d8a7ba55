"""Recognises the line that a program, device or provider puts below a letter: "Sent from my iPhone"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.appended.languages import languages
from relay.anonymise.appended.tokens import Token, Vocabulary, tokens
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.pronouns import FIRST_PERSON

_LONGEST = 240
_LAST = 5
_MOST_WORDS = 24
_MOST_UNKNOWN, _MOST_NAMED, _MOST_OF_EXCUSE = 2, 3, 14
_LINK = re.compile(r"[<(\[]? ?(?:https?://|www\.)[^\s<>()\[\]]{1,200} ?[>)\]]?")
_SENTENCE = re.compile(r"[.!。！،,;–-]+\s+")
_ASKS = re.compile(r"[?？؟;;]\s*$")

# The number of a ticket alone on its line, as Zendesk writes it: "[VR5K2P-89XQ]"; a digit and a letter on each side.
_TICKET = re.compile(r"\[(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{6}-(?=[A-Z]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{4,5}\]")

_OPEN, _END, _GET, _GET_END = "open", "end", "get", "get end"
_DEVICE, _PROGRAM, _GENERIC, _BESIDE = "device", "program", "generic", "beside"

Segments = Sequence[tuple[frozenset[str], tuple[Token, ...]]]


@dataclass(frozen=True, slots=True)
class _Programs:
    """The words of programs.toml and of all languages. ``plain`` are as written, ``lines`` whole lines, folded. For a
    quick test: the first and last words of frames, the words of each line, the longest first, the frames without
    blanks."""

    vocabulary: Vocabulary
    excuses: Vocabulary
    firsts: frozenset[str]
    lasts: frozenset[str]
    plain: frozenset[str]
    lines: tuple[tuple[str, ...], ...]
    line_words: tuple[tuple[str, ...], ...]
    unspaced: tuple[str, ...]


@lru_cache(maxsize=1)
def _programs() -> _Programs:
    table = tomllib.loads(files(__package__).joinpath("programs.toml").read_text("utf-8"))
    frames = list(_frames())
    vocabulary = [
        *frames,
        *((word, _DEVICE) for word in table["devices"].split()),
        *((phrase, _PROGRAM) for phrase in table["programs"]),
        *((word, _GENERIC) for word in table["generic"].split()),
        *((word, _BESIDE) for word in table["beside"].split()),
        *((word, _BESIDE) for one in languages() for word in one.sent.phrases.get("words", ())),
    ]
    lines = [tuple(_pattern(line)) for line in table["lines"]]
    return _Programs(
        Vocabulary(vocabulary),
        Vocabulary((word, "excuse") for word in table["excuses"].split()),
        frozenset(_folded(phrase.split()[0]) for phrase, kind in frames if kind in (_OPEN, _GET)),
        frozenset(_folded(phrase.split()[-1]) for phrase, kind in frames if kind in (_END, _GET_END)),
        frozenset(table["plain"].split()),
        tuple(lines),
        tuple(tuple(sorted((w.rstrip("…") for w in line if w != "*"), key=len, reverse=True)) for line in lines),
        tuple(phrase for phrase, _ in frames if tokens(phrase)[0].unspaced),
    )


def _frames() -> Iterator[tuple[str, str]]:
    for one in languages():
        for group, kind in (("opens", _OPEN), ("ends", _END), ("get_opens", _GET), ("get_ends", _GET_END)):
            yield from ((phrase, kind) for phrase in one.sent.phrases.get(group, ()))


def _pattern(line: str) -> Iterator[str]:
    for word in line.split():
        yield word if word == "*" else tokens(word)[0].folded + ("…" if word.endswith("…") else "")


def load() -> None:
    """Read the words. Raises ValueError when a file is invalid."""
    _programs()


def is_program_line(words: str) -> bool:
    """Whether the whole line is "Sent from my iPhone", "Get Outlook for Android" or the like, in one of eighty
    languages, also with a link, or an excuse behind it ("Please excuse typos")."""
    if words[:1] == "[" and _TICKET.fullmatch(words):
        return True
    known = _programs()
    if not words or len(words) > _LONGEST or _ASKS.search(words) or not _may_be(words, known):
        return False
    bare = _LINK.sub(" ", words)
    found = tokens(bare)
    if not 0 < len(found) <= _MOST_WORDS:
        return False
    linked = len(bare) != len(words)
    return _is_framed(bare, found, known, linked=linked) or _is_whole_line(found, known)


def may_be_words(line: str) -> bool:
    """Whether a line below that of a program may be its author's: it has words that programs do not write there, and
    asks to excuse neither errors nor brevity."""
    known, found = _programs(), tokens(line)
    if any(kinds for kinds, _ in known.excuses.segments(found)):
        return False
    return any(not kinds and not several[0].folded.isdigit() for kinds, several in known.vocabulary.segments(found))


def _may_be(words: str, known: _Programs) -> bool:
    """A quick test for most lines: whether the first or one of the last words may begin or end such a line."""
    several = words.split()
    if len(several) > _MOST_WORDS:
        return False
    if _folded(several[0]) in known.firsts or any(_folded(word) in known.lasts for word in several[-_LAST:]):
        return True
    if not words.isascii() and holds_any(words, known.unspaced):
        return True
    low = small(words)
    if not any(line[0] in low for line in known.line_words):
        return False
    low = f"{low} {' '.join(map(_folded, several))}"  # "e-mail" is folded to "email"
    return any(all(map(low.__contains__, line)) for line in known.line_words)


def _folded(word: str) -> str:
    """A word as tokens() folds it, but for its signs; quick for ASCII."""
    bare = word.lower() if word.isascii() else skeleton_of(word)
    return bare if bare.isalnum() else "".join(filter(str.isalnum, bare))


def _is_framed(bare: str, found: list[Token], known: _Programs, *, linked: bool) -> bool:
    if _is_sent(known.vocabulary.segments(found), known, linked=linked):
        return True
    if not any(kinds for kinds, _ in known.excuses.segments(found)):
        return False
    for end in list(_SENTENCE.finditer(bare))[:3]:
        behind = tokens(bare[end.end() :])
        if len(behind) <= _MOST_OF_EXCUSE and any(kinds for kinds, _ in known.excuses.segments(behind)):
            head = tokens(bare[: end.start()])
            return bool(head) and _is_sent(known.vocabulary.segments(head), known, linked=linked)
    return False


def _is_sent(segments: Segments, known: _Programs, *, linked: bool) -> bool:
    """Whether the line has the frame of a language, names a device or program, and hardly anything else."""
    first, last = segments[0][0], _last(segments)
    sent = _OPEN in first or _END in last
    unknown = list(_unknown(segments, known))
    if not (sent or _GET in first or _GET_END in last) or any(token.folded in FIRST_PERSON for token in unknown):
        return False
    named = [token for token in unknown if _is_capital(token)]
    few = len(unknown) - len(named) <= _MOST_UNKNOWN and len(unknown) <= _MOST_NAMED
    if any(kinds & {_DEVICE, _PROGRAM} for kinds, _ in segments):
        return few
    if not sent or any(token.written in known.plain for _, several in segments for token in several):
        return sent and not unknown
    if any(_GENERIC in kinds for kinds, _ in segments):
        return len(named) == len(unknown) < _MOST_NAMED
    return linked and len(named) == len(unknown) <= _MOST_NAMED


def _last(segments: Segments) -> frozenset[str]:
    """The kinds of the last phrase; the name of a device may stand behind ("Az Outlook beszerzése iOS-re")."""
    for kinds, several in reversed(segments):
        if kinds & {_END, _GET_END} or not (kinds & {_DEVICE, _BESIDE} or several[0].glued):
            return kinds
    return frozenset()


def _unknown(segments: Segments, known: _Programs) -> Iterator[Token]:
    """The words that tell something else: no numbers, no endings written onto the name of a device."""
    before: frozenset[str] = frozenset()
    for kinds, several in segments:
        token = several[0]
        ending = token.glued and bool(before & {_DEVICE, _PROGRAM, _GENERIC})
        if not kinds and not ending and not token.folded.isdigit() and token.written not in known.plain:
            yield token
        before = kinds


def _is_capital(token: Token) -> bool:
    return token.written[0].isupper() or token.written[0].isdigit()


def _is_whole_line(found: Sequence[Token], known: _Programs) -> bool:
    words = [token.folded for token in found]
    return any(_fits(words, line) for line in known.lines)


def _fits(words: Sequence[str], line: tuple[str, ...]) -> bool:
    """Whether the words are those of the line; "*" stands for one word or more at its beginning or end."""
    begins, ends = line[-1] != "*", line[0] != "*"
    fixed = [word for word in line if word != "*"]
    if len(words) < len(fixed) + (not begins) + (not ends) or (begins and ends and len(words) != len(fixed)):
        return False
    part = words[: len(fixed)] if ends else words[-len(fixed) :]
    return all(
        word.startswith(each[:-1]) if each.endswith("…") else word == each
        for word, each in zip(part, fixed, strict=True)
    )
