"""Puts somebody's words into a letter of ours, where its template has a place for them."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from relay.message.read.html_to_text import html_to_text
from relay.message.read.parse import parse
from relay.model import Message

PLACE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in subject, text and HTML of a letter where somebody's words go: templates are filled in before the mail with
those words has been opened."""

_MOST = 20_000
"""Characters of somebody's mail that are shown; the rest is in the file."""
_LONGEST_SUBJECT = 150
_QUOTED = "border-left:3px solid #bbb;padding-left:.7em;margin:1em 0"


def with_words_of(message: Message, mail: bytes, known_subject: str = "") -> tuple[Message, str]:
    """``message`` with subject and words of ``mail`` (raw octets) in their places, each line marked as quoted, and the
    names of its files; and that subject. Of an answer to ``known_subject`` the subject is that one, without "Re:".
    Raises Refusal when the mail cannot be read."""
    found = parse(mail)
    words = (found.text or html_to_text(found.html or ""))[:_MOST].strip("\n")
    subject = subject_of(found.subject, known_subject)
    files = " · ".join(one_line(one.filename, 80) for one in found.attachments if one.filename)
    shown = "\n\n".join(part for part in (words, f"\N{PAPERCLIP} {files}" if files else "") if part)
    return put(message, subject, shown, quoted=True), subject


def subject_of(subject: str, known: str) -> str:
    """``subject`` on one line; of an answer to ``known`` that itself, whatever stands before it."""
    line = one_line(subject, _LONGEST_SUBJECT)
    before = one_line(known, _LONGEST_SUBJECT)
    return before if before and line.casefold().endswith(before.casefold()) else line


def put(message: Message, subject: str, words: str, *, quoted: bool) -> Message:
    """``message`` with ``subject`` and ``words`` in their places; words without a place come last, as text only.

    Whatever is in the words, ours stay recognisable: with ``quoted`` each line of theirs is marked.
    """
    ours, html = message.text or "", message.html
    text = "\n".join(f"> {line}".rstrip() for line in words.split("\n")) if quoted and words else words
    if PLACE in ours:
        ours = ours.replace(PLACE if words else f"{PLACE}\n\n", text, 1)
        html = None if html is None else html.replace(f"<p>{PLACE}</p>", _paragraphs(words, quoted=quoted), 1)
    elif words:
        ours, html = f"{ours.rstrip()}\n\n{text}\n", None
    line = message.subject.replace(PLACE, subject, 1).strip().removesuffix(":").rstrip()
    return replace(message, subject=line, text=ours, html=html)


def one_line(words: str, most: int) -> str:
    """Foreign words on one line of ours, whatever is in them, at most ``most`` characters long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words[: 4 * most]).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _paragraphs(words: str, *, quoted: bool) -> str:
    """The words as HTML: paragraphs that each have the direction of their own first letter."""
    paragraphs = [one.strip("\n") for one in words.split("\n\n")]
    html = "\n".join(
        f'<p dir="auto">{"<br>".join(escape(line, quote=False) for line in one.split(chr(10)))}</p>'
        for one in paragraphs
        if one.strip()
    )
    return f'<div style="{_QUOTED}">{html}</div>' if quoted and html else html
