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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

import regex

from relay.anonymise import tokens
from relay.anonymise.cited_lines import cited_passages
from relay.anonymise.echo_places import CONTEXT, NEAR, NEAREST, Places, Written, folded_words, written_places
from relay.anonymise.identities import Finding, Redactor, folded_letters
from relay.anonymise.signature_blocks import Rows, quoted_passages
from relay.anonymise.way_back import Changes, core, is_own_subject
from relay.message.read.html_to_text import well_formed_to_text
from relay.model import Attachment, Echo, Echoes, Known, Message

MAX_MENTIONS = 100
"""Mentions of one letter that are remembered with the words around."""
_REACH = 200
"""Characters in which these words are looked for."""
_ENTRY_TEXT = regex.compile(r"^(?:SUMMARY|DESCRIPTION|LOCATION)(?:;[^:\r\n]*)?:([^\r\n]*)", regex.MULTILINE)
_FOLD = regex.compile(r"\n[ \t]")
_ENTRY_UID = regex.compile(r"^UID(?:;[^:\r\n]*)?:([^\r\n]*)", regex.MULTILINE)
_ESCAPED = regex.compile(r"\\(.)")  # RFC 5545 3.3.11
_LARGEST_CALENDAR = 512 * 1024
_FEW = 2
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
Passage = tuple[int, int, bool]
_DRAWING = "image/svg+xml"
_SELF_CONTAINED = ("image/", "audio/", "video/", "text/calendar")
"""Kinds of files in which nothing is replaced, but for drawings; and calendar entries, which name their reader in
relay's words."""


class TextsApart:
    """``differ``: the plain text of this letter says something else than its HTML, and either may be quoted."""

    differ = False


class EchoFilter:
    """The echoes that one letter may hold. ``everywhere``: what is read now was all written by somebody else, as an
    attached mail. ``entries``: lines of calendar entries that come back, which programs repeat in their text."""

    def __init__(self) -> None:
        self.everywhere = False
        self.entries: tuple[str, ...] = ()
        self._of: Echoes | None = None
        self._written: Written = {}
        self._places: dict[str, Places] = {}

    @contextmanager
    def in_another_mail(self) -> Iterator[None]:
        """Read an attached mail in this context."""
        before, self.everywhere = self.everywhere, True
        try:
            yield
        finally:
            self.everywhere = before

    def places(self, words: str, echoes: Echoes) -> Places | None:
        """Where ``words``, which are a mention or a part of one, stood when they were written; None for nowhere."""
        if self._of is not echoes:
            self._of, self._written, self._places = echoes, written_places(echoes), {}
        if words not in self._written:
            return None
        if words not in self._places:
            self._places[words] = Places(*self._written[words])
        return self._places[words]


class _Quoted:
    """The quotations in the last text that was asked for."""

    def __init__(self) -> None:
        self._text = ""
        self._passages = self._cited = _Passages(())

    def at(self, place: int, text: str, redactor: Redactor) -> Passage | None:
        """The quotation at a place of the text, and whether it has quote marks; None for none."""
        if text != self._text:
            name = redactor.known.recipient_persona.name
            self._passages = _Passages(quoted_passages(text, redactor.of_letter(Rows), name))
            self._cited = _Passages((*one, True) for one in cited_passages(text, redactor))
            self._text = text
        return self._cited.at(place) or self._passages.at(place)


