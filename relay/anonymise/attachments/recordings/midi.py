"""Rewrites a MIDI file with its music: notes, tempo, keys and lyrics; no titles, authors, programs and devices.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001).
"""

from __future__ import annotations

from collections.abc import Iterator

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.identities import Redactor

# Meta events that are music, with their lengths: sequence number, channel, port, end of track, tempo, offset, time and
# key signature.
_MUSIC = {0x00: 2, 0x20: 1, 0x21: 1, 0x2F: 0, 0x51: 3, 0x54: 5, 0x58: 4, 0x59: 2}
_LYRICS = 0x05
_END = 0x2F
# System exclusive messages that every instrument understands (General MIDI); others name a maker and a device.
_UNIVERSAL = (b"\x7e\x7f\x09", b"\x7f\x7f\x04")
_DATA = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_LARGEST = 0x0FFF_FFFF
MAX_TRACKS = 1000


def clean_midi(content: bytes, redactor: Redactor) -> bytes:
    """The file with its music. Lyrics stay unless they name one of the two people. Raises BrokenRecording."""
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"MThd" or len(chunks[0][1]) < 6:
        raise BrokenRecording
    tracks = [_clean_track(body, redactor) for kind, body in chunks[1:] if kind == b"MTrk"]
    if not tracks or len(tracks) > MAX_TRACKS:
        raise BrokenRecording
    head = chunks[0][1]
    new = head[:2] + len(tracks).to_bytes(2, "big") + head[4:6]
    return b"".join(_chunk(kind, body) for kind, body in ((b"MThd", new), *((b"MTrk", track) for track in tracks)))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "big")
        if place + 8 + size > len(content):
            raise BrokenRecording
        yield content[place : place + 4], content[place + 8 : place + 8 + size]
        place += 8 + size


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "big") + body


def _clean_track(track: bytes, redactor: Redactor) -> bytes:
    """Every event is written with its status; the time of a dropped one is added to the next."""
    events = list(_events(track))
    lyrics = b"".join(body for _, status, kind, body in events if status == 0xFF and kind == _LYRICS)
    named = any(redactor.find(lyrics.decode(codec, "replace")) for codec in ("utf-8", "cp1252"))
    out = bytearray()
    waited = 0
    ended = False
    for wait, status, kind, body in events:
        waited += wait
        if not _stays(status, kind, body, lyrics=not named):
            continue
        out += _number(waited)
        waited = 0
        out.append(status)
        if status == 0xFF:
            out.append(kind)
        if status >= 0xF0:
            out += _number(len(body))
        out += body
        ended = status == 0xFF and kind == _END
        if ended:
            break
    return bytes(out) if ended else bytes(out) + _number(waited) + bytes((0xFF, _END, 0))


def _stays(status: int, kind: int, body: bytes, *, lyrics: bool) -> bool:
    if status == 0xFF:
        return (kind == _LYRICS and lyrics) or len(body) == _MUSIC.get(kind, -1)
    return status == 0xF0 and body.startswith(_UNIVERSAL) and len(body) <= 12 if status >= 0xF0 else True


def _events(track: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Waiting time, status, kind of a meta event, and data of each event."""
    place, running = 0, 0
    while place < len(track):
        wait, place = _read_number(track, place)
        status = _octet(track, place)
        if status >= 0x80:
            place += 1
        elif running:
            status = running
        else:
            raise BrokenRecording
        kind = 0
        if status >= 0xF0:
            running = 0
            if status == 0xFF:
                kind = _octet(track, place)
                place += 1
            elif status not in (0xF0, 0xF7):
                raise BrokenRecording
            size, place = _read_number(track, place)
        else:
            running = status
            size = _DATA[status & 0xF0]
        body = track[place : place + size]
        if len(body) < size:
            raise BrokenRecording
        place += size
        yield wait, status, kind, body


def _octet(track: bytes, place: int) -> int:
    if place >= len(track):
        raise BrokenRecording
    return track[place]


def _read_number(track: bytes, place: int) -> tuple[int, int]:
    """A variable-length quantity, at most four octets, and the place behind it."""
    number = 0
    for at in range(place, place + 4):
        octet = _octet(track, at)
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            return number, at + 1
    raise BrokenRecording


def _number(number: int) -> bytes:
    """A variable-length quantity; the largest for a time that no file can say."""
    number = min(number, _LARGEST)
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(number & 0x7F | 0x80)
    return bytes(reversed(octets))
