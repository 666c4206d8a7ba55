"""What makes a letter the same letter, whichever way it came and however often."""

from __future__ import annotations

import hashlib

from relay.message.headers import Fields, Head, split

_TOLD = ("message-id", "date", "subject")
"""Fields that the author's program writes once and no server on the way changes; Received and the like differ with
every try. Message-ID alone is not enough: some programs give all letters the same."""


def fingerprint(content: bytes, head: Head | None = None) -> str:
    """The SHA-256, in hexadecimal, of what the author wrote in raw ``content``: body, Message-ID, Date and Subject, but
    for blanks, line ends and empty last lines, which servers change (RFC 6376 3.4). ``head`` is the
    letter's header section, where it is split already. Raises Malformed beyond all bounds.
    """
    fields, start = head or split(content)
    digest = hashlib.sha256()
    for name in _TOLD:
        digest.update(_values(fields, name) + b"\n")
    # A CR stands before an LF and nowhere else (smtp/server/data.py); to look for it alone is ten times as fast.
    digest.update(content[start:].replace(b"\r", b"").rstrip(b"\n"))
    return digest.hexdigest()


def _values(fields: Fields, wanted: str) -> bytes:
    return b"\0".join(b" ".join(value.split()) for name, value in fields if name == wanted)
