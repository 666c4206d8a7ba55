"""Proves Matroska and WebM (RFC 8794, RFC 9559): the elements that play the film, by their numbers, and no other."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.frames import names_encoder
from relay.anonymise.leak_check.forms.reading import Proof, need

_COLOUR = (*range(0x55B1, 0x55BE),)
# Master element → the elements in it (RFC 9559 5.1). Titles, dates, tags, chapters, attachments, names, editions and
# further identifiers are not listed.
_INSIDE: dict[int, frozenset[int]] = {
    parent: frozenset(children)
    for parent, children in {
        0: (0x1A45DFA3, 0x18538067),
        0x1A45DFA3: (0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285),
        0x18538067: (0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B),
        0x114D9B74: (0x4DBB,),
        0x4DBB: (0x53AB, 0x53AC),
        0x1549A966: (0x2AD7B1, 0x4489, 0x4D80, 0x5741),
        0x1654AE6B: (0xAE,),
        0xAE: (
            *(0xD7, 0x73C5, 0x83, 0x86, 0x63A2, 0x22B59C, 0xB9, 0x88, 0x55AA, 0x9C, 0x23E383, 0x234E7A, 0x56AA, 0x56BB),
            *(0x6DE7, 0x6DF8, 0xE0, 0xE1, 0x6D80),
        ),
        0xE0: (
            *(0x9A, 0x9D, 0x53B8, 0xB0, 0xBA, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B0, 0x54BA, 0x54B2, 0x54B3, 0x55B0),
            0x7670,
        ),
        0xE1: (0xB5, 0x78B5, 0x9F, 0x6264),
        0x55B0: (*_COLOUR, 0x55D0),
        0x55D0: range(0x55D1, 0x55DB),
        0x7670: (0x7671, 0x7673, 0x7674, 0x7675),
        0x6D80: (0x6240,),
        0x6240: (0x5034,),
        0x5034: (0x4254, 0x4255),
        0x1F43B675: (0xE7, 0xA3, 0xA0),
        0xA0: (0xA1, 0x9B, 0xFB, 0x75A2),
        0x1C53BB6B: (0xBB,),
        0xBB: (0xB3, 0xB7),
        0xB7: (0xF7, 0xF1),
    }.items()
}
# Elements with one value in every film; sound, pictures, names of codecs and what a codec needs. All else is a number.
_ONE = {0x4D80: b"Matroska", 0x5741: b"Matroska", 0x22B59C: b"und"}
_LONG = {0xA3: 1 << 31, 0xA1: 1 << 31, 0x63A2: 1 << 20, 0x86: 40, 0x4282: 8, 0x4255: 16}
_COMMENTS = {b"\x03vorbis": bytes(8) + b"\x01", b"\x81theora": bytes(8)}
_MOST = 1_000_000


def read_matroska(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other element, a name of a program, a language, and octets behind the film."""
    ahead, count = [(0, 0, len(octets))], 0
    while ahead:
        inside, at, end = ahead.pop()
        while at < end:
            count += 1
            number, at = _number(octets, at, end, marked=True)
            size, at = _number(octets, at, end, marked=False)
            need(number in _INSIDE[inside] and at + size <= end and count < _MOST, "an element that is not listed")
            if number in _INSIDE:
                ahead.append((number, at, at + size))
            else:
                _prove_value(octets, number, at, size)
            at += size
    need(count and not names_encoder(octets), "an encoder's name")


def _number(octets: bytes, at: int, end: int, *, marked: bool) -> tuple[int, int]:
    """The number of an element (with its length marker), or its size (RFC 8794 4); and the place behind it."""
    need(at < end and octets[at], "no element")
    length = 9 - octets[at].bit_length()
    need(at + length <= end and (not marked or length <= 4), "no element")
    number = int.from_bytes(octets[at : at + length], "big")
    return number if marked else number ^ 1 << 7 * length, at + length


def _prove_value(octets: bytes, number: int, at: int, size: int) -> None:
    value = octets[at : at + size] if size <= _LONG[0x63A2] else b""
    need(size <= _LONG.get(number, 8) and value == _ONE.get(number, value), "a name or language")
    if number == 0x63A2:
        need(all(head + empty in value for head, empty in _COMMENTS.items() if head in value), "comments")
        need(not value.startswith(b"fLaC") or size == 42, "comments")
