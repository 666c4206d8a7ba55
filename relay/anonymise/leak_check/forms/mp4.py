"""Proves MP4, QuickTime and 3GP (ISO 14496-12): listed boxes only, without times and names, and zeros elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from relay.anonymise.leak_check.forms.frames import names_encoder
from relay.anonymise.leak_check.forms.mp4_samples import media_ranges
from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof, need, needed

# Box → the boxes in it (8.2 to 8.8). User data, metadata, identifiers and all further boxes are not listed.
_INSIDE = {
    kind.encode(): frozenset(map(str.encode, kinds.split()))
    for kind, kinds in {
        "": "ftyp moov mdat styp sidx ssix moof mfra",
        "moov": "mvhd trak mvex",
        "trak": "tkhd edts mdia tapt",
        "edts": "elst",
        "tapt": "clef prof enof",
        "mdia": "mdhd hdlr minf",
        "minf": "vmhd smhd nmhd sthd gmhd hdlr dinf stbl",
        "gmhd": "gmin text",
        "dinf": "dref",
        "stbl": "stsd stts ctts cslg stss stsc stsz stz2 stco co64 sdtp sgpd sbgp stps subs",
        "mvex": "mehd trex",
        "moof": "mfhd traf",
        "traf": "tfhd tfdt trun sdtp sbgp sgpd subs",
        "mfra": "tfra mfro",
    }.items()
}
# In a sample entry (8.5.2; QTFF, Video and Sound Media): what a decoder needs. Four zeros end a list of QuickTime.
_ENTRY = frozenset(
    str.encode(kind)
    for kind in str.split("""
        avcC hvcC lhvC av1C vpcC dvcC dvvC d263 esds pasp colr clap fiel btrt gama mdcv clli SmDm CoLL
        chan alac dac3 dec3 dac4 dOps dfLa damr srat pcmC enda frma mp4a wave
    """)
) | {bytes(4)}
_LOCKED = frozenset((b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi", b"drmt", b"p608"))
_HANDLERS = {b"vide": "video", b"soun": "audio", **dict.fromkeys((b"text", b"sbtl", b"subt", b"clcp"), "text")}
_UNDETERMINED = b"\x55\xc4"
_MOST_BOXES, _DEEPEST = 200_000, 12


@dataclass(slots=True)
class _Film:
    """What was read: the places of media data, the boxes of each track's tables, and the handler of the present one."""

    octets: bytes
    left: int = _MOST_BOXES
    data: list[tuple[int, int]] = field(default_factory=list)
    tracks: list[dict[bytes, tuple[int, int]]] = field(default_factory=list)
    fragmented: bool = False
    handler: str = ""

    def boxes(self, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        """(kind, start, end) of the content of each box; boxes fill the place, up to seven zeros (4.2)."""
        while at + 8 <= end:
            self.left -= 1
            size, body = int.from_bytes(self.octets[at : at + 4], "big"), at + 8
            if size == 1:
                size, body = int.from_bytes(self.octets[at + 8 : at + 16], "big"), at + 16
            stop = end if size == 0 else at + size
            need(self.left > 0 and body <= stop <= end, "a box beyond the end")
            yield self.octets[at + 4 : at + 8], body, stop
            at = stop
        self.zeros(at, end)

    def zeros(self, at: int, end: int) -> None:
        """Raise NotOurForm unless [at, end) are zeros."""
        need(at >= end or self.octets.count(0, at, end) == end - at, "octets that are no zeros")


def read_mp4(octets: bytes, _proof: Proof) -> None:
    """Raises NotOurForm for any other box, a time, a name, a language, media data of no track, and free space that is
    not zero."""
    film = _Film(octets)
    _read(film, b"", 0, len(octets), 0)
    need(film.tracks, "no track")
    if not film.fragmented:
        at = 0
        used = sorted(place for track in film.tracks for place in media_ranges(octets, track, film.data))
        for start, end in sorted(film.data):
            free = start
            while at < len(used) and used[at][0] < end:
                film.zeros(free, min(used[at][0], end))
                free = max(free, used[at][1])
                at += 1
            film.zeros(free, end)
    need(not names_encoder(octets), "an encoder's name")


def _read(film: _Film, inside: bytes, at: int, end: int, depth: int) -> None:
    need(depth < _DEEPEST, "boxes within boxes")
    for kind, start, stop in film.boxes(at, end):
        if kind == b"free":
            film.zeros(start, stop)
            continue
        need(kind in _INSIDE[inside], "a box that is not listed")
        if kind == b"trak":
            film.tracks.append({})
            film.handler = _handler(film, start, stop)
        film.fragmented |= kind == b"moof"
        if inside == b"stbl":
            film.tracks[-1].setdefault(kind, (start, stop))
        if kind == b"mdat":
            film.data.append((start, stop))
        elif kind in _INSIDE:
            _read(film, kind, start, stop, depth + 1)
        elif kind in _CHECKS:
            _CHECKS[kind](film, start, stop)


def _handler(film: _Film, at: int, end: int) -> str:
    """The kind of a track (8.4.3): sound, pictures or subtitles."""
    for kind, start, stop in film.boxes(at, end):
        for inner, place, _ in film.boxes(start, stop) if kind == b"mdia" else ():
            if inner == b"hdlr":
                return needed(_HANDLERS.get(film.octets[place + 8 : place + 12]), "a track that is not listed")
    raise NotOurForm("a track without a handler")


def _brand(film: _Film, at: int, end: int) -> None:
    film.zeros(at + 4, min(at + 8, end))


def _undated(film: _Film, at: int, end: int) -> None:
    """8.2.2, 8.3.2, 8.4.2: the times of creation and modification."""
    film.zeros(at + 4, at + (20 if film.octets[at] == 1 else 12))


def _movie(film: _Film, at: int, end: int) -> None:
    _undated(film, at, end)
    late = 12 if film.octets[at] == 1 else 0
    film.zeros(at + 72 + late, min(at + 96 + late, end))


def _media(film: _Film, at: int, end: int) -> None:
    _undated(film, at, end)
    place = at + (32 if film.octets[at] == 1 else 20)
    need(film.handler == "text" or film.octets[place : place + 2] == _UNDETERMINED, "a language")


def _nameless(film: _Film, at: int, end: int) -> None:
    film.zeros(at + 12, end)


def _here(film: _Film, at: int, end: int) -> None:
    """8.7.2: the media data is in this file, and no place is named."""
    for _, start, stop in film.boxes(at + 8, end):
        need(film.octets[start + 3] & 1, "media data elsewhere")
        film.zeros(start + 4, stop)


def _entries(film: _Film, at: int, end: int) -> None:
    octets = film.octets
    for kind, start, stop in film.boxes(at + 8, end):
        need(kind not in _LOCKED, "copy protection")
        if film.handler == "video":
            film.zeros(start + 12, start + 16)
            film.zeros(start + 42, start + 74)
            _of_decoder(film, start + 78, stop)
        elif film.handler == "audio":
            film.zeros(start + 12, start + 16)
            version = int.from_bytes(octets[start + 8 : start + 10], "big") if octets[at] != 1 else 0
            need(version < 3, "a sound entry of another version")
            own = struct.unpack_from(">L", octets, start + 28)[0] - 8 if version == 2 else (28, 44)[version]
            _of_decoder(film, start + own, stop)


def _of_decoder(film: _Film, at: int, end: int) -> None:
    for kind, start, stop in film.boxes(at, end):
        if kind == b"free":
            film.zeros(start, stop)
            continue
        need(kind in _ENTRY, "a box that is not listed")
        need(kind != b"colr" or film.octets[start : start + 4] not in (b"prof", b"rICC"), "a colour profile")
        need(kind != b"dfLa" or stop - start == 42, "comments")
        if kind == b"wave":
            _of_decoder(film, start, stop)
        elif kind in (b"damr", b"d263"):
            film.zeros(start, min(start + 5, stop))


_CHECKS: dict[bytes, Callable[[_Film, int, int], None]] = {
    b"ftyp": _brand,
    b"mvhd": _movie,
    b"tkhd": _undated,
    b"mdhd": _media,
    b"hdlr": _nameless,
    b"dref": _here,
    b"stsd": _entries,
}
