"""Proves Ogg (RFC 3533): pages without gaps, streams with small numbers, and empty comment headers."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from relay.anonymise.leak_check.forms.reading import Proof, need

_NOTHING = bytes(8)
# Codec by its first packet → the forms of its header packets: Vorbis I 4.2 and 5.2.1, RFC 7845 5, RFC 9639 10.1,
# the Speex manual 7, Theora I 6. A comment header has no vendor and no comments.
_HEADERS: tuple[tuple[re.Pattern[bytes], ...], ...] = tuple(
    tuple(re.compile(form, re.DOTALL) for form in forms)
    for forms in (
        (rb"\x01vorbis.{23}", rb"\x03vorbis" + _NOTHING + rb"\x01", rb"\x05vorbis.*"),
        (rb"OpusHead.{10}(?:\0|[\x01\x02\xff].{2,257})", rb"OpusTags" + _NOTHING),
        (rb"\x7fFLAC\x01\0\0\x01fLaC\0\0\0\x22.{34}", rb"\x84\0\0\x08" + _NOTHING),
        (rb"Speex   1\.2\0{17}.{52}", _NOTHING),
        (rb"\x80theora.{35}", rb"\x81theora" + _NOTHING, rb"\x82theora.*"),
    )
)
_FIRST, _MOST = 2, 255
_MIRRORED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


@dataclass(slots=True)
class _Stream:
    """A stream: the forms that its next header packets must have, and the pages and octets so far."""

    wanted: list[re.Pattern[bytes]]
    pages: int = 0
    packet: list[bytes] = field(default_factory=list)


def read_ogg(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for a stream that is not listed, a comment, and octets that belong to no page."""
    streams: dict[int, _Stream] = {}
    at = 0
    while at < len(octets):
        need(octets[at : at + 5] == b"OggS\0" and at + 27 <= len(octets), "octets between pages")
        body = at + 27 + octets[at + 26]
        lacing = octets[at + 27 : body]
        end = body + sum(lacing)
        need(end <= len(octets), "a page beyond the end")
        need(_checksum(octets, at, end) == octets[at + 22 : at + 26], "a wrong checksum")
        number = int.from_bytes(octets[at + 14 : at + 18], "little")
        if octets[at + 5] & _FIRST:
            need(number not in streams and 0 < number <= _MOST, "a stream's number")
            forms = next((forms for forms in _HEADERS if forms[0].fullmatch(octets, body, end)), ())
            need(forms, "a stream that is not listed")
            streams[number] = _Stream(list(forms))
        need(number in streams, "a page of no stream")
        _read_page(streams[number], octets[at + 18 : at + 22], lacing, octets[body:end])
        at = end
    need(streams and not any(stream.wanted for stream in streams.values()), "a stream without headers")


def _read_page(stream: _Stream, number: bytes, lacing: bytes, body: bytes) -> None:
    need(int.from_bytes(number, "little") == stream.pages, "a page's number")
    stream.pages += 1
    at = 0
    for length in lacing if stream.wanted else b"":
        need(stream.wanted, "sound on a page of headers")
        stream.packet.append(body[at : at + length])
        at += length
        if length < 255:
            need(stream.wanted.pop(0).fullmatch(b"".join(stream.packet)), "a header of another form")
            stream.packet = []


def _checksum(octets: bytes, at: int, end: int) -> bytes:
    """RFC 3533 6: CRC-32 that is not reflected; zlib's is, and so are the octets for it. The field itself counts as
    zero."""
    mirrored = (octets[at : at + 22] + bytes(4) + octets[at + 26 : end]).translate(_MIRRORED)
    crc = zlib.crc32(mirrored, 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{crc:032b}"[::-1], 2).to_bytes(4, "little")
