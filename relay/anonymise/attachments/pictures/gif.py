"""Rewrites a GIF without comments and application data; frames, timing and looping stay (GIF89a)."""

from __future__ import annotations

from relay.anonymise.attachments.cleaning import BrokenPicture

_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def clean_gif(content: bytes) -> bytes:
    """Keep screen, colour tables, frames, timing and loop count; cut after the trailer. Raises BrokenPicture."""
    if len(content) < 13:
        raise BrokenPicture
    place = 13 + _table(content[10])
    out = [content[:place]]
    while True:
        kind = _octet(content, place)
        if kind == 0x3B:
            return b"".join((*out, b"\x3b"))
        if kind == 0x2C:
            start = place
            place = start + 10 + _table(_octet(content, start + 9)) + 1
            place = _blocks_end(content, place)
            out.append(content[start:place])
        elif kind == 0x21:
            label = _octet(content, place + 1)
            end = _blocks_end(content, place + 2)
            if label == _GRAPHIC_CONTROL:
                out.append(content[place:end])
            elif label == _APPLICATION and content[place + 3 : place + 14] in _LOOPS:
                out.append(_loop(content, place))
            place = end
        else:
            raise BrokenPicture


def _loop(content: bytes, place: int) -> bytes:
    """The loop count alone: the sub-block 01 and two octets; the rest of the extension is dropped."""
    if content[place + 14 : place + 16] != b"\x03\x01":
        return b""
    return content[place : place + 18] + b"\0"


def _octet(content: bytes, place: int) -> int:
    if place >= len(content):
        raise BrokenPicture
    return content[place]


def _table(flags: int) -> int:
    """The size of a colour table in octets."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, place: int) -> int:
    while True:
        length = _octet(content, place)
        place += 1 + length
        if length == 0:
            return place
