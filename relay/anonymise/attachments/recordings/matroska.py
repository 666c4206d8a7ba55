"""Rewrites a Matroska or WebM film from the elements that play it (RFC 9559): frames stay as they are.

Everything in Matroska is an element with a number, so what is kept is a list of numbers. Titles, dates, programs, tags,
chapters, attached files, track names, languages and identifiers are on no list. The index is written anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.ebml import (
    Element,
    element,
    elements,
    frame_of,
    number,
    track_of,
    unsigned,
)
from relay.anonymise.attachments.recordings.encoder_names import without_banners
from relay.anonymise.attachments.recordings.matroska_tracks import Track, clean_tracks
from relay.anonymise.attachments.recordings.mp4 import SUBTITLES
from relay.anonymise.attachments.recordings.mp4_entries import ENCRYPTED
from relay.refusals import CannotAnonymise

_EBML, _SEGMENT, _SEEK_HEAD, _INFO, _TRACKS = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B
_CLUSTER, _CUES, _CHAPTERS, _TAGS, _ATTACHMENTS = 0x1F43B675, 0x1C53BB6B, 0x1043A770, 0x1254C367, 0x1941A469
_TOP = frozenset((_SEEK_HEAD, _INFO, _TRACKS, _CLUSTER, _CUES, _CHAPTERS, _TAGS, _ATTACHMENTS, _SEGMENT, _EBML))
_DOC_TYPE, _DOC_VERSIONS = 0x4282, (0x4287, 0x4285)
_SCALE, _DURATION, _MUXING_APP, _WRITING_APP = 0x2AD7B1, 0x4489, 0x4D80, 0x5741
_TIMESTAMP, _SIMPLE_BLOCK, _GROUP, _BLOCK, _ENCRYPTED_BLOCK = 0xE7, 0xA3, 0xA0, 0xA1, 0xAF
_OF_GROUP = frozenset((_BLOCK, 0x9B, 0xFB, 0x75A2))  # the block, duration, references, padding to be discarded
_CUE, _CUE_TIME, _CUE_PLACES, _CUE_TRACK, _CUE_CLUSTER = 0xBB, 0xB3, 0xB7, 0xF7, 0xF1
_SEEK, _SEEK_ID, _SEEK_PLACE = 0x4DBB, 0x53AB, 0x53AC


@dataclass(slots=True)
class _Film:
    content: bytes
    tracks: dict[int, Track]
    out: list[bytes] = field(default_factory=list)
    size: int = 0
    moved: dict[int, int] = field(default_factory=dict)
    """Where each cluster began, and begins now, from the beginning of the segment's content."""
    words: list[bytes] = field(default_factory=list)

    def write(self, octets: bytes) -> None:
        self.out.append(octets)
        self.size += len(octets)


def clean_matroska(content: bytes, names_somebody: Callable[[str], bool]) -> tuple[bytes, str]:
    """The film, and its media type. ``names_somebody`` tells whether subtitles contain an identity. Raises
    BrokenRecording, and CannotAnonymise for copy protection and subtitles."""
    head, segment = _halves(content)
    doc_type, header = _header(content, head)
    top = list(elements(content, segment.body, segment.end, _TOP))
    tracks = next((clean_tracks(content, one) for one in top if one.id == _TRACKS), {})
    if not any(track.kind in ("video", "audio") for track in tracks.values()):
        raise BrokenRecording
    film = _Film(content, tracks)
    info = _info(content, next((one for one in top if one.id == _INFO), None))
    entries = element(_TRACKS, b"".join(track.entry for track in tracks.values()))
    seek_size = len(_seek_head(0, 0, 0))
    film.size = seek_size
    film.write(info)
    film.write(entries)
    for one in top:
        if one.id == _CLUSTER:
            film.moved[one.start - segment.body] = film.size
            film.write(_cluster(film, one))
    if names_somebody(b"\n".join(film.words).decode("utf-8", "replace")):
        raise CannotAnonymise(SUBTITLES)
    cues_at = film.size
    film.write(
        element(_CUES, b"".join(_cue(film, cue) for one in top if one.id == _CUES for cue in _of(film.content, one)))
    )
    body = _seek_head(seek_size, seek_size + len(info), cues_at) + b"".join(film.out)
    moving = any(track.kind == "video" for track in tracks.values())
    kind = ("video/" if moving else "audio/") + ("webm" if doc_type == b"webm" else "matroska")
    return without_banners(header + element(_SEGMENT, body)), kind


