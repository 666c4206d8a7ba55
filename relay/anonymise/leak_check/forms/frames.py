"""Proves sound that consists of frames: MPEG audio (ISO 11172-3 2.4.2.3), AAC in ADTS (ISO 14496-3 1.A.2.2) and AMR
(RFC 4867 5). Every octet belongs to a frame: no tag before, between or behind them."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import Proof, need

# Table 2.4.2.3 and ISO 13818-3: kbit/s by (version 1, layer), for the indices 1 to 14.
_LOW = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_BITRATES = {
    (True, 1): tuple(range(32, 449, 32)),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): _LOW,
    (False, 3): _LOW,
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_NAMELESS = (b"LAME3.100", bytes(9))
# What x264, x265 and FFmpeg write into the stream (H.264 D.1.7; the padding of the first AAC frame), and
# XviD and DivX (MPEG-4 part 2, 6.2.1).
_BANNERS = (b"x264 - core ", b"x265 (build)")
_MARKED = (
    (b"Lavc", re.compile(rb"Lavc\d{1,3}\.\d{1,3}\.\d")),
    (b"XviD", re.compile(rb"XviD\d{4}")),
    (b"DivX", re.compile(rb"DivX\d{3,4}(?:Build|b)\d{3}")),
)


def names_encoder(octets: bytes) -> bool:
    """Whether the program that compressed it wrote its name and version into the stream."""
    # Searching for fixed octets first is many times faster.
    return any(map(octets.__contains__, _BANNERS)) or any(
        mark in octets and form.search(octets) is not None for mark, form in _MARKED
    )


def read_mp3(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for octets that are no frame, and for an encoder's own name in the first one."""
    at = 0
    lengths: dict[bytes, int] = {}
    while at < len(octets):
        head = octets[at : at + 3]
        length = lengths.get(head) or lengths.setdefault(head, _mpeg_length(head))
        need(length and at + length <= len(octets), "octets that are no frame")
        if not at:
            _prove_first(octets[:length])
        at += length
    need(octets, "no frame")


def _mpeg_length(head: bytes) -> int:
    if len(head) < 3 or head[0] != 0xFF or head[1] < 0xE0:
        return 0
    version, layer, rate = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3), head[2] >> 2 & 3
    if version == 1 or layer == 4 or not 0 < head[2] >> 4 < 15 or rate == 3:
        return 0
    bits = _BITRATES[version == 3, layer][(head[2] >> 4) - 1] * 1000
    hertz, padding = _RATES[version][rate], head[2] >> 1 & 1
    if layer == 1:
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // hertz + padding


def _prove_first(frame: bytes) -> None:
    """The Xing tag: counts, seek points and delays of the encoder, whose name is the same for all."""
    at = max(frame.find(b"Xing", 0, 48), frame.find(b"Info", 0, 48))
    if at < 0:
        return
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    at += 8 + 4 * (flags & 1) + 2 * (flags & 2) + 25 * (flags & 4) + (flags & 8) // 2
    if len(frame) < at + 36:
        return
    need(frame[at : at + 9] in _NAMELESS, "an encoder's name")
    need(frame[at : at + 9] == bytes(9) or not any(frame[at + 36 :]), "octets behind the encoder's name")


def read_aac(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for octets that are no frame, and for an encoder's name in one."""
    at = 0
    while at < len(octets):
        head = octets[at : at + 7]
        need(len(head) == 7 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0, "octets that are no frame")
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        need(7 < length <= len(octets) - at, "a frame beyond the end")
        at += length
    need(octets and not names_encoder(octets), "an encoder's name")


# RFC 4867 5.3: the octets of a frame by its type.
_SIZES = {
    b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1),
    b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1),
}


def read_amr(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for octets that are no frame."""
    magic = next((magic for magic in _SIZES if octets.startswith(magic)), b"")
    need(magic, "no AMR")
    at = len(magic)
    while at < len(octets):
        size = _SIZES[magic][octets[at] >> 3 & 15]
        need(size and not octets[at] & 0x83 and at + size <= len(octets), "octets that are no frame")
        at += size
