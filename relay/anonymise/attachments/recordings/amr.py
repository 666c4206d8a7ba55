"""Keeps the frames of an AMR recording, and cuts what follows them (RFC 4867 5)."""

from __future__ import annotations

from relay.anonymise.attachments.broken import BrokenRecording

# RFC 4867 5.3: octets of a frame by its type, header octet included.
_NARROW = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_WIDE = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)


def clean_amr(content: bytes) -> bytes:
    """The magic number and the frames. Raises BrokenRecording when there are none, or several channels."""
    if content.startswith(b"#!AMR-WB\n"):
        start, sizes = 9, _WIDE
    elif content.startswith(b"#!AMR\n"):
        start, sizes = 6, _NARROW
    else:
        raise BrokenRecording
    place = start
    while place < len(content):
        size = sizes[content[place] >> 3 & 15]
        # The first bit and the last two of a frame's header are zero.
        if content[place] & 0x83 or not size or place + size > len(content):
            break
        place += size
    if place == start:
        raise BrokenRecording
    return content[:place]
