"""Proves a MIDI file (Standard MIDI Files 1.0, RP-001): notes, tempo, keys and lyrics; no titles, programs, devices."""

from __future__ import annotations

from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof, need

# Meta events, and the octets of each: sequence number, channel, port, end, tempo, offset, time and key signature.
_META = {0x00: 2, 0x20: 1, 0x21: 1, 0x2F: 0, 0x51: 3, 0x54: 5, 0x58: 4, 0x59: 2}
_LYRICS, _END, _EXCLUSIVE = 0x05, 0x2F, 0xF0
# General MIDI: on and off, volume. Other messages name a maker's device.
_UNIVERSAL = (b"\x7e\x7f\x09", b"\x7f\x7f\x04")
_DATA = (2, 2, 2, 2, 1, 1, 2)


def read_midi(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other event or chunk, and for octets behind the last one."""
    at, number = 0, 0
    while at < len(octets):
        size = int.from_bytes(octets[at + 4 : at + 8], "big")
        need(octets[at : at + 4] == (b"MTrk" if number else b"MThd") and at + 8 + size <= len(octets), "no chunk")
        if number:
            _read_track(octets[at + 8 : at + 8 + size])
        else:
            need(size == 6, "a head of another form")
        at, number = at + 8 + size, number + 1
    need(number > 1 and int.from_bytes(octets[10:12], "big") == number - 1, "the number of tracks")


def _read_track(track: bytes) -> None:
    at, ended = 0, False
    while at < len(track):
        need(not ended, "events behind the end")
        _, at = _number(track, at)
        need(at < len(track) and track[at] >= 0x80, "an event without its kind")
        status, at = track[at], at + 1
        if status < _EXCLUSIVE:
            at += _DATA[(status >> 4) - 8]
            continue
        kind, at = (track[at], at + 1) if status == 0xFF and at < len(track) else (-1, at)
        size, at = _number(track, at)
        body = track[at : at + size]
        known = _META.get(kind, -1) == size or kind == _LYRICS
        universal = status == _EXCLUSIVE and body.startswith(_UNIVERSAL) and size <= 12
        need(len(body) == size and (known or universal), "an event that is not listed")
        at, ended = at + size, kind == _END
    need(ended and at == len(track), "no end")


def _number(track: bytes, at: int) -> tuple[int, int]:
    """A number of up to four octets, and the place behind it."""
    number = 0
    for place in range(at, min(at + 4, len(track))):
        number = number << 7 | track[place] & 0x7F
        if track[place] < 0x80:
            return number, place + 1
    raise NotOurForm("no number")
