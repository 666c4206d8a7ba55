"""Rewrites the descriptions of a Matroska film's tracks with what a player needs (RFC 9559 5.1.4)."""

from __future__ import annotations

from dataclasses import dataclass

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.ebml import Element, element, elements, number, unsigned
from relay.anonymise.attachments.recordings.matroska_codecs import CODECS
from relay.anonymise.attachments.recordings.mp4_entries import ENCRYPTED, UNREADABLE
from relay.refusals import CannotAnonymise

_ENTRY, _NUMBER, _UID, _TYPE, _CODEC, _PRIVATE, _LANGUAGE = 0xAE, 0xD7, 0x73C5, 0x83, 0x86, 0x63A2, 0x22B59C
_ENCODINGS, _ENCODING, _ENCODING_TYPE, _COMPRESSION, _ALGORITHM = 0x6D80, 0x6240, 0x5033, 0x5034, 0x4254
_SETTINGS = 0x4255
_STRIPPED = 3  # the same first octets of every frame are stored once
_KINDS = {1: "video", 2: "audio", 17: "text"}
# Numbers: enabled, default, forced, lacing, durations of frames, delay, caches.
_NUMBERS = frozenset((0xB9, 0x88, 0x55AA, 0x9C, 0x23E383, 0x234E7A, 0x56AA, 0x56BB, 0x6DE7, 0x6DF8))
_VIDEO, _AUDIO, _COLOUR, _MASTERING, _PROJECTION = 0xE0, 0xE1, 0x55B0, 0x55D0, 0x7670
# Masters → the numbers in them.
_KEPT: dict[int, frozenset[int]] = {
    _VIDEO: frozenset(
        (
            *(0x9A, 0x9D, 0x53B8, 0xB0, 0xBA, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B0, 0x54BA, 0x54B2, 0x54B3),
            *(_COLOUR, _PROJECTION),
        )
    ),
    _AUDIO: frozenset((0xB5, 0x78B5, 0x9F, 0x6264)),
    _COLOUR: frozenset((*range(0x55B1, 0x55BE), _MASTERING)),
    _MASTERING: frozenset(range(0x55D1, 0x55DB)),
    _PROJECTION: frozenset((0x7671, 0x7673, 0x7674, 0x7675)),
}
_MAX_TRACKS = 32


@dataclass(frozen=True, slots=True)
class Track:
    """A kept track: "video", "audio" or "text", and its new description. ``beginning``: the first octets of all its
    frames, when they are stored in the description."""

    kind: str
    entry: bytes
    beginning: bytes = b""


def clean_tracks(content: bytes, tracks: Element) -> dict[int, Track]:
    """The kept tracks by their numbers. Raises BrokenRecording, and CannotAnonymise for copy protection, and subtitles
    that are no plain text."""
    found: dict[int, Track] = {}
    entries = [one for one in elements(content, tracks.body, tracks.end) if one.id == _ENTRY]
    if len(entries) > _MAX_TRACKS:
        raise BrokenRecording
    for entry in entries:
        parts = {one.id: one for one in elements(content, entry.body, entry.end)}
        if not parts.keys() >= {_NUMBER, _TYPE, _CODEC}:
            raise BrokenRecording
        kind, place = _KINDS.get(unsigned(content, parts[_TYPE])), unsigned(content, parts[_NUMBER])
        if kind is not None:
            found[place] = _track(content, parts, kind, place)
    return found


def _track(content: bytes, parts: dict[int, Element], kind: str, place: int) -> Track:
    codec = content[parts[_CODEC].body : parts[_CODEC].end].rstrip(b"\0")
    clean = CODECS.get(codec) or (CODECS[b"A_MPEG/L3"] if codec.startswith(b"A_AAC/") and len(codec) < 20 else None)
    if clean is None and kind == "text":
        raise CannotAnonymise(UNREADABLE)
    if clean is None:
        raise BrokenRecording
    private = clean(content[parts[_PRIVATE].body : parts[_PRIVATE].end]) if _PRIVATE in parts else b""
    out = [number(_NUMBER, place), number(_UID, place), number(_TYPE, unsigned(content, parts[_TYPE]))]
    out += [_plain(content, one) for one in parts.values() if one.id in _NUMBERS]
    # Without a language, a track is English (RFC 9559 5.1.4.1.19).
    out += [element(_LANGUAGE, b"und"), element(_CODEC, codec)]
    out += [element(_PRIVATE, private)] if private else []
    beginning = _beginning(content, parts[_ENCODINGS]) if _ENCODINGS in parts else b""
    out += [_encodings(beginning)] if beginning else []
    out += [_master(content, parts[id]) for id in (_VIDEO, _AUDIO) if id in parts]
    return Track(kind, element(_ENTRY, b"".join(out)), beginning)


def _plain(content: bytes, one: Element) -> bytes:
    """A number, whole or with a fraction, of at most 8 octets."""
    if one.end - one.body > 8:
        raise BrokenRecording
    return element(one.id, content[one.body : one.end])


def _master(content: bytes, master: Element) -> bytes:
    kept = [one for one in elements(content, master.body, master.end) if one.id in _KEPT[master.id]]
    return element(
        master.id, b"".join(_master(content, one) if one.id in _KEPT else _plain(content, one) for one in kept)
    )


def _beginning(content: bytes, encodings: Element) -> bytes:
    """The first octets of all frames, which are stored once; no other encoding can be looked into as it is."""
    inside = [one for one in elements(content, encodings.body, encodings.end) if one.id == _ENCODING]
    parts = {one.id: one for encoding in inside for one in elements(content, encoding.body, encoding.end)}
    if _ENCODING_TYPE in parts and unsigned(content, parts[_ENCODING_TYPE]):
        raise CannotAnonymise(ENCRYPTED)
    if len(inside) != 1 or _COMPRESSION not in parts:
        raise BrokenRecording
    told = {one.id: one for one in elements(content, parts[_COMPRESSION].body, parts[_COMPRESSION].end)}
    settings = content[told[_SETTINGS].body : told[_SETTINGS].end] if _SETTINGS in told else b""
    if _ALGORITHM not in told or unsigned(content, told[_ALGORITHM]) != _STRIPPED or len(settings) > 16:
        raise BrokenRecording
    return settings


def _encodings(beginning: bytes) -> bytes:
    compression = element(_COMPRESSION, number(_ALGORITHM, _STRIPPED) + element(_SETTINGS, beginning))
    return element(_ENCODINGS, element(_ENCODING, compression))
