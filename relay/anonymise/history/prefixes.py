"""Normalises the prefix of a subject, in any language (prefixes.toml): "Re:" for replies, "Fwd:" for forwards."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple

from relay.anonymise.appended.subject_tags import end_of_gateway_tag, start_of_last_tag
from relay.anonymise.appended.tickets import end_of_ticket, start_of_last_ticket
from relay.anonymise.names.fold import skeleton_of

ANSWER, FORWARD = "Re:", "Fwd:"

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("prefixes.toml").read_text("utf-8"))
_BESIDE_TAGS, _SMALL_TOO, _GLUED_TOO = (
    frozenset[str](_TABLE[key]) for key in ("beside_tags", "small_too", "glued_too")
)
_VS, _VS_FORWARDS = "vs", frozenset(_TABLE["vs_forwards"])

_MARKS = " \t\xa0\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_PREFIX = re.compile(
    rf"[{_MARKS}]*(?P<word>[^\W\d_][^\s:：﹕\[\](){{}}<>\"^*.]{{0,14}}(?:[ ][^\s:：﹕\[\](){{}}<>\"^*.]{{1,8}})?)"
    rf"\.?[ \xa0]?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|（\d{{1,3}}）|[\^*]\d{{1,3}})?[{_MARKS}]{{0,3}}[:：﹕︓]"
)
_TAG = re.compile(rf"[{_MARKS}]*\[[^\[\]\n]{{1,60}}\][{_MARKS}]*")
_BLANKS = re.compile(rf"[{_MARKS}]*")


_MOST_PIECES, _MOST_LAST = 200, 4


class Edit(NamedTuple):
    """Replaces [start, end) of a subject by ``replacement``."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class _Prefix:
    start: int
    end: int
    replacement: str
    own: bool


def _listed() -> dict[str, str]:
    kinds = ((ANSWER, _TABLE["answers"]), (FORWARD, _TABLE["forwards"]))
    return {skeleton_of(word).strip(): kind for kind, words in kinds for word in words.split("|")}


def _listed_by_language() -> dict[str, tuple[str, frozenset[str]]]:
    kinds = ((ANSWER, _TABLE["answers_in"]), (FORWARD, _TABLE["forwards_in"]))
    return {
        skeleton_of(word): (kind, frozenset(languages)) for kind, table in kinds for word, languages in table.items()
    }


_LISTED = _listed()
_BY_LANGUAGE = _listed_by_language()


def edits(subject: str, language: Callable[[], str]) -> list[Edit]:
    """The edits that replace all prefixes of a subject by one "Re:" or "Fwd:", and remove the tags of gateways, the
    numbers of tickets, and what is repeated of other tags, in order. ``language`` returns the letter's language; it is
    called only where the prefix may be a word."""
    language = _once(language)
    runs: list[Edit] = []
    before: _Prefix | None = None
    met: set[str] = set()
    at = 0
    for _ in range(_MOST_PIECES):
        tagged = end_of_gateway_tag(subject, at)
        tagged = end_of_ticket(subject, at) if tagged is None else tagged
        prefix = _prefix(subject, at, before, language, gated=bool(runs)) if tagged is None else None
        if tagged is not None:
            _cut(runs, at, tagged, "")
            at = tagged
        elif prefix is not None:
            end = _end_of_blanks(subject, prefix.end)
            _cut(runs, prefix.start, end, "" if before else prefix.replacement)
            at, before = end, prefix
        else:
            tag = _TAG.match(subject, at)
            if tag is None:
                break
            words = tag[0].strip().casefold()
            if words in met:
                _cut(runs, at, tag.end(), "")
            met.add(words)
            at = tag.end()
    last = _last_tags(subject, at)
    if last < len(subject):
        _cut(runs, last, len(subject), "")
    spaced = [
        run._replace(replacement=run.replacement + " ") if run.replacement and run.end < len(subject) else run
        for run in runs
    ]
    return [run for run in spaced if subject[run.start : run.end] != run.replacement]


def _last_tags(subject: str, begin: int) -> int:
    """Where the tags begin with which the subject ends; its end when there are none, or when it is nothing else."""
    end = len(subject)
    for _ in range(_MOST_LAST):
        found = [start for start in (start_of_last_tag(subject[:end]), start_of_last_ticket(subject[:end])) if start]
        if not found or min(found) <= begin:
            break
        end = min(found)
    return end


def _cut(runs: list[Edit], start: int, end: int, replacement: str) -> None:
    """Add an edit, or extend the last one that ends where it begins."""
    if runs and runs[-1].end == start:
        runs[-1] = Edit(runs[-1].start, end, runs[-1].replacement or replacement)
    else:
        runs.append(Edit(start, end, replacement))


def _once(language: Callable[[], str]) -> Callable[[], str]:
    """The same function, called at most once."""
    cached: list[str] = []

    def known() -> str:
        if not cached:
            cached.append(language())
        return cached[0]

    return known


def _end_of_blanks(subject: str, at: int) -> int:
    blanks = _BLANKS.match(subject, at)
    return blanks.end() if blanks else at


def _prefix(
    subject: str, at: int, before: _Prefix | None, language: Callable[[], str], *, gated: bool
) -> _Prefix | None:
    """The prefix that begins at ``at``; ``gated``: something was cut before it."""
    prefix = _read(subject, at, language, chained=before is not None)
    if prefix is None:
        return None
    named = gated and skeleton_of(subject[prefix.start : prefix.end]).strip(_MARKS + ":") in _BESIDE_TAGS
    following = prefix.own or named or before is not None or _read(subject, prefix.end, language) is not None
    return prefix if following else None


def _read(subject: str, at: int, language: Callable[[], str], *, chained: bool = False) -> _Prefix | None:
    """The prefix at ``at``; its ``own`` says that it needs no other prefix next to it."""
    match = _PREFIX.match(subject, at)
    if match is None:
        return None
    written = match["word"]
    word = skeleton_of(written).strip()
    if not _is_cased_as_by_programs(written, word) or not (chained or _ends(subject, match.end(), written)):
        return None
    start = match.start()
    if word == _VS:
        return _Prefix(start, match.end(), FORWARD if language() in _VS_FORWARDS else ANSWER, own=True)
    if word in _LISTED:
        return _Prefix(start, match.end(), _LISTED[word], own=True)
    if word in _BY_LANGUAGE:
        replacement, languages = _BY_LANGUAGE[word]
        return _Prefix(start, match.end(), replacement, own=language() in languages)
    return None


def _is_cased_as_by_programs(written: str, word: str) -> bool:
    return word in _SMALL_TOO or not written[0].islower()


def _ends(subject: str, at: int, written: str) -> bool:
    """Whether the colon ends the prefix: "SV:s" is a genitive, and "Re:Zero" a title."""
    after = subject[at : at + 1]
    if not after.isascii() or not after.isalnum() or subject[at - 1] != ":":
        return True
    # A non-ASCII prefix begins no title.
    return (
        written in _GLUED_TOO
        or not written.isascii()
        or (_PREFIX.match(subject, at) is not None and _is_listed(subject, at))
    )


def _is_listed(subject: str, at: int) -> bool:
    match = _PREFIX.match(subject, at)
    return match is not None and skeleton_of(match["word"]).strip() in _LISTED
