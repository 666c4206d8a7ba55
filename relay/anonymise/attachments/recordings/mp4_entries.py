"""Cleans the sample descriptions of a film (ISO 14496-12 8.5.2, QuickTime)."""

from __future__ import annotations

from relay.anonymise.attachments.cleaning import BrokenRecording
from relay.anonymise.attachments.recordings.mp4_boxes import Box, blank, boxes, number, wipe
from relay.refusals import CannotAnonymise

ENCRYPTED = "films and recordings with copy protection name their buyer and cannot be passed on; please leave them out"
UNREADABLE = "the subtitles of this film are of a kind that cannot be made anonymous; please send it without subtitles"
_READABLE = frozenset((b"tx3g", b"text", b"wvtt"))  # 3GPP TS 26.245, QTFF, ISO 14496-30
_LOCKED = frozenset((b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi", b"drmt", b"p608", b"sinf"))
_KEPT = frozenset(
    str.encode(kind)
    for kind in str.split("""
        avcC hvcC lhvC av1C vpcC dvcC dvvC d263 esds pasp colr clap fiel btrt gama mdcv clli SmDm CoLL
        chan alac dac3 dec3 dac4 dOps dfLa damr srat pcmC enda frma mp4a
    """)
) | {bytes(4)}
_PROFILES = frozenset((b"prof", b"rICC"))
_MAX_ENTRIES = 64


def clean_entries(film: bytearray, descriptions: Box, kind: str) -> None:
    """Clear the compressor's name and maker in each entry, and the boxes in it that no player needs. ``kind`` is
    "video", "audio" or "text". Raises CannotAnonymise for copy protection and for subtitles that cannot be searched,
    BrokenRecording."""
    modern = number(film, descriptions.body, 1) == 1
    for count, entry in enumerate(boxes(film, descriptions.body + 8, descriptions.end)):
        if entry.kind in _LOCKED:
            raise CannotAnonymise(ENCRYPTED)
        if count == _MAX_ENTRIES:
            raise BrokenRecording
        if kind == "video":
            wipe(film, entry.body + 12, entry.body + 16)  # the maker
            wipe(film, entry.body + 42, entry.body + 74)  # the compressor's name
            _sift(film, entry.body + 78, entry.end)
        elif kind == "audio":
            wipe(film, entry.body + 12, entry.body + 16)
            _sift(film, entry.body + _sound_header(film, entry, modern), entry.end)
        elif entry.kind not in _READABLE:
            # Captions as CEA-608, XML and pictures.
            raise CannotAnonymise(UNREADABLE)


def _sound_header(film: bytearray, entry: Box, modern: bool) -> int:
    """The octets before the boxes of an audio entry, of which three versions exist (QTFF, Sound Media)."""
    version = number(film, entry.body + 8, 2)
    if modern or version == 0:
        return 28
    if version == 1:
        return 44
    if version == 2:
        return number(film, entry.body + 28) - (entry.body - entry.start)
    raise BrokenRecording


def _sift(film: bytearray, start: int, end: int, *, inside_wave: bool = False) -> None:
    if start > end:
        raise BrokenRecording
    for box in boxes(film, start, end):
        start = box.end
        if box.kind in _LOCKED:
            raise CannotAnonymise(ENCRYPTED)
        if box.kind == b"wave" and not inside_wave:
            _sift(film, box.body, box.end, inside_wave=True)
        elif box.kind not in _KEPT or (box.kind == b"colr" and bytes(film[box.body : box.body + 4]) in _PROFILES):
            blank(film, box)
        elif box.kind in (b"damr", b"d263"):
            wipe(film, box.body, min(box.body + 5, box.end))  # maker and version of the decoder
        elif box.kind == b"dfLa" and box.end - box.body != 42:
            # FLAC's own comments and pictures (the stream info alone has 4 + 4 + 34 octets).
            raise BrokenRecording
    wipe(film, start, end)
