"""Proves FLAC (RFC 9639): stream info and seek table, then frames up to the last octet."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.reading import Proof, need

# 8.1: comments, pictures, cue sheets, application data and padding are not listed.
_STREAMINFO, _SEEKTABLE = 0, 3
_MOST_TRIES, _LONGEST = 40, 1 << 19


def read_flac(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other block, and for octets behind the last frame."""
    need(octets[:4] == b"fLaC", "no FLAC")
    at, seen, last = 4, list[int](), False
    while not last:
        need(at + 4 <= len(octets), "no end")
        kind, last = octets[at] & 0x7F, bool(octets[at] & 0x80)
        length = int.from_bytes(octets[at + 1 : at + 4], "big")
        need(length == 34 if kind == _STREAMINFO else kind == _SEEKTABLE and length % 18 == 0, "a block not listed")
        seen.append(kind)
        at += 4 + length
    need(seen[0] == _STREAMINFO and len(set(seen)) == len(seen), "blocks of another order")
    need(octets[at : at + 1] == b"\xff" and _ends_with_frame(octets, at), "octets behind the last frame")


def _ends_with_frame(octets: bytes, first: int) -> bool:
    """Whether a frame ends with the file: the checksum over it, with its own at the end, is zero (9.3)."""
    at = len(octets)
    for _ in range(_MOST_TRIES):
        at = max(octets.rfind(b"\xff\xf8", first, at), octets.rfind(b"\xff\xf9", first, at))
        if at < 0 or len(octets) - at > _LONGEST:
            return False
        if _crc_16(octets[at:]) == 0:
            return True
    return False


def _table() -> tuple[int, ...]:
    table = []
    for octet in range(256):
        crc = octet << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x8005 if crc & 0x8000 else crc << 1
        table.append(crc & 0xFFFF)
    return tuple(table)


_TABLE = _table()


def _crc_16(octets: bytes) -> int:
    crc = 0
    for octet in octets:
        crc = (crc << 8 & 0xFFFF) ^ _TABLE[crc >> 8 ^ octet]
    return crc
