"""Keeps what belongs to the reader as they wrote it when it comes back: names in quotations, subjects and files.

A letter may name its reader: that is no secret from them, and stays. Replaced in the answer's quotation, it would tell
the author of that letter which of the names they wrote is their partner's. So each mention is remembered with the two
words before and behind it (``remembered``), and in quoted text with these words beside it, it stays as it was written
(``without_echoes``). Outside of quotations the answer's author is scrubbed as ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import regex

from relay.anonymise.identities import Finding, Redactor, folded_letters
from relay.anonymise.signature_blocks import Rows, own_passages
from relay.anonymise.way_back import Changes, core, is_own_subject
from relay.model import Attachment, Echo, Echoes, Known, Message

MAX_MENTIONS = 100
"""Mentions of one letter that are remembered."""
_CONTEXT = 2
"""Words before and behind a mention."""
_REACH = 200
"""Characters in which these words are looked for."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_SELF_CONTAINED = ("image/", "audio/", "video/", "text/calendar")
"""Kinds of files in which nothing is replaced; and calendar entries, which name their reader in relay's words."""


class EchoFilter:
    """The echoes that one letter may hold. ``everywhere``: what is read now was all written by somebody else, as an
    attached mail."""

    def __init__(self) -> None:
        self.everywhere = False
        self._of: Echoes | None = None
        self._sides: frozenset[tuple[str, str, str]] = frozenset()

    @contextmanager
    def in_another_mail(self) -> Iterator[None]:
        """Read an attached mail in this context."""
        before, self.everywhere = self.everywhere, True
        try:
            yield
        finally:
            self.everywhere = before

    def knows(self, text: str, finding: Finding, echoes: Echoes) -> bool:
        """Whether the finding stands in ``text`` with the same words before or behind it as when it was written."""
        if self._of is not echoes:
            self._of, self._sides = echoes, frozenset(_sides_of(echoes))
        words = folded_letters(text[finding.start : finding.end])
        before, behind = _before(text, finding.start), _behind(text, finding.end)
        return (words, "before", _joined(before)) in self._sides or (words, "behind", _joined(behind)) in self._sides


def remembered(message: Message, redactor: Redactor) -> Echoes:
    """What of a finished letter belongs to its reader and may come back: mentions of the reader in its text, its
    subject when it holds one, and its files with their names."""
    text = message.text or ""
    found = redactor.find_reader(text)[:MAX_MENTIONS]
    mentions = tuple(
        Echo(" ".join(_before(text, one.start)), text[one.start : one.end], " ".join(_behind(text, one.end)))
        for one in found
    )
    # A subject that relay changed back to the reader's own words is not the author's: it is not remembered as theirs.
    own = is_own_subject(message.subject, redactor.known)
    subjects = (core(message.subject),) if not own and redactor.find_reader(message.subject) else ()
    files = [one for one in message.attachments if not one.media_type.startswith(_SELF_CONTAINED)]
    named = (one.filename for one in message.attachments if one.filename and redactor.find_reader(one.filename))
    digests = tuple(dict.fromkeys(map(digest, files)))
    return Echoes(mentions, subjects, digests, tuple(dict.fromkeys(named)), redactor.of_letter(Changes).all())


def without_echoes(text: str, found: list[Finding], redactor: Redactor) -> list[Finding]:
    """The findings of the author in ``text`` without those that come back in a quotation."""
    echoes, echo_filter = redactor.known.echoes, redactor.of_letter(EchoFilter)
    if not (found and echoes.mentions):
        return found
    own = [] if echo_filter.everywhere else list(own_passages(text, redactor.of_letter(Rows)))
    return [
        finding
        for finding in found
        if any(start <= finding.start < end for start, end in own) or not echo_filter.knows(text, finding, echoes)
    ]


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


def _sides_of(echoes: Echoes) -> Iterator[tuple[str, str, str]]:
    for echo in echoes.mentions:
        words = folded_letters(echo.words)
        before, behind = echo.before.split(), echo.behind.split()
        # At the very beginning or end of a letter there are fewer words, and the other side decides; a mention alone
        # is the whole letter.
        if len(before) == _CONTEXT or not behind:
            yield words, "before", _joined(before)
        if len(behind) == _CONTEXT or not before:
            yield words, "behind", _joined(behind)


def _joined(words: Sequence[str]) -> str:
    return " ".join(map(folded_letters, words))


def _before(text: str, start: int) -> list[str]:
    return [word[0] for word in _WORD.finditer(text, max(0, start - _REACH), start)][-_CONTEXT:]


def _behind(text: str, end: int) -> list[str]:
    words = []
    for word in _WORD.finditer(text, end, end + _REACH):
        words.append(word[0])
        if len(words) == _CONTEXT:
            break
    return words
