"""Rewrites a FLAC recording with only its stream info, seek table and frames (RFC 9639)."""

from __future__ import annotations

from relay.anonymise.attachments.cleaning import BrokenRecording

_STREAMINFO, _SEEKTABLE = 0, 3
_MAX_BLOCKS = 10_000
_MAX_LAST_FRAME = 1 << 19
_MAX_TRIES = 40
_TAGS = (b"TAG", b"APETAGEX", b"ID3", b"LYRICSBEGIN")


def clean_flac(content: bytes) -> bytes:
    """Drop comments, pictures, cue sheets, application data and padding, and everything before and after the stream.
    Raises BrokenRecording."""
    place = content.find(b"fLaC", 0, 1 << 20) if content.startswith(b"ID3") else 0
    if place < 0 or not content.startswith(b"fLaC", place):
        raise BrokenRecording
    place += 4
    kept: list[tuple[int, bytes]] = []
    for _ in range(_MAX_BLOCKS):
        head = content[place : place + 4]
        length = int.from_bytes(head[1:], "big")
        block = content[place + 4 : place + 4 + length]
        if len(head) < 4 or len(block) < length:
            raise BrokenRecording
        if head[0] & 0x7F in (_STREAMINFO, _SEEKTABLE):
            kept.append((head[0] & 0x7F, block))
        place += 4 + length
        if head[0] & 0x80:
            break
    else:
        raise BrokenRecording
    if not kept or kept[0][0] != _STREAMINFO or len(kept[0][1]) != 34:
        raise BrokenRecording
    return b"fLaC" + _blocks(kept) + content[place : _end_of_frames(content, place)]


def _blocks(blocks: list[tuple[int, bytes]]) -> bytes:
    last = len(blocks) - 1
    return b"".join(
        bytes((kind | (0x80 if number == last else 0),)) + len(block).to_bytes(3, "big") + block
        for number, (kind, block) in enumerate(blocks)
    )


def _end_of_frames(content: bytes, start: int) -> int:
    """The end of the last frame, where its checksum becomes zero (RFC 9639 9.3). What follows is no sound."""
    place = len(content)
    for _ in range(_MAX_TRIES):
        place = max(content.rfind(b"\xff\xf8", start, place), content.rfind(b"\xff\xf9", start, place))
        if place < 0:
            break
        header = _header_length(content, place)
        end = _checked_end(content, place, place + header) if header else 0
        if end:
            return end
    raise BrokenRecording


def _header_length(content: bytes, place: int) -> int:
    """The length of the frame header at ``place``; 0 when its checksum is wrong (RFC 9639 9.1)."""
    if place + 6 > len(content):
        return 0
    size, rate = content[place + 2] >> 4, content[place + 2] & 15
    first = content[place + 4]
    coded = 1 if first < 0x80 else next((n for n in range(2, 8) if not first & (0x80 >> n)), 8)
    length = 4 + coded + {6: 1, 7: 2}.get(size, 0) + {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if size == 0 or rate == 15 or coded == 8 or place + length >= len(content):
        return 0
    crc = 0
    for octet in content[place : place + length + 1]:
        crc ^= octet
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return length + 1 if crc == 0 else 0


def _checked_end(content: bytes, place: int, body: int) -> int:
    """The end of the frame at ``place``: at the end of the file, or before a tag. 0 elsewhere: there the checksum may
    match by chance, and half a frame would be cut."""
    crc = 0
    table = _table()
    for at in range(place, min(len(content), place + _MAX_LAST_FRAME)):
        crc = (crc << 8 & 0xFFFF) ^ table[crc >> 8 ^ content[at]]
        if crc == 0 and at > body + 1 and (at + 1 == len(content) or content.startswith(_TAGS, at + 1)):
            return at + 1
    return 0


def _table() -> list[int]:
    """CRC-16 with the polynomial 0x8005, one octet at a time."""
    table = []
    for octet in range(256):
        crc = octet << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005) & 0xFFFF if crc & 0x8000 else crc << 1
        table.append(crc)
    return table