def _halves(content: bytes) -> tuple[Element, Element]:
    """The EBML header and the first segment; what comes after them is left out."""
    found = elements(content, 0, len(content))
    head = next(found, None)
    segment = next((one for one in found if one.id == _SEGMENT), None)
    if segment is None and head is not None:
        # A segment that was cut off reaches to the end of the file.
        at = content.find(_SEGMENT.to_bytes(4, "big"), head.end, head.end + 64)
        length = 9 - content[at + 4].bit_length() if 0 <= at < len(content) - 12 else 0
        segment = Element(_SEGMENT, at, at + 4 + length, len(content)) if 0 < length <= 8 else None
    if head is None or head.id != _EBML or segment is None:
        raise BrokenRecording
    return head, segment


def _header(content: bytes, head: Element) -> tuple[bytes, bytes]:
    """The document type, and a new EBML header."""
    found = {one.id: one for one in elements(content, head.body, head.end)}
    if _DOC_TYPE not in found:
        raise BrokenRecording
    doc_type = content[found[_DOC_TYPE].body : found[_DOC_TYPE].end].rstrip(b"\0")
    if doc_type not in (b"webm", b"matroska"):
        raise BrokenRecording
    versions = [min(unsigned(content, found[id]), 4) if id in found else 1 for id in _DOC_VERSIONS]
    told = b"".join(number(id, value) for id, value in zip(_DOC_VERSIONS, versions, strict=True))
    limits = number(0x4286, 1) + number(0x42F7, 1) + number(0x42F2, 4) + number(0x42F3, 8)
    return doc_type, element(_EBML, limits + element(_DOC_TYPE, doc_type) + told)


def _info(content: bytes, info: Element | None) -> bytes:
    kept = [] if info is None else [one for one in _of(content, info) if one.id in (_SCALE, _DURATION)]
    if any(one.end - one.body > 8 for one in kept):
        raise BrokenRecording
    told = b"".join(element(one.id, content[one.body : one.end]) for one in kept)
    # Both names are required (RFC 9559 5.1.2).
    return element(_INFO, told + element(_MUXING_APP, b"Matroska") + element(_WRITING_APP, b"Matroska"))


def _of(content: bytes, parent: Element) -> list[Element]:
    return list(elements(content, parent.body, parent.end))


def _cluster(film: _Film, cluster: Element) -> bytes:
    kept: list[bytes] = []
    for one in _of(film.content, cluster):
        if one.id == _ENCRYPTED_BLOCK:
            raise CannotAnonymise(ENCRYPTED)
        if one.id == _TIMESTAMP:
            kept.append(number(_TIMESTAMP, unsigned(film.content, one)))
        elif one.id == _SIMPLE_BLOCK and _is_kept(film, one):
            kept.append(film.content[one.start : one.end])
        elif one.id == _GROUP:
            kept.append(_group(film, one))
    return element(_CLUSTER, b"".join(kept))


def _group(film: _Film, group: Element) -> bytes:
    parts = [one for one in _of(film.content, group) if one.id in _OF_GROUP]
    blocks = [one for one in parts if one.id == _BLOCK]
    if len(blocks) != 1 or not _is_kept(film, blocks[0]):
        return b""
    if any(one.end - one.body > 8 for one in parts if one.id != _BLOCK):
        raise BrokenRecording
    return element(_GROUP, b"".join(film.content[one.start : one.end] for one in parts))


def _is_kept(film: _Film, block: Element) -> bool:
    """Whether the block's track is kept. Notes the words of subtitles."""
    track = film.tracks.get(track_of(film.content, block))
    if track is not None and track.kind == "text":
        film.words.append(track.beginning + frame_of(film.content, block))
    return track is not None


def _cue(film: _Film, cue: Element) -> bytes:
    """An entry of the index, with the new places of the clusters."""
    if cue.id != _CUE:
        return b""
    time, places = b"", []
    for one in _of(film.content, cue):
        if one.id == _CUE_TIME:
            time = number(_CUE_TIME, unsigned(film.content, one))
        elif one.id == _CUE_PLACES:
            told = {part.id: unsigned(film.content, part) for part in _of(film.content, one) if part.id != 0xDB}
            place = film.moved.get(told.get(_CUE_CLUSTER, -1))
            if place is not None and told.get(_CUE_TRACK) in film.tracks:
                places.append(element(_CUE_PLACES, number(_CUE_TRACK, told[_CUE_TRACK]) + number(_CUE_CLUSTER, place)))
    return element(_CUE, time + b"".join(places)) if time and places else b""


def _seek_head(*places: int) -> bytes:
    """Where information, tracks and index are; always of the same length."""
    return element(
        _SEEK_HEAD,
        b"".join(
            element(_SEEK, element(_SEEK_ID, id.to_bytes(4, "big")) + number(_SEEK_PLACE, place, 8))
            for id, place in zip((_INFO, _TRACKS, _CUES), places, strict=True)
        ),
    )
