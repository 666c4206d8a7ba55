"""Tests whether every line of a letter ends with CRLF, quickly: most octets of a large letter are lines of base64."""

from __future__ import annotations

_BLOCK = 32 * 1024


def has_bare(octets: bytes, start: int, end: int) -> bool:
    """Whether an LF of ``octets`` from ``start`` to ``end`` has no CR before it, or a CR no LF behind it, as far as the
    octet behind is before ``end``: so a letter can be tested in pieces. Linear."""
    return any(_bare(octets, at, min(at + _BLOCK, end)) for at in range(start, end, _BLOCK))


def _bare(octets: bytes, start: int, end: int) -> bool:
    before = max(start - 1, 0)
    newlines = octets.count(b"\n", start, end)
    if octets.count(b"\r", before, end - 1) != newlines:
        return True
    return not _uniform(octets, start, end, newlines) and octets.count(b"\r\n", before, end) != newlines


def _uniform(octets: bytes, start: int, end: int, newlines: int) -> bool:
    """Whether the LFs are equally far apart, each behind a CR. As many CRs are there, so none is elsewhere. Two strides
    take a hundredth of the time of counting pairs."""
    first = octets.find(b"\n", start, end)
    width = octets.find(b"\n", first + 1, end) - first
    if first < 1 or width < 2:
        return False
    feeds, returns = octets[first:end:width], octets[first - 1 : end - 1 : width]
    return feeds == b"\n" * newlines and returns == b"\r" * newlines
