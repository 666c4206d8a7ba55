"""Keeps what belongs to the reader as they wrote it when it comes back: names in quotations, subjects and files.

A letter may name its reader: that is no secret from them, and stays. Replaced in the answer's quotation, it would tell
the author of that letter which of the names they wrote is their partner's. So each mention is remembered with the two
words before and behind it (``remembered``), and in quoted text with these words beside it, as far as the quotation
goes, it stays as it was written (``without_echoes``). Outside of quotations the answer's author is scrubbed as ever,
but for what stands between just these words on both sides.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice, product

import regex

from relay.anonymise import tokens
from relay.anonymise.identities import Finding, Redactor, folded_letters
from relay.anonymise.signature_blocks import Rows, quoted_passages
from relay.anonymise.way_back import Changes, core, is_own_subject
from relay.model import Attachment, Echo, Echoes, Known, Message

MAX_MENTIONS = 100
"""Mentions of one letter that are remembered with the words around."""
_CONTEXT = 2
"""Words before and behind a mention."""
_REACH = 200
"""Characters in which these words are looked for."""
_ENTRY_TEXT = regex.compile(r"^(?:SUMMARY|DESCRIPTION|LOCATION)(?:;[^:\r\n]*)?:([^\r\n]*)", regex.MULTILINE)
_ESCAPED = regex.compile(r"\\(.)")  # RFC 5545 3.3.11
_LARGEST_CALENDAR = 512 * 1024
_PARTS = 8
"""Words of a mention that may be found apart."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_Words = tuple[str, ...]
_Side = tuple[str, _Words]
_SELF_CONTAINED = ("image/", "audio/", "video/", "text/calendar")
"""Kinds of files in which nothing is replaced; and calendar entries, which name their reader in relay's words."""


class EchoFilter:
    """The echoes that one letter may hold. ``everywhere``: what is read now was all written by somebody else, as an
    attached mail."""

    def __init__(self) -> None:
        self.everywhere = False
        self._of: Echoes | None = None
        self._sides: dict[str, set[tuple[_Words, _Words]]] = {}
        self._places: dict[str, _Places] = {}

    @contextmanager
    def in_another_mail(self) -> Iterator[None]:
        """Read an attached mail in this context."""
        before, self.everywhere = self.everywhere, True
        try:
            yield
        finally:
            self.everywhere = before

    def places(self, words: str, echoes: Echoes) -> _Places | None:
        """Where ``words``, which are a mention or a part of one, stood when they were written; None for nowhere."""
        if self._of is not echoes:
            self._of, self._sides, self._places = echoes, _sides_of(echoes), {}
        if words not in self._sides:
            return None
        if words not in self._places:
            self._places[words] = _Places(self._sides[words])
        return self._places[words]


class _Quoted:
    """The quotations in the last text that was asked for."""

    def __init__(self) -> None:
        self._text, self._starts = "", list[int]()
        self._passages: list[tuple[int, int, bool]] = []

    def at(self, place: int, text: str, redactor: Redactor) -> tuple[int, int, bool] | None:
        """The quotation at a place of the text, and whether it has quote marks; None for none."""
        if text != self._text:
            name = redactor.known.recipient_persona.name
            self._passages = list(quoted_passages(text, redactor.of_letter(Rows), name))
            self._text, self._starts = text, [start for start, _, _ in self._passages]
        at = bisect_right(self._starts, place) - 1
        return self._passages[at] if at >= 0 and place < self._passages[at][1] else None


class _Places:
    """The words around one mention, wherever it was written: looked up in the same time however many there are."""

    def __init__(self, sides: Iterable[tuple[_Words, _Words]]) -> None:
        self._before: set[_Words] = set()
        self._behind: set[_Words] = set()
        self._both: set[tuple[_Words, _Words]] = set()
        self._cut: set[tuple[_Side, _Side]] = set()
        for before, behind in sides:
            # At the very beginning or end of a letter there are fewer words, and the other side decides; a mention
            # alone is the whole letter.
            if len(before) == _CONTEXT or not behind:
                self._before.add(before)
            if len(behind) == _CONTEXT or not before:
                self._behind.add(behind)
            self._both.add((before, behind))
            self._cut.update(product(_cuts(before[::-1]), _cuts(behind)))

    def has_both(self, above: _Words, below: _Words) -> bool:
        """Whether all words around are the same, and as many as are looked at."""
        return len(above) == len(below) == _CONTEXT and (above, below) in self._both

    def has_one(self, above: _Words, below: _Words) -> bool:
        """Whether those on one side are the same."""
        shorter = range(_CONTEXT + 1)
        return any(above[max(0, len(above) - n) :] in self._before for n in shorter) or any(
            below[:n] in self._behind for n in shorter
        )

    def has_cut(self, above: _Words, below: _Words) -> bool:
        """Whether those on both sides are the same, as far as there are any."""
        return any(pair in self._cut for pair in product(_matches(above[::-1]), _matches(below)))


