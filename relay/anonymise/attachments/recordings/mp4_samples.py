"""Locates the samples of each track in a film's media data, and clears everything between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.mp4_boxes import Box, number, wipe

_MAX_SAMPLES = 5_000_000
_MAX_TEXT = 1024 * 1024
# The head of a box in a WebVTT sample.
_CUE_BOX = re.compile(rb"\0[\0-\xff]{3}(?:vtt[cexa]|payl|iden|sttg|ctim|vsid)")


@dataclass(frozen=True, slots=True)
class Track:
    """A kept track: "video", "audio" or "text", and its sample tables."""

    kind: str
    tables: dict[bytes, Box]


def keep_samples(film: bytearray, data: Sequence[Box], tracks: Sequence[Track]) -> None:
    """Clear what no track refers to. Raises BrokenRecording when the sample tables are inconsistent."""
    chunks = [chunk for track in tracks for chunk in _stretches(film, track)]
    starts = sorted(start for start, _ in chunks)
    at = 0
    used = sorted((start, start + length if length >= 0 else _next(starts, start, data)) for start, length in chunks)
    for box in sorted(data, key=lambda box: box.start):
        empty_from = box.body
        while at < len(used) and used[at][0] < box.end:
            start, end = used[at]
            if start > empty_from:
                wipe(film, empty_from, start)
            empty_from = max(empty_from, end)
            at += 1
        wipe(film, empty_from, box.end)


def sample_text(film: bytearray, track: Track) -> str:
    """The samples of a subtitle track as one text, with its sample descriptions."""
    pieces = [bytes(film[track.tables[b"stsd"].body : track.tables[b"stsd"].end]).decode("utf-8", "replace")]
    sizes = _sizes(film, track.tables)
    total = 0
    for start, numbers in _chunks(film, track):
        at = start
        for size in repeat(sizes, len(numbers)) if isinstance(sizes, int) else sizes[numbers.start : numbers.stop]:
            total += size
            if total > _MAX_TEXT:
                raise BrokenRecording
            if size:
                pieces.append(_words(bytes(film[at : at + size])))
            at += size
    return "\n".join(pieces)


def _words(sample: bytes) -> str:
    """The words of one subtitle, apart from the octets around them, which can look like letters. Its length precedes
    it (3GPP TS 26.245 5.17), or boxes are around it (ISO 14496-30 7.5)."""
    if _CUE_BOX.match(sample):
        return _CUE_BOX.sub(b"\n", sample).decode("utf-8", "replace")
    end = 2 + int.from_bytes(sample[:2], "big")
    return f"{_decoded(sample[2:end])}\n{sample[end:].decode('utf-8', 'replace')}"


def _decoded(text: bytes) -> str:
    """Text as UTF-16 with its mark, or UTF-8; otherwise in both charsets that were usual before."""
    if text.startswith((b"\xfe\xff", b"\xff\xfe")):
        return text.decode("utf-16", "replace")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(text.decode(codec, "replace") for codec in ("cp1252", "mac_roman"))


def _next(starts: list[int], start: int, data: Sequence[Box]) -> int:
    after = bisect_right(starts, start)
    end = next((box.end for box in data if box.body <= start < box.end), start)
    return min(end, starts[after]) if after < len(starts) else end


def _stretches(film: bytearray, track: Track) -> Iterator[tuple[int, int]]:
    """(start, length) of each chunk. The length is -1 ("up to the next one") for uncompressed QuickTime sound, whose
    sample size is stored elsewhere."""
    sizes = _sizes(film, track.tables)
    for start, numbers in _chunks(film, track):
        if isinstance(sizes, int):
            yield start, -1 if track.kind == "audio" else sizes * len(numbers)
        else:
            yield start, sum(sizes[numbers.start : numbers.stop])


def _chunks(film: bytearray, track: Track) -> Iterator[tuple[int, range]]:
    """The start of each chunk, and the numbers of its samples."""
    places = _places(film, track.tables)
    runs = _runs(film, _table(track.tables, b"stsc"))
    sample, run = 0, 0
    for index, start in enumerate(places):
        while run + 1 < len(runs) and runs[run + 1][0] <= index + 1:
            run += 1
        count = runs[run][1] if runs else 0
        yield start, range(sample, sample + count)
        sample += count


def _table(tables: dict[bytes, Box], kind: bytes) -> Box:
    if kind not in tables:
        raise BrokenRecording
    return tables[kind]


def _counted(film: bytearray, box: Box, at: int, width: int) -> int:
    count = number(film, box.body + at)
    if count > _MAX_SAMPLES or box.body + at + 4 + count * width > box.end:
        raise BrokenRecording
    return count


def _places(film: bytearray, tables: dict[bytes, Box]) -> list[int]:
    wide = b"co64" in tables
    box, width = (tables[b"co64"], 8) if wide else (_table(tables, b"stco"), 4)
    first = box.body + 8
    return [number(film, first + width * n, width) for n in range(_counted(film, box, 4, width))]


def _runs(film: bytearray, box: Box) -> list[tuple[int, int]]:
    """(first chunk, samples per chunk from there on)."""
    first = box.body + 8
    return [(number(film, first + 12 * n), number(film, first + 12 * n + 4)) for n in range(_counted(film, box, 4, 12))]


def _sizes(film: bytearray, tables: dict[bytes, Box]) -> int | list[int]:
    """One size for all samples, or the size of each (ISO 14496-12 8.7.3)."""
    if b"stz2" in tables:
        box = tables[b"stz2"]
        bits = number(film, box.body + 7, 1)
        count = number(film, box.body + 8)
        if bits not in (4, 8, 16) or count > _MAX_SAMPLES or box.body + 12 + (count * bits + 7) // 8 > box.end:
            raise BrokenRecording
        octets = film[box.body + 12 : box.end]
        if bits == 4:
            return [octets[n // 2] >> (0 if n & 1 else 4) & 15 for n in range(count)]
        return [number(octets, n * bits // 8, bits // 8) for n in range(count)]
    box = _table(tables, b"stsz")
    same = number(film, box.body + 4)
    if same:
        return same
    first = box.body + 12
    return [number(film, first + 4 * n) for n in range(_counted(film, box, 8, 4))]
