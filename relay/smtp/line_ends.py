"""Tests whether every line of a letter ends with CRLF, quickly: most octets of a large letter are lines of base64."""

from __future__ import annotations

_BLOCK = 64 * 1024


def has_bare(octets: bytes, start: int, end: int) -> bool:
    """Whether an LF of ``octets`` from ``start`` to ``end`` has no CR before it, or a CR no LF behind it, as far as the
    octet behind is before ``end``: so a letter can be tested in pieces. Linear."""
    return any(_bare(octets, at, min(at + _BLOCK, end)) for at in range(start, end, _BLOCK))


def _bare(octets: bytes, start: int, end: int) -> bool:
    if _uniform(octets, start, end):
        return False
    before = max(start - 1, 0)
    newlines = octets.count(b"\n", start, end)
    return octets.count(b"\r", before, end - 1) != newlines or octets.count(b"\r\n", before, end) != newlines


def _uniform(octets: bytes, start: int, end: int) -> bool:
    """Whether there are CRLFs equally far apart, and no other CR or LF. Strides take a tenth of the time of counting:
    when the line ends are blotted out, a search for others finds nothing."""
    first = octets.find(b"\n", start, end)
    width = octets.find(b"\n", first + 1, end) - first
    if first <= start or width < 2 or octets[start - 1 : start] == b"\r":
        return False
    feeds, returns = octets[first:end:width], octets[first - 1 : end - 1 : width]
    if feeds != b"\n" * len(feeds) or returns != b"\r" * len(returns):
        return False
    block = bytearray(memoryview(octets)[start:end])
    at, size = first - start, end - start
    block[at::width] = bytes(len(feeds))
    block[at - 1 : size - 1 : width] = bytes(len(returns))
    return block.find(b"\n") < 0 and block.find(b"\r", 0, size - 1) < 0
