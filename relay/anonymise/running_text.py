"""The running text of a letter, by which its language is detected."""

from __future__ import annotations

import re

from relay.model import Message

_MOST = 100_000
# A tag that never ends costs no search for its end at each "<" within it.
_TAG = re.compile(r"<[^<>]*+>")


def running_text(message: Message) -> str:
    """The text of a letter, or its HTML without tags where it has no text. Of HTML, the first 100,000 characters."""
    return message.text or _TAG.sub(" ", (message.html or "")[:_MOST])
