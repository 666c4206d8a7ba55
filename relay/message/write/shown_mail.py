"""Puts the words of somebody's mail below ours, so that they can be read without opening a file."""

from __future__ import annotations

from dataclasses import replace

from relay.message.read.html_to_text import html_to_text
from relay.message.read.parse import parse
from relay.model import Message
from relay.refusals import Refusal

_MOST = 20_000
"""Characters that are shown; the rest is in the file."""


def with_words_of(message: Message, mail: bytes) -> Message:
    """``message`` with the subject and text of ``mail`` (raw octets) below its own, as plain text only; as it was when
    that cannot be read. What is foreign comes last, and each of its lines is marked as quoted."""
    try:
        found = parse(mail)
    except Refusal:
        return message
    words = found.text or html_to_text(found.html or "")
    lines = [found.subject, "", *words[:_MOST].strip("\n").split("\n")]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return replace(message, text=f"{(message.text or '').rstrip()}\n\n{quoted}\n", html=None)
