"""Rewrites an Ogg recording: each stream with an empty comment header, its packets unchanged (RFC 3533)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from relay.anonymise.attachments.cleaning import BrokenRecording

_MAX_PAGES = 2_000_000
_MAX_HEADERS = 16 * 1024 * 1024
_CONTINUED, _FIRST = 1, 2
_MIRRORED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
_NOTHING = bytes(8)  # no vendor, no comments (Vorbis I 5.2.1)


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: bytes
    serial: int
    lacing: bytes
    body: bytes


@dataclass(slots=True)
class _Stream:
    """A logical stream: its codec, its header packets so far, and the number of pages written."""

    codec: str
    number: int
    headers: list[bytes] = field(default_factory=list)
    partial: bytes = b""
    size: int = 0
    pages: int = 0
    begun: bool = False


_CODECS = {
    b"\x01vorbis": "vorbis",
    b"OpusHead": "opus",
    b"\x7fFLAC": "flac",
    b"Speex   ": "speex",
    b"\x80theora": "theora",
}
VIDEO = frozenset({"theora"})


def clean_ogg(content: bytes) -> tuple[bytes, frozenset[str]]:
    """The recording with its Vorbis, Opus, FLAC, Speex and Theora streams, and their codecs. Other streams (subtitles,
    descriptions) are dropped; serial numbers are replaced. Raises BrokenRecording."""
    out: list[bytes] = []
    streams: dict[int, _Stream] = {}
    codecs: set[str] = set()
    count = 0
    for page in _pages(content):
        if page.flags & _FIRST:
            codec = next((name for magic, name in _CODECS.items() if page.body.startswith(magic)), "")
            count += 1
            streams[page.serial] = _Stream(codec, count)
            codecs |= {codec} - {""}
        stream = streams.get(page.serial)
        if stream is not None and stream.codec:
            out += _sound(stream, page) if stream.begun else _opening(stream, page)
    if not codecs or not any(stream.begun for stream in streams.values()):
        raise BrokenRecording
    return b"".join(out), frozenset(codecs)


def _pages(content: bytes) -> Iterator[_Page]:
    """Every page; data between and after pages is skipped."""
    place = content.find(b"OggS")
    for _ in range(_MAX_PAGES):
        if place < 0 or place + 27 > len(content):
            return
        lacing = content[place + 27 : place + 27 + content[place + 26]]
        start = place + 27 + len(lacing)
        end = start + sum(lacing)
        if end > len(content) or len(lacing) < content[place + 26]:
            return
        head = content[place : place + 27]
        yield _Page(head[5], head[6:14], int.from_bytes(head[14:18], "little"), lacing, content[start:end])
        place = end if content.startswith(b"OggS", end) else content.find(b"OggS", end)
    raise BrokenRecording


def _opening(stream: _Stream, page: _Page) -> list[bytes]:
    """Collect header packets; once complete, rewrite them. Sound begins on a new page (RFC 7845 3, Vorbis I A.2)."""
    stream.size += len(page.body)
    if stream.size > _MAX_HEADERS:
        raise BrokenRecording
    at = run = 0
    for length in page.lacing:
        run += length
        if length < 255:
            stream.headers.append(stream.partial + page.body[at : at + run])
            stream.partial = b""
            at, run = at + run, 0
    stream.partial += page.body[at:]
    wanted = _headers_wanted(stream)
    if len(stream.headers) < wanted:
        return []
    if len(stream.headers) > wanted or stream.partial:
        raise BrokenRecording
    stream.begun = True
    first, *rest = _clean_headers(stream)
    return [*_packets(stream, [first], _FIRST), *(_packets(stream, rest, 0) if rest else ())]


def _headers_wanted(stream: _Stream) -> int:
    if stream.codec in ("vorbis", "theora"):
        return 3
    if stream.codec == "flac" and stream.headers:
        # The last metadata block is flagged, and in a packet of its own (RFC 9639 10.1).
        blocks = stream.headers[1:]
        return len(stream.headers) if blocks and blocks[-1][:1] >= b"\x80" else len(stream.headers) + 1
    return 2


def _clean_headers(stream: _Stream) -> list[bytes]:
    first, rest = stream.headers[0], stream.headers[1:]
    if stream.codec == "vorbis":
        return [first[:30], b"\x03vorbis" + _NOTHING + b"\x01", rest[1]]
    if stream.codec == "theora":
        return [first, b"\x81theora" + _NOTHING, rest[1]]
    if stream.codec == "opus":
        if len(first) < 19 or first[18] not in (0, 1, 2, 255):
            raise BrokenRecording
        return [first[: 21 + first[9] if first[18] else 19], b"OpusTags" + _NOTHING]
    if stream.codec == "speex":
        # The header contains the version of the program that wrote it.
        return [first[:8] + b"1.2".ljust(20, b"\0") + first[28:80], _NOTHING]
    if len(first) != 51 or first[9:13] != b"fLaC":
        raise BrokenRecording
    return [first[:7] + b"\0\1" + first[9:51], b"\x84" + len(_NOTHING).to_bytes(3, "big") + _NOTHING]


def _packets(stream: _Stream, packets: list[bytes], flags: int) -> Iterator[bytes]:
    """Header packets on as many pages as needed, with granule position zero."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes((len(packet) % 255,)) for packet in packets)
    body = b"".join(packets)
    at, continued = 0, 0
    for start in range(0, len(lacing), 255):
        piece = lacing[start : start + 255]
        ends = any(length < 255 for length in piece)
        granule = bytes(8) if ends else b"\xff" * 8
        yield _written(stream, flags | continued, granule, piece, body[at : at + sum(piece)])
        at += sum(piece)
        continued = _CONTINUED if piece[-1] == 255 else 0


def _sound(stream: _Stream, page: _Page) -> list[bytes]:
    return [_written(stream, page.flags & 5, page.granule, page.lacing, page.body)]


def _written(stream: _Stream, flags: int, granule: bytes, lacing: bytes, body: bytes) -> bytes:
    head = b"OggS\0" + bytes((flags,)) + granule
    head += stream.number.to_bytes(4, "little") + stream.pages.to_bytes(4, "little")
    stream.pages += 1
    tail = bytes((len(lacing),)) + lacing + body
    return head + _checksum(head + bytes(4) + tail).to_bytes(4, "little") + tail


def _checksum(octets: bytes) -> int:
    """CRC-32 with the polynomial 0x04c11db7, initial value zero, not reflected (RFC 3533 6); computed by zlib's
    reflected CRC on reflected octets."""
    mirrored = zlib.crc32(octets.translate(_MIRRORED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{mirrored:032b}"[::-1], 2)
