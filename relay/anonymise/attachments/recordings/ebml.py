"""Reads and writes the elements of EBML, the structure of Matroska and WebM (RFC 8794)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from relay.anonymise.attachments.cleaning import BrokenRecording

_MAX_ELEMENTS = 500_000
_UNKNOWN = -1
_LACING = 0x06


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its number with the length marker, as the specification writes it, and where its content lies."""

    id: int
    start: int
    body: int
    end: int


def elements(content: bytes, start: int, end: int, above: frozenset[int] = frozenset()) -> Iterator[Element]:
    """The elements between two offsets. One of unknown size, as live recordings have, ends where an element of
    ``above`` begins, or at ``end`` (RFC 8794 6.2). Raises BrokenRecording."""
    for _ in range(_MAX_ELEMENTS):
        if start >= end:
            return
        id, at = _number(content, start, 4, keep_marker=True)
        size, body = _number(content, at, 8, keep_marker=False)
        stop = _next_above(content, body, end, above) if size == _UNKNOWN else body + size
        if body > end or stop > end:
            # A recording that was cut off: its last element is left out.
            return
        yield Element(id, start, body, stop)
        start = stop
    raise BrokenRecording


def _next_above(content: bytes, body: int, end: int, above: frozenset[int]) -> int:
    """The end of an element of unknown size."""
    at = body
    for _ in range(_MAX_ELEMENTS):
        if not above or at >= end:
            return end
        id, size_at = _number(content, at, 4, keep_marker=True)
        if id in above:
            return at
        size, within = _number(content, size_at, 8, keep_marker=False)
        if size == _UNKNOWN:
            raise BrokenRecording
        at = within + size
    raise BrokenRecording


def track_of(content: bytes, block: Element) -> int:
    """The track number at the beginning of a block (RFC 9559 10.1)."""
    return _number(content, block.body, 8, keep_marker=False)[0]


def frame_of(content: bytes, block: Element) -> bytes:
    """The frame in a block, behind track number, time and flags (RFC 9559 10.1). Raises BrokenRecording for several
    frames (lacing, 10.3)."""
    start = _number(content, block.body, 8, keep_marker=False)[1] + 3
    if start > block.end or content[start - 1] & _LACING:
        raise BrokenRecording
    return content[start : block.end]


def _number(content: bytes, at: int, longest: int, *, keep_marker: bool) -> tuple[int, int]:
    """A number of variable length (RFC 8794 4), and the offset after it."""
    first = content[at] if at < len(content) else 0
    length = 9 - first.bit_length()
    if not first or length > longest or at + length > len(content):
        raise BrokenRecording
    value = int.from_bytes(content[at : at + length], "big")
    if keep_marker:
        return value, at + length
    value &= (1 << 7 * length) - 1
    return (_UNKNOWN if value == (1 << 7 * length) - 1 else value), at + length


def unsigned(content: bytes, element: Element) -> int:
    """The number in an element. Raises BrokenRecording when it has more than 8 octets."""
    if element.end - element.body > 8:
        raise BrokenRecording
    return int.from_bytes(content[element.body : element.end], "big")


def element(id: int, body: bytes) -> bytes:
    """An element, as octets."""
    length = len(body)
    octets = next((n for n in range(1, 8) if length < (1 << 7 * n) - 1), 8)
    return id.to_bytes((id.bit_length() + 7) // 8, "big") + (length | 1 << 7 * octets).to_bytes(octets, "big") + body


def number(id: int, value: int, octets: int = 0) -> bytes:
    """An element with a number, in as few octets as it takes, or in ``octets``."""
    return element(id, value.to_bytes(octets or max((value.bit_length() + 7) // 8, 1), "big"))
