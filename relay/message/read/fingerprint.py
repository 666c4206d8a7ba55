"""Identifies a letter, however often and by whichever route it arrives."""

from __future__ import annotations

import hashlib

from relay.message.read.headers import Fields, Head, split

_IDENTIFYING = ("message-id", "date", "subject")
"""Fields that the author's program writes once and servers do not change; Received and the like differ with every try.
Message-ID alone is not enough: some programs give all letters the same one."""


_PIECE = 64 * 1024  # octets: other threads can run between the pieces of a large body


def fingerprint(content: bytes, head: Head | None = None) -> str:
    """The SHA-256, in hex, of what the author wrote in raw ``content``: body, Message-ID, Date and Subject, without
    blanks, line ends and empty last lines, which servers change (RFC 6376 3.4). ``head`` is the header section if
    already split. Raises Malformed when the header exceeds the limits.

    Takes up to ten milliseconds per megabyte: for large letters call it in a thread.
    """
    fields, start = head or split(content)
    digest = hashlib.sha256()
    for name in _IDENTIFYING:
        digest.update(_values(fields, name) + b"\n")
    empty = 0  # line ends that count only when something follows them
    for begin in range(start, len(content), _PIECE):
        # CR occurs only before LF (smtp/server/data.py); removing CR alone is ten times as fast.
        piece = content[begin : begin + _PIECE].replace(b"\r", b"")
        text = piece.rstrip(b"\n")
        if text:
            digest.update(b"\n" * empty + text)
            empty = 0
        empty += len(piece) - len(text)
    return digest.hexdigest()


def _values(fields: Fields, wanted: str) -> bytes:
    return b"\0".join(value.translate(None, b" \t\n\v\f\r") for name, value in fields if name == wanted)
