"""The running text of a letter, by which its language is detected."""

from __future__ import annotations

import re

from relay.message.read.html_tokens import unescape
from relay.model import Message

_MOST = 100_000
# A tag that never ends costs no search for its end at each "<" within it.
_TAG = re.compile(r"<[^<>]*+>")


def running_text(message: Message) -> str:
    """The text of a letter, or its HTML without tags where it has no text. Of HTML, the first 100,000 characters."""
    return message.text or without_tags((message.html or "")[:_MOST])


def without_tags(page: str) -> str:
    """The text of a page, roughly: each tag is a blank, and references are read. Linear."""
    return unescape(_TAG.sub(" ", page))
