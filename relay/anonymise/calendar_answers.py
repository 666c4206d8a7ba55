"""Gives words to an answer to an invitation that came without any: its subject, and the comment in the entry."""

from __future__ import annotations

import re
from dataclasses import replace

from relay.anonymise.identities import Redactor
from relay.anonymise.returned_words import EchoFilter, known_lines
from relay.message.read.html_to_text import html_to_text
from relay.model import Message, Scrubbed

_ANSWER = re.compile(rb"^METHOD:(?:REPLY|COUNTER|REFRESH)\s*$", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_COMMENT = re.compile(r"^COMMENT(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_LARGEST, _EMPTY_PAGE = 512 * 1024, 5000


def scrub_calendar_answer(message: Message, redactor: Redactor) -> Scrubbed:
    """The subject and the comment as the text of a wordless answer; other letters are unchanged. Programs write
    "Accepted: …" into the subject, in the language of their user."""
    redactor.of_letter(EchoFilter).entries = tuple(known_lines(message.attachments, redactor.known))
    answers = [
        one.content for one in message.attachments if len(one.content) < _LARGEST and _ANSWER.search(one.content)
    ]
    if not answers:
        return Scrubbed(message)
    # Its words are a program's, who repeats the organiser's.
    redactor.of_letter(EchoFilter).everywhere = True
    if (message.text or "").strip() or _says(message.html):
        return Scrubbed(message)
    entry = _FOLD.sub("", answers[0].decode("utf-8", "replace"))
    comments = [_ESCAPED.sub(_unescape, words.strip()) for words in _COMMENT.findall(entry)]
    words = [one for one in (message.subject, *comments) if one.strip()]
    return Scrubbed(replace(message, text="\n\n".join(words) + "\n", html=None) if words else message)


def _says(html: str | None) -> bool:
    return html is not None and (len(html) > _EMPTY_PAGE or bool(html_to_text(html).strip()))


def _unescape(found: re.Match[str]) -> str:
    """RFC 5545 3.3.11."""
    return "\n" if found[1] in "nN" else found[1]