class _Passages:
    """Ranges of a text, in order."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._passages = list(passages)
        self._starts = [start for start, _, _ in self._passages]

    def at(self, place: int) -> Passage | None:
        at = bisect_right(self._starts, place) - 1
        return self._passages[at] if at >= 0 and place < self._passages[at][1] else None


def remembered(message: Message, redactor: Redactor) -> Echoes:
    """What of a finished letter belongs to its reader and may come back: mentions of the reader in its text, its
    subject when it holds one, and its files with their names."""
    texts = [message.text or ""]
    if message.html and redactor.of_letter(TextsApart).differ:
        texts.append(well_formed_to_text(message.html))
    found = [(text, start, end) for text in texts for start, end in _mentions(text, redactor)]
    mentions = [_echo(*one) for one in found[:MAX_MENTIONS]]
    # More are remembered without the words around: they stay in every quotation.
    others = {folded_letters(words): words for words in (text[start:end] for text, start, end in found[MAX_MENTIONS:])}
    mentions += [Echo("", words, "") for words in islice(others.values(), MAX_MENTIONS)]
    # A subject that relay changed back to the reader's own words is not the author's: it is not remembered as theirs.
    own = is_own_subject(message.subject, redactor.known)
    subjects = (core(message.subject),) if not own and redactor.find_reader(message.subject) else ()
    files = [one for one in message.attachments if _holds_words(one)]
    titles = dict.fromkeys(one.filename for one in message.attachments if one.filename)
    named = {title: those for title in titles if (those := redactor.find_reader(title))}
    # Programs write the names of files into the quotation of a letter.
    mentions += [_echo(title, one.start, one.end) for title, those in named.items() for one in those][:MAX_MENTIONS]
    entries = [
        (uid, words)
        for one in message.attachments
        if one.media_type == "text/calendar"
        for uid, words in _texts_of(one)
    ]
    programs = [*([] if own else [message.subject]), *(words for _, words in entries)]
    for words in programs:
        mentions += [
            _echo(words, one.start, one.end)
            for one in redactor.find_reader(words)[:MAX_MENTIONS]
            if _above(words, one.start) or _below(words, one.end)
        ]
    named_entries = (
        entry_digest(uid, part) for uid, words in entries if redactor.find_reader(words) for part in (words, "")
    )
    digests = tuple(dict.fromkeys((*map(digest, files), *named_entries)))
    return Echoes(tuple(mentions), subjects, digests, tuple(named), redactor.of_letter(Changes).all())


def _holds_words(file: Attachment) -> bool:
    return file.media_type == _DRAWING or not file.media_type.startswith(_SELF_CONTAINED)


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


def mentions_in(text: str, redactor: Redactor) -> list[Echo]:
    """The mentions of the reader in a text, each with the words around it."""
    return [_echo(text, start, end) for start, end in _mentions(text, redactor)]


def _echo(text: str, start: int, end: int) -> Echo:
    return Echo(" ".join(_above(text, start)), text[start:end], " ".join(_below(text, end)))


def _texts_of(calendar: Attachment) -> Iterator[tuple[str, str]]:
    """The texts of calendar entries, which the reader's program sends back with its answer: each with the identifier of
    its entry."""
    if len(calendar.content) > _LARGEST_CALENDAR:
        return
    unfolded = _FOLD.sub("", calendar.content.decode("utf-8", "replace").replace("\r\n", "\n"))
    for entry in unfolded.split("\nBEGIN:V")[1:]:
        uid = _ENTRY_UID.search(entry)
        for found in _ENTRY_TEXT.finditer(entry):
            yield uid[1] if uid else "", _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], found[1])


def entry_digest(uid: str, words: str) -> str:
    """What recognises a text of the calendar entry with this identifier, however it was wrapped."""
    return hashlib.sha256(f"entry\0{uid}\0{' '.join(words.split())}".encode()).hexdigest()


def is_known_entry(uid: str, words: str, known: Known) -> bool:
    """Whether a text of a calendar entry comes back as the reader wrote it into this entry; of "" whether any of this
    entry that names them may come back."""
    return bool(known.echoes.files) and entry_digest(uid, words) in known.echoes.files


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
        if places is None or not (
            _comes_back(text, finding, places, passage) or _repeats(text, finding, echo_filter.entries)
        ):
            left.append(finding)
    return left


def _repeats(text: str, finding: Finding, entries: Sequence[str]) -> bool:
    """Whether the finding is in one of these lines, which is repeated here."""
    words = text[finding.start : finding.end]
    return any(
        text.find(line, max(0, finding.end - len(line)), finding.start + len(line)) >= 0
        for line in entries
        if words in line
    )


def known_lines(files: Sequence[Attachment], known: Known) -> Iterator[str]:
    """Lines of calendar entries that come back as the reader wrote them, but those of one or two words: a name alone
    may be a signature."""
    if not known.echoes.files:
        return
    for file in files:
        if file.media_type == "text/calendar":
            texts = (words for uid, words in _texts_of(file) if is_known_entry(uid, words, known))
            lines = (line.strip() for words in texts for line in words.split("\n"))
            yield from (line for line in lines if len(_WORD.findall(line)) > _FEW)


def without_returned(text: str, redactor: Redactor) -> list[Finding]:
    """The findings of the author in a text that a program may have taken from the reader's letter, such as "Accepted:
    lunch with Omar", without those that come back."""
    with redactor.of_letter(EchoFilter).in_another_mail():
        return without_echoes(text, redactor.find(text), redactor)


def may_come_back(text: str, place: int, redactor: Redactor) -> bool:
    """Whether something that the reader wrote may come back at a place of the text."""
    if not redactor.known.echoes.mentions:
        return False
    quoted = redactor.of_letter(EchoFilter).everywhere
    return quoted or redactor.of_letter(_Quoted).at(place, text, redactor) is not None


def link_comes_back(url: str, redactor: Redactor) -> bool:
    """Whether a link in a quotation holds no name but those with which the reader wrote it."""
    echoes, echo_filter = redactor.known.echoes, redactor.of_letter(EchoFilter)
    return not tokens.find(url, redactor) and all(
        (places := echo_filter.places(folded_letters(url[one.start : one.end]), echoes)) is not None
        and _comes_back(url, one, places, (0, len(url), True))
        for one in redactor.find(url)
    )


def _comes_back(text: str, finding: Finding, places: Places, passage: Passage | None) -> bool:
    """Whether the finding stands between the words between which it was written."""
    start, end, marked = passage or (0, len(text), False)
    before, behind = _above(text, finding.start, start, NEAREST), _below(text, finding.end, end, NEAREST)
    above, below = folded_words(before[-CONTEXT:]), folded_words(behind[:CONTEXT])
    if passage is None:
        # A line of a quotation that a program wrapped has lost its marks: there both sides must be the same.
        return places.has_both(above, below)
    # Whoever answers between the lines cuts the quotation anywhere.
    cut = marked and places.has_cut(above, below)
    return cut or places.has_one(above, below) or places.has_near((*before, *behind))


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


def _above(text: str, at: int, since: int = 0, most: int = NEAR) -> list[str]:
    return [word[0] for word in _WORD.finditer(text, max(since, at - _REACH), at)][-most:]


def _below(text: str, at: int, until: int | None = None, most: int = NEAR) -> list[str]:
    end = at + _REACH if until is None else min(until, at + _REACH)
    return [word[0] for word in islice(_WORD.finditer(text, at, end), most)]
