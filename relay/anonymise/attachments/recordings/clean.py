"""Cleans recordings and films: sound and picture stay bit for bit, metadata is removed."""

from __future__ import annotations

from dataclasses import replace

from relay.anonymise.attachments.cleaning import BrokenRecording, Cleaning
from relay.anonymise.attachments.recordings.flac import clean_flac
from relay.anonymise.attachments.recordings.frames import clean_aac, clean_amr, clean_mp3
from relay.anonymise.attachments.recordings.matroska import clean_matroska
from relay.anonymise.attachments.recordings.midi import clean_midi
from relay.anonymise.attachments.recordings.mp4 import clean_mp4
from relay.anonymise.attachments.recordings.ogg import VIDEO, clean_ogg
from relay.anonymise.attachments.recordings.riff import clean_aiff, clean_wav
from relay.anonymise.attachments.sniff import family_of
from relay.model import Attachment
from relay.refusals import CannotAnonymise

_BROKEN = "a recording in this letter is damaged or of a rare kind and cannot be made anonymous; please save it as MP3 "
_BROKEN += "or MP4 and attach it again"
_SIMPLE = {
    "mp3": (clean_mp3, "audio/mpeg"),
    "aac": (clean_aac, "audio/aac"),
    "wav": (clean_wav, "audio/wav"),
    "aiff": (clean_aiff, "audio/aiff"),
    "flac": (clean_flac, "audio/flac"),
    "amr": (clean_amr, "audio/amr"),
}
# Allowed extensions per type; the first is used for files with another one.
_EXTENSIONS = {
    "audio/mpeg": ("mp3", "mp2", "mpga"),
    "audio/aac": ("aac",),
    "audio/wav": ("wav", "wave"),
    "audio/aiff": ("aiff", "aif", "aifc"),
    "audio/flac": ("flac",),
    "audio/amr": ("amr",),
    "audio/amr-wb": ("awb", "amr"),
    "audio/ogg": ("ogg", "oga", "opus", "spx"),
    "video/ogg": ("ogv", "ogg"),
    "audio/midi": ("mid", "midi", "kar"),
    "audio/mp4": ("m4a", "m4b", "m4r", "mp4"),
    "video/mp4": ("mp4", "m4v"),
    "audio/3gpp": ("3gp", "3gpp", "3ga", "3g2"),
    "video/3gpp": ("3gp", "3gpp", "3g2"),
    "video/quicktime": ("mov", "qt"),
    "video/webm": ("webm",),
    "audio/webm": ("weba", "webm"),
    "video/matroska": ("mkv", "mk3d"),
    "audio/matroska": ("mka", "mkv"),
}
_OTHERS = frozenset(("dat", "bin", "mpeg", "mpg", *(name for names in _EXTENSIONS.values() for name in names)))


def clean_recording(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Clean one recording or film, without decoding it. Raises CannotAnonymise when it is damaged, protected or of an
    unsupported kind."""
    try:
        content, media_type = _cleaned(attachment.content, family_of(attachment), cleaning)
    except BrokenRecording as error:
        raise CannotAnonymise(_BROKEN) from error
    if content != attachment.content:
        cleaning.tally.add("recording-metadata")
    return replace(
        attachment, content=content, media_type=media_type, filename=_renamed(attachment.filename, media_type)
    )


def _cleaned(content: bytes, family: str, cleaning: Cleaning) -> tuple[bytes, str]:
    if family == "ogg":
        clean, codecs = clean_ogg(content)
        return clean, "video/ogg" if codecs & VIDEO else "audio/ogg"
    if family == "mp4":
        film = clean_mp4(content, lambda text: bool(cleaning.redactor.find(text)))
        return film.content, _film_type(content[:12], film.moving)
    if family == "matroska":
        return clean_matroska(content, lambda text: bool(cleaning.redactor.find(text)))
    if family == "midi":
        return clean_midi(content, cleaning.redactor), "audio/midi"
    clean_simple, media_type = _SIMPLE[family]
    return clean_simple(content), "audio/amr-wb" if content.startswith(b"#!AMR-WB") else media_type


def _film_type(head: bytes, moving: bool) -> str:
    brand = head[8:12] if head[4:8] == b"ftyp" else b"qt  "
    if brand == b"qt  ":
        return "video/quicktime"
    return ("video/" if moving else "audio/") + ("3gpp" if brand[:2] == b"3g" else "mp4")


def _renamed(filename: str | None, media_type: str) -> str | None:
    """The file name with an extension that fits the type."""
    if filename is None:
        return None
    stem, dot, extension = filename.rpartition(".")
    fitting = _EXTENSIONS[media_type]
    if dot and extension.lower() in fitting:
        return filename
    if not (dot and stem and extension.lower() in _OTHERS):
        stem = filename
    return f"{stem}.{fitting[0]}"
