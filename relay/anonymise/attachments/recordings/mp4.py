"""Cleans MP4, QuickTime and 3GP films and recordings in place, without moving any media data (ISO 14496-12).

Boxes that are not needed to play the film become free boxes of zeros: user data, iTunes and QuickTime metadata, XMP,
locations, covers, Apple IDs. Tracks other than sound, picture and subtitles (locations, sensors, timecodes) are removed
with their samples, and so is all media data that no track refers to. Known encoder banners inside the compressed
picture are overwritten; other user data there stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.encoder_names import without_banners
from relay.anonymise.attachments.recordings.mp4_boxes import Box, blank, boxes, children, number, wipe
from relay.anonymise.attachments.recordings.mp4_entries import ENCRYPTED, clean_entries
from relay.anonymise.attachments.recordings.mp4_samples import Track, keep_samples, sample_text
from relay.refusals import CannotAnonymise

FRAGMENTED = "this film cannot be made anonymous as it is stored; please save it as an ordinary MP4 and send that"
ELSEWHERE = "parts of this film lie in another file; please save it as one MP4 and send that"
SUBTITLES = "the subtitles of this film name one of you; please send it without subtitles"

_SEEN = {b"vide": "video", b"soun": "audio", b"text": "text", b"sbtl": "text", b"subt": "text", b"clcp": "text"}
_PLAIN = frozenset((b"styp", b"sidx", b"ssix"))
# Container → boxes kept in it. Containers among them are filtered too.
_KEPT: dict[bytes, frozenset[bytes]] = {
    b"moov": frozenset((b"mvhd", b"trak", b"mvex")),
    b"trak": frozenset((b"tkhd", b"edts", b"mdia", b"tapt")),
    b"edts": frozenset((b"elst",)),
    b"tapt": frozenset((b"clef", b"prof", b"enof")),
    b"mdia": frozenset((b"mdhd", b"hdlr", b"minf")),
    b"minf": frozenset((b"vmhd", b"smhd", b"nmhd", b"sthd", b"gmhd", b"hdlr", b"dinf", b"stbl")),
    b"gmhd": frozenset((b"gmin", b"text")),
    b"dinf": frozenset((b"dref",)),
    b"stbl": frozenset(
        str.encode(kind)
        for kind in str.split("stsd stts ctts cslg stss stsc stsz stz2 stco co64 sdtp sgpd sbgp stps subs")
    ),
    b"mvex": frozenset((b"mehd", b"trex")),
    b"moof": frozenset((b"mfhd", b"traf")),
    b"traf": frozenset((b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs")),
    b"mfra": frozenset((b"tfra", b"mfro")),
}
# Fragmented films have at most two per second.
_MAX_TOP = 20_000
_VITAL = tuple(map(bytearray, (b"mdat", b"moov", b"moof")))
_REFUSED = {b"pssh": ENCRYPTED, b"senc": ENCRYPTED, b"sinf": ENCRYPTED, b"cmov": FRAGMENTED}


@dataclass(frozen=True, slots=True)
class Film:
    """A cleaned film, and whether it has a video track."""

    content: bytes
    moving: bool


def clean_mp4(content: bytes, names_somebody: Callable[[str], bool]) -> Film:
    """Clean a film. ``names_somebody`` tells whether a text, here the subtitles, contains an identity. Raises
    BrokenRecording, and CannotAnonymise for copy protection and the like."""
    film = bytearray(content)
    top = _top(film)
    kinds = [box.kind for box in top]
    if b"moov" not in kinds:
        raise BrokenRecording
    fragmented = b"moof" in kinds
    tracks: list[Track] = []
    for box in top:
        if box.kind == b"moov":
            tracks += _movie(film, box, fragmented, names_somebody)
        elif box.kind == b"ftyp":
            wipe(film, box.body + 4, min(box.body + 8, box.end))
        elif box.kind in (b"moof", b"mfra"):
            _sift(film, box)
        elif box.kind not in _PLAIN and box.kind != b"mdat":
            blank(film, box)
    if not any(track.kind in ("video", "audio") for track in tracks):
        raise BrokenRecording
    if not fragmented:
        keep_samples(film, [box for box in top if box.kind == b"mdat"], tracks)
    return Film(without_banners(bytes(film[: _end(film, top)])), any(track.kind == "video" for track in tracks))


def _top(film: bytearray) -> list[Box]:
    """The boxes of the file. Invalid data after them is cut off, unless it is a damaged essential box."""
    found: list[Box] = []
    end = 0
    while True:
        try:
            box = next(boxes(film, end, len(film)), None)
        except BrokenRecording:
            if film[end + 4 : end + 8] in _VITAL:
                raise
            return found
        if box is None:
            return found
        found.append(box)
        if len(found) > _MAX_TOP:
            raise BrokenRecording
        end = box.end


def _end(film: bytearray, top: list[Box]) -> int:
    """The end of the last box that is not free."""
    return max((box.end for box in top if film[box.start + 4 : box.start + 8] != b"free"), default=0)


def _sift(film: bytearray, box: Box) -> None:
    """Keep in a container only what is known to be needed. Raises CannotAnonymise for copy protection."""
    end = box.body
    for child in boxes(film, box.body, box.end):
        end = child.end
        if child.kind in _REFUSED:
            raise CannotAnonymise(_REFUSED[child.kind])
        if child.kind not in _KEPT[box.kind]:
            blank(film, child)
        elif child.kind in _KEPT:
            _sift(film, child)
    wipe(film, end, box.end)


def _movie(film: bytearray, movie: Box, fragmented: bool, names_somebody: Callable[[str], bool]) -> list[Track]:
    tracks: list[Track] = []
    for box in boxes(film, movie.body, movie.end):
        if box.kind != b"trak":
            continue
        kind = _SEEN.get(_handler(film, box), "")
        if kind:
            _sift(film, box)
            track = _track(film, box, kind)
            tracks.append(track)
            if kind == "text" and (fragmented or names_somebody(sample_text(film, track))):
                raise CannotAnonymise(SUBTITLES)
        elif fragmented:
            raise CannotAnonymise(FRAGMENTED)
        else:
            blank(film, box)
    _sift_movie(film, movie)
    return tracks


def _sift_movie(film: bytearray, movie: Box) -> None:
    for box in boxes(film, movie.body, movie.end):
        if box.kind == b"trak":
            continue
        if box.kind in _REFUSED:
            raise CannotAnonymise(_REFUSED[box.kind])
        if box.kind == b"mvhd":
            _undate(film, box)
            late = number(film, box.body, 1) == 1
            # Preview, poster and selection of the editing program.
            wipe(film, box.body + (84 if late else 72), min(box.body + (108 if late else 96), box.end))
        elif box.kind == b"mvex":
            _sift(film, box)
        else:
            blank(film, box)


def _handler(film: bytearray, track: Box) -> bytes:
    media = children(film, track).get(b"mdia")
    handler = children(film, media).get(b"hdlr") if media else None
    return bytes(film[handler.body + 8 : handler.body + 12]) if handler else b""


def _track(film: bytearray, box: Box, kind: str) -> Track:
    """Remove dates and names from a track's own boxes."""
    inside = children(film, box)
    media = children(film, _needed(inside, b"mdia"))
    information = children(film, _needed(media, b"minf"))
    _undate(film, _needed(inside, b"tkhd"))
    _undate(film, _needed(media, b"mdhd"))
    _unname(film, _needed(media, b"hdlr"))
    if b"hdlr" in information:
        _unname(film, information[b"hdlr"])
    if b"dinf" in information:
        _here_only(film, _needed(children(film, information[b"dinf"]), b"dref"))
    if kind != "text":
        late = number(film, media[b"mdhd"].body, 1) == 1
        place = media[b"mdhd"].body + (32 if late else 20)
        film[place : place + 2] = b"\x55\xc4"  # "und" instead of the device's language
    tables = children(film, _needed(information, b"stbl"))
    clean_entries(film, _needed(tables, b"stsd"), kind)
    return Track(kind, tables)


def _needed(found: dict[bytes, Box], kind: bytes) -> Box:
    if kind not in found:
        raise BrokenRecording
    return found[kind]


def _undate(film: bytearray, box: Box) -> None:
    """Creation and modification time, of 32 or 64 bits (ISO 14496-12 8.2.2)."""
    late = number(film, box.body, 1) == 1
    wipe(film, box.body + 4, min(box.body + (20 if late else 12), box.end))


def _unname(film: bytearray, box: Box) -> None:
    """A handler's maker and name (QuickTime) or name (MP4)."""
    wipe(film, box.body + 12, box.end)


def _here_only(film: bytearray, references: Box) -> None:
    """Require that sound and pictures are in this file; then the rest of a reference (paths, disks) is not needed."""
    for reference in boxes(film, references.body + 8, references.end):
        if not number(film, reference.body) & 1:
            raise CannotAnonymise(ELSEWHERE)
        wipe(film, reference.body + 4, reference.end)
