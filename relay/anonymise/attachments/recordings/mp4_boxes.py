"""Finds the boxes of an MP4 or QuickTime film, and empties them in place (ISO 14496-12 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from relay.anonymise.attachments.cleaning import BrokenRecording

MAX_BOXES = 100_000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its four-character ``kind``, and the offsets of its start, body and end."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(film: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    """The boxes that fill [start, end). Fewer than eight octets at the end are QuickTime's terminator. Raises
    BrokenRecording when a box extends beyond the end."""
    for _ in range(MAX_BOXES):
        if start + 8 > end:
            return
        size, body = int.from_bytes(film[start : start + 4], "big"), start + 8
        if size == 1:
            size, body = int.from_bytes(film[start + 8 : start + 16], "big"), start + 16
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise BrokenRecording
        yield Box(bytes(film[start + 4 : start + 8]), start, body, start + size)
        start += size
    raise BrokenRecording


def children(film: bytearray, box: Box, skipped: int = 0) -> dict[bytes, Box]:
    """The first box of each kind in this one, after ``skipped`` octets of its body."""
    found: dict[bytes, Box] = {}
    for child in boxes(film, box.body + skipped, box.end):
        found.setdefault(child.kind, child)
    return found


def wipe(film: bytearray, start: int, end: int) -> None:
    """Overwrite with zeros."""
    film[start:end] = bytes(max(0, end - start))


def blank(film: bytearray, box: Box) -> None:
    """Turn it into a free box of the same size, filled with zeros."""
    film[box.start + 4 : box.start + 8] = b"free"
    wipe(film, box.body, box.end)


def number(film: bytes | bytearray, place: int, octets: int = 4) -> int:
    """A big-endian number. Raises BrokenRecording beyond the end of the film."""
    if place + octets > len(film):
        raise BrokenRecording
    return int.from_bytes(film[place : place + octets], "big")
