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
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import regex

from relay.anonymise.echo_places import NEAR, folded_words
from relay.anonymise.identities import Redactor
from relay.anonymise.likeness import text_sketch
from relay.anonymise.way_back import Changes, core, is_own_subject
from relay.message.read.html_to_text import well_formed_to_text
from relay.model import Attachment, Echo, Echoes, Known, Message

MAX_MENTIONS = 100
"""Mentions of one letter that are remembered with the words around."""
_MAX_COUNTED = 60
_REACH = 200
"""Characters in which these words are looked for."""
_ENTRY_TEXT = regex.compile(r"^(?:SUMMARY|DESCRIPTION|LOCATION)(?:;[^:\r\n]*)?:([^\r\n]*)", regex.MULTILINE)
_FOLD = regex.compile(r"\n[ \t]")
_ENTRY_UID = regex.compile(r"^UID(?:;[^:\r\n]*)?:([^\r\n]*)", regex.MULTILINE)
_ESCAPED = regex.compile(r"\\(.)")  # RFC 5545 3.3.11
_LARGEST_CALENDAR = 512 * 1024
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_DRAWING = "image/svg+xml"
_SELF_CONTAINED = ("image/", "audio/", "video/", "text/calendar")
"""Kinds of files in which nothing is replaced, but for drawings; and calendar entries, which name their reader in
relay's words."""


class TextsApart:
    """``differ``: the plain text of this letter says something else than its HTML, and either may be quoted."""

    differ = False


def remembered(message: Message, redactor: Redactor) -> Echoes:
    """What of a finished letter belongs to its reader and may come back: mentions of the reader in its text, its
    subject when it holds one, and its files with their names."""
    texts = [message.text or ""]
    if message.html and redactor.of_letter(TextsApart).differ:
        texts.append(well_formed_to_text(message.html))
    found = [(text, start, end) for text in texts for start, end in _mentions(text, redactor)]
    mentions = [_echo(*one) for one in found[:MAX_MENTIONS]]
    # More are remembered without the words around: they stay anywhere in a quotation, as often as they were written.
    others = Counter(text[start:end] for text, start, end in found[MAX_MENTIONS:])
    # A mention that is a whole letter has none around either, and was written once.
    mentions += [Echo("", words, "", max(2, times)) for words, times in islice(others.items(), MAX_MENTIONS)]
    # A subject that relay changed back to the reader's own words is not the author's: it is not remembered as theirs.
    own = is_own_subject(message.subject, redactor.known)
    subjects = (core(message.subject),) if not own and redactor.find_reader(message.subject) else ()
    files = [one for one in message.attachments if _holds_words(one)]
    titles = dict.fromkeys(one.filename for one in message.attachments if one.filename)
    named = {title: those for title in titles if (those := redactor.find_reader(title))}
    # Programs write the names of files into the quotation of a letter.
    mentions += [_echo(title, one.start, one.end) for title, those in named.items() for one in those][:MAX_MENTIONS]
    entries = [
        (uid, words) for one in message.attachments if one.media_type == "text/calendar" for uid, words in texts_of(one)
    ]
    programs = [*([] if own else [message.subject]), *(words for _, words in entries)]
    for words in programs:
        mentions += [
            _echo(words, one.start, one.end)
            for one in redactor.find_reader(words)[:MAX_MENTIONS]
            if words_above(words, one.start) or words_below(words, one.end)
        ]
    named_entries = (
        entry_digest(uid, part) for uid, words in entries if redactor.find_reader(words) for part in (words, "")
    )
    digests = tuple(dict.fromkeys((*map(digest, files), *named_entries)))
    changes, counted = redactor.of_letter(Changes).all(), [text for text, _, _ in found[:1]]
    sketches = tuple(text_sketch(text, named_in(text, (one.words for one in mentions))) for text in counted)
    return Echoes(tuple(mentions), subjects, digests, tuple(named), changes, sketches=tuple(filter(None, sketches)))


def named_in(text: str, mentions: Iterable[str]) -> dict[str, int]:
    """How often a text holds each word of these mentions."""
    wanted = {word for one in mentions for word in folded_words(_WORD.findall(one))}
    return dict(
        islice(Counter(one for one in folded_words(_WORD.findall(text)) if one in wanted).items(), _MAX_COUNTED)
    )


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
    return Echo(" ".join(words_above(text, start)), text[start:end], " ".join(words_below(text, end)))


def texts_of(calendar: Attachment) -> Iterator[tuple[str, str]]:
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


def words_above(text: str, at: int, since: int = 0, most: int = NEAR) -> list[str]:
    return [word[0] for word in _WORD.finditer(text, max(since, at - _REACH), at)][-most:]


def words_below(text: str, at: int, until: int | None = None, most: int = NEAR) -> list[str]:
    end = at + _REACH if until is None else min(until, at + _REACH)
    return [word[0] for word in islice(_WORD.finditer(text, at, end), most)]