def _cuts(side: _Words) -> Iterator[_Side]:
    """The words on one side, nearest first, as whoever quotes them may cut them, and complete."""
    yield from (("cut", side[:length]) for length in range(len(side) + 1))
    yield "complete", side


def _matches(side: _Words) -> Iterator[_Side]:
    """What of ``_cuts`` the words found on one side are like: a part of what was written, or more than it."""
    yield "cut", side
    yield from (("complete", side[:length]) for length in range(len(side)))


def remembered(message: Message, redactor: Redactor) -> Echoes:
    """What of a finished letter belongs to its reader and may come back: mentions of the reader in its text, its
    subject when it holds one, and its files with their names."""
    text = message.text or ""
    found = _mentions(text, redactor)
    mentions = [_echo(text, start, end) for start, end in found[:MAX_MENTIONS]]
    # More are remembered without the words around: they stay in every quotation.
    others = {folded_letters(words): words for words in (text[start:end] for start, end in found[MAX_MENTIONS:])}
    mentions += [Echo("", words, "") for words in islice(others.values(), MAX_MENTIONS)]
    # A subject that relay changed back to the reader's own words is not the author's: it is not remembered as theirs.
    own = is_own_subject(message.subject, redactor.known)
    subjects = (core(message.subject),) if not own and redactor.find_reader(message.subject) else ()
    files = [one for one in message.attachments if not one.media_type.startswith(_SELF_CONTAINED)]
    titles = dict.fromkeys(one.filename for one in message.attachments if one.filename)
    named = {title: those for title in titles if (those := redactor.find_reader(title))}
    # Programs write the names of files into the quotation of a letter.
    mentions += [_echo(title, one.start, one.end) for title, those in named.items() for one in those][:MAX_MENTIONS]
    programs = [] if own else [message.subject]
    programs += [
        words for one in message.attachments if one.media_type == "text/calendar" for words in _entry_texts(one)
    ]
    for words in programs:
        mentions += [
            _echo(words, one.start, one.end)
            for one in redactor.find_reader(words)[:MAX_MENTIONS]
            if _above(words, one.start) or _below(words, one.end)
        ]
    digests = tuple(dict.fromkeys(map(digest, files)))
    return Echoes(tuple(mentions), subjects, digests, tuple(named), redactor.of_letter(Changes).all())


def _mentions(text: str, redactor: Redactor) -> list[tuple[int, int]]:
    """The places of the reader's names and addresses in a text, also of a word that is a part of their name and no name
    here: in a quotation it may stand where it looks like one."""
    places = {(one.start, one.end) for one in redactor.find_reader(text)}
    parts = {part.casefold() for name in redactor.known.recipient.known_as for part in _WORD.findall(name)}
    low = text.casefold()
    if any(part in low for part in parts):
        ends = sorted(places)
        for word in _WORD.finditer(text):
            # Folding every word of a letter would take longer than all of its other searches.
            if word[0].casefold() not in parts:
                continue
            at = bisect_right(ends, (word.start(), len(text))) - 1
            if at < 0 or ends[at][1] <= word.start():
                places.add(word.span())
    return sorted(places)


def _echo(text: str, start: int, end: int) -> Echo:
    return Echo(" ".join(_above(text, start)), text[start:end], " ".join(_below(text, end)))


def _entry_texts(calendar: Attachment) -> Iterator[str]:
    """The texts of calendar entries, which the reader's program sends back with its answer."""
    if len(calendar.content) <= _LARGEST_CALENDAR:
        unfolded = calendar.content.decode("utf-8", "replace").replace("\r\n ", "")
        for found in _ENTRY_TEXT.finditer(unfolded):
            yield _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], found[1])


