"""Where the samples of a track lie in a film (ISO 14496-12 8.7)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from relay.anonymise.leak_check.forms.reading import need

Place = tuple[int, int]
_MOST = 5_000_000


def media_ranges(octets: bytes, tables: dict[bytes, Place], data: Sequence[Place]) -> list[Place]:
    """[start, end) of each chunk of samples; where the size of a sample is not told (8.7.3), up to the next chunk.
    Raises NotOurForm for tables that do not fit."""
    wide = b"co64" in tables
    starts = _numbers(octets, tables, b"co64" if wide else b"stco", 4, "Q" if wide else "L")
    runs = _numbers(octets, tables, b"stsc", 4, "LLL")
    counts = _counts(len(starts), runs)
    sizes = _sizes(octets, tables)
    if isinstance(sizes, int):
        every = sorted(starts)
        return [(start, _next(start, every, data)) for start in starts]
    ends = list(accumulate(sizes, initial=0))
    samples = list(accumulate(counts, initial=0))
    need(samples[-1] < len(ends), "fewer samples than the chunks have")
    return [
        (start, start + ends[after] - ends[before])
        for start, before, after in zip(starts, samples, samples[1:], strict=False)
    ]


def _numbers(octets: bytes, tables: dict[bytes, Place], kind: bytes, at: int, form: str) -> tuple[int, ...]:
    start, end = tables.get(kind, (0, 0))
    need(end - start >= at + 4, "a table is missing")
    (count,) = struct.unpack_from(">L", octets, start + at)
    width = struct.calcsize(">" + form)
    need(count <= _MOST and start + at + 4 + count * width <= end, "a table beyond its box")
    return struct.unpack_from(f">{form * count}" if len(form) > 1 else f">{count}{form}", octets, start + at + 4)


def _counts(chunks: int, runs: Sequence[int]) -> list[int]:
    """How many samples each chunk has; ``runs``: (first chunk, samples, description) one after the other."""
    firsts, each = runs[0::3], runs[1::3]
    counts: list[int] = []
    for number, samples in enumerate(each):
        last = firsts[number + 1] - 1 if number + 1 < len(firsts) else chunks
        counts += [samples] * (min(last, chunks) - len(counts))
    return counts


def _sizes(octets: bytes, tables: dict[bytes, Place]) -> int | Sequence[int]:
    if b"stz2" in tables:
        start, end = tables[b"stz2"]
        need(end - start >= 12, "a table is missing")
        bits, count = octets[start + 7], int.from_bytes(octets[start + 8 : start + 12], "big")
        need(bits in (4, 8, 16) and count <= _MOST and start + 12 + (count * bits + 7) // 8 <= end, "sample sizes")
        if bits == 4:
            packed = octets[start + 12 : end]
            return [half for octet in packed for half in (octet >> 4, octet & 15)][:count]
        return struct.unpack_from(f">{count}{'B' if bits == 8 else 'H'}", octets, start + 12)
    start, end = tables.get(b"stsz", (0, 0))
    need(end - start >= 12, "a table is missing")
    same = int.from_bytes(octets[start + 4 : start + 8], "big")
    return same if same else _numbers(octets, tables, b"stsz", 8, "L")


def _next(start: int, starts: Sequence[int], data: Sequence[Place]) -> int:
    end = next((stop for begin, stop in data if begin <= start < stop), start)
    after = bisect_right(starts, start)
    return min(end, starts[after]) if after < len(starts) else end