def without_echoes(text: str, found: list[Finding], redactor: Redactor) -> list[Finding]:
    """The findings of the author in ``text`` without those that come back in a quotation."""
    echoes, echo_filter = redactor.known.echoes, redactor.of_letter(EchoFilter)
    if not (found and echoes.mentions):
        return found
    left = []
    for finding in found:
        places = echo_filter.places(folded_letters(text[finding.start : finding.end]), echoes)
        if places is not None:
            whole = (0, len(text), False) if echo_filter.everywhere else None
            passage = whole or redactor.of_letter(_Quoted).at(finding.start, text, redactor)
        if places is None or not _comes_back(text, finding, places, passage):
            left.append(finding)
    return left


def without_returned(text: str, redactor: Redactor) -> list[Finding]:
    """The findings of the author in a text that a program may have taken from the reader's letter, such as "Accepted:
    lunch with Omar", without those that come back."""
    with redactor.of_letter(EchoFilter).in_another_mail():
        return without_echoes(text, redactor.find(text), redactor)


def may_come_back(text: str, place: int, redactor: Redactor) -> bool:
    """Whether something that the reader wrote may come back at a place of the text."""
    return bool(redactor.known.echoes.mentions) and redactor.of_letter(_Quoted).at(place, text, redactor) is not None


def link_comes_back(url: str, redactor: Redactor) -> bool:
    """Whether a link in a quotation holds no name but those with which the reader wrote it."""
    echoes, echo_filter = redactor.known.echoes, redactor.of_letter(EchoFilter)
    return not tokens.find(url, redactor) and all(
        (places := echo_filter.places(folded_letters(url[one.start : one.end]), echoes)) is not None
        and _comes_back(url, one, places, (0, len(url), True))
        for one in redactor.find(url)
    )


def _comes_back(text: str, finding: Finding, places: _Places, passage: tuple[int, int, bool] | None) -> bool:
    """Whether the finding stands between the words between which it was written."""
    start, end, marked = passage or (0, len(text), False)
    above, below = _before(text, finding.start, start), _behind(text, finding.end, end)
    if passage is None:
        # A line of a quotation that a program wrapped has lost its marks: there both sides must be the same.
        return places.has_both(above, below)
    # Whoever answers between the lines cuts the quotation anywhere.
    return places.has_one(above, below) or (marked and places.has_cut(above, below))


def is_known_subject(subject: str, known: Known) -> bool:
    """Whether a subject comes back as the reader wrote it, with whatever prefix."""
    return (bool(known.echoes.subjects) and core(subject) in known.echoes.subjects) or is_own_subject(subject, known)


def is_known_file(attachment: Attachment, known: Known) -> bool:
    """Whether a file comes back as it was relayed: then it holds nothing that its reader did not write."""
    return bool(known.echoes.files) and digest(attachment) in known.echoes.files


def is_known_name(attachment: Attachment, known: Known) -> bool:
    """The same for a file's name."""
    return attachment.filename is not None and attachment.filename in known.echoes.names


def digest(attachment: Attachment) -> str:
    """The SHA-256 of a file, in hexadecimal, whatever its line ends: mail programs change them in text."""
    return hashlib.sha256(attachment.content.replace(b"\r\n", b"\n")).hexdigest()


def _sides_of(echoes: Echoes) -> dict[str, set[tuple[_Words, _Words]]]:
    """For each mention and each part of one, which is what is found when lines are wrapped anew: the words around."""
    sides: dict[str, set[tuple[_Words, _Words]]] = {}
    for echo in echoes.mentions:
        before, words, behind = (_folded(_WORD.findall(part)) for part in (echo.before, echo.words, echo.behind))
        sides.setdefault(folded_letters(echo.words), set()).add((before, behind))
        for first in range(min(len(words), _PARTS)):
            for end in range(first + 1, min(len(words), _PARTS) + 1):
                around = (*before, *words[:first])[-_CONTEXT:], (*words[end:], *behind)[:_CONTEXT]
                sides.setdefault("".join(words[first:end]), set()).add(around)
    return sides


def _folded(words: Iterable[str]) -> _Words:
    return tuple(map(folded_letters, words))


def _before(text: str, at: int, since: int) -> _Words:
    return _folded(_above(text, at, since))


def _behind(text: str, at: int, until: int) -> _Words:
    return _folded(_below(text, at, until))


def _above(text: str, at: int, since: int = 0) -> list[str]:
    return [word[0] for word in _WORD.finditer(text, max(since, at - _REACH), at)][-_CONTEXT:]


def _below(text: str, at: int, until: int | None = None) -> list[str]:
    end = at + _REACH if until is None else min(until, at + _REACH)
    return [word[0] for word in islice(_WORD.finditer(text, at, end), _CONTEXT)]
