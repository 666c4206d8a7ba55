"""The kinds of files, how each is recognised, and which strict reader proves it: one table for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from relay.anonymise.leak_check.forms.calendar import read_calendar
from relay.anonymise.leak_check.forms.epub import read_epub
from relay.anonymise.leak_check.forms.fictionbook import read_fictionbook
from relay.anonymise.leak_check.forms.flac import read_flac
from relay.anonymise.leak_check.forms.frames import read_aac, read_amr, read_mp3
from relay.anonymise.leak_check.forms.gif import read_gif
from relay.anonymise.leak_check.forms.html import read_page
from relay.anonymise.leak_check.forms.icons import read_icons
from relay.anonymise.leak_check.forms.jpeg import read_jpeg
from relay.anonymise.leak_check.forms.matroska import read_matroska
from relay.anonymise.leak_check.forms.midi import read_midi
from relay.anonymise.leak_check.forms.mp4 import read_mp4
from relay.anonymise.leak_check.forms.netpbm import read_netpbm
from relay.anonymise.leak_check.forms.ogg import read_ogg
from relay.anonymise.leak_check.forms.ooxml import read_ooxml
from relay.anonymise.leak_check.forms.opendocument import read_opendocument
from relay.anonymise.leak_check.forms.pdf import read_pdf
from relay.anonymise.leak_check.forms.png import read_png
from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof, readable
from relay.anonymise.leak_check.forms.riff import read_aiff, read_wav
from relay.anonymise.leak_check.forms.rtf import read_rtf
from relay.anonymise.leak_check.forms.svg import read_svg
from relay.anonymise.leak_check.forms.text import read_text
from relay.anonymise.leak_check.forms.tiff import read_tiff
from relay.anonymise.leak_check.forms.webp import read_webp
from relay.anonymise.leak_check.forms.zip import read_zip

Reader = Callable[[bytes, Proof], None]


class Kind(NamedTuple):
    """How one kind leaves: ``reader`` proves its octets, ``types`` are the media types it is sent as."""

    reader: Reader
    types: str = ""

    def prove(self, octets: bytes, proof: Proof) -> None:
        """Read the octets of a file of this kind. Raises NotOurForm."""
        with readable():
            self.reader(octets, proof)


def _never(_octets: bytes, _proof: Proof) -> None:
    """For a kind that is always converted, left out or refused."""
    raise NotOurForm("a kind of file that is not sent")


def _elsewhere(_octets: bytes, _proof: Proof) -> None:
    """For an attached mail, which letter.py reads (proof.py), and a file that relay cannot read."""


KINDS: dict[str, Kind] = {
    "jpeg": Kind(read_jpeg, "image/jpeg"),
    "png": Kind(read_png, "image/png"),
    "gif": Kind(read_gif, "image/gif"),
    "webp": Kind(read_webp, "image/webp"),
    "tiff": Kind(read_tiff, "image/tiff"),
    "svg": Kind(read_svg, r"image/svg\+xml"),
    "icons": Kind(read_icons, r"image/vnd\.microsoft\.icon"),
    "netpbm": Kind(read_netpbm, "image/x-portable-(?:bit|gray|pix|arbitrary)map"),
    "pdf": Kind(read_pdf, "application/pdf"),
    "office": Kind(read_ooxml, r"application/vnd\.openxmlformats-officedocument\.[a-z.]{1,60}"),
    "opendocument": Kind(read_opendocument, r"application/vnd\.oasis\.opendocument\.[a-z-]{1,40}"),
    "fictionbook": Kind(read_fictionbook, r"application/x-fictionbook\+xml"),
    "ebook": Kind(read_epub, r"application/epub\+zip"),
    "rtf": Kind(read_rtf, "application/rtf"),
    "html": Kind(read_page, "text/html"),
    "calendar": Kind(read_calendar, "text/calendar"),
    "text": Kind(read_text, r"text/[a-z0-9.+-]{1,60}"),
    "mp3": Kind(read_mp3, "audio/mpeg"),
    "aac": Kind(read_aac, "audio/aac"),
    "ogg": Kind(read_ogg, "(?:audio|video)/ogg"),
    "wav": Kind(read_wav, "audio/wav"),
    "aiff": Kind(read_aiff, "audio/aiff"),
    "flac": Kind(read_flac, "audio/flac"),
    "amr": Kind(read_amr, "audio/amr(?:-wb)?"),
    "matroska": Kind(read_matroska, "(?:audio|video)/(?:webm|matroska)"),
    "midi": Kind(read_midi, "audio/midi"),
    "mp4": Kind(read_mp4, "(?:audio|video)/(?:mp4|3gpp)|video/quicktime"),
    "zip": Kind(read_zip, "application/zip"),
    "mail": Kind(_elsewhere, "message/rfc822"),
    "unknown": Kind(_elsewhere, r"[a-z]+/[!#$&^_a-z0-9.+-]+"),
    **dict.fromkeys(
        str.split("""
            bmp heic crypto contact fork elsewhere oldoffice flatoffice iwork brokenpackage archive mailbox tnef
            audio video postscript otherpicture programpackage olddocument compound kindle avi asf flv mpeg
        """),
        Kind(_never),
    ),
}  # fmt: skip
"""Every kind of file. A cleaner for a new one needs a line here (a test compares them)."""

# The octets that a kind begins with, or has at an offset.
_OCTETS: tuple[tuple[int, tuple[bytes, ...], str], ...] = (
    (0, (b"\xff\xd8\xff",), "jpeg"),
    (0, (b"\x89PNG\r\n\x1a\n",), "png"),
    (0, (b"GIF87a", b"GIF89a"), "gif"),
    (0, (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "tiff"),
    (0, (b"{\\rt",), "rtf"),
    (8, (b"WEBP",), "webp"),
    (8, (b"WAVE",), "wav"),
    (8, (b"AIFF", b"AIFC"), "aiff"),
    (4, (b"ftyp", b"moov", b"mdat", b"wide", b"pnot"), "mp4"),
    (0, (b"OggS",), "ogg"),
    (0, (b"fLaC",), "flac"),
    (0, (b"#!AMR",), "amr"),
    (0, (b"MThd",), "midi"),
    (0, (b"\xc5\xd0\xd3\xc6", b"\x04%!PS", b"\x1b%-12345X", b"%!PS"), "postscript"),
    (0, (b"8BPS\0", b"gimp xcf", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n"), "otherpicture"),
    (0, (b"\0\0\0\x0cjP  \r\n", b"\xff\x4f\xff\x51", b"AT&TFORM"), "otherpicture"),
    (0, (b"ID3", b"APETAGEX"), "mp3"),
    (30, (b"mimetypeapplication/vnd.oasis.opendocument.",), "opendocument"),
    (30, (b"mimetypeapplication/epub+zip",), "ebook"),
    (30, (b"[Content_Types].xml",), "office"),
    (0, (b"PK\3\4", b"PK\5\6"), "zip"),
    (0, (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), "oldoffice"),
    (0, (b"\x78\x9f\x3e\x22",), "tnef"),
    (0, (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF"), "archive"),
    (0, (b"(\xb5/\xfd", b"PK00PK\3\4", b"PK\7\b"), "archive"),
    (257, (b"ustar",), "archive"),
    (0, (b"caff",), "audio"),
    (8, (b"AVI ",), "avi"),
    (0, (b"\x1aE\xdf\xa3",), "matroska"),
    (0, (b"\0\0\1\xba",), "mpeg"),
    (0, (b"FLV",), "flv"),
    (0, (b"\x30\x26\xb2\x75",), "asf"),
    (0, (b"\xffWPC", b"HWP Document File"), "compound"),
    (0, (b"TPZ", b"\xeaDRMION\xee", b"CONT\2\0"), "kindle"),
    (60, (b"BOOKMOBI", b"TEXtREAd"), "kindle"),
    (0, (b"\0\5\x16\7",), "fork"),
    (0, (b"\x30\x82", b"\x30\x80"), "crypto"),
)
# What precedes the octets at 8 and at 30.
_CONTAINERS = {
    **dict.fromkeys(("webp", "wav"), b"RIFF"),
    "aiff": b"FORM",
    **dict.fromkeys(("opendocument", "ebook", "office"), b"PK\3\4"),
}
# Kinds that are text, or whose first octets no text has. The first octets of all others may be words.
_PLAIN = frozenset(
    str.split("jpeg png tiff rtf pdf postscript netpbm amr zip office opendocument ebook oldoffice matroska")
)
_HEIF = frozenset((b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"))
_GAP = rb"(?:[ \t\r\n\v\f]|#[^\r\n]{0,1000}[\r\n]){1,50}+"
_FORMS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb".{0,1019}?%PDF-", re.DOTALL), "pdf"),
    (re.compile(rb"BM.{4}\0{4}", re.DOTALL), "bmp"),
    (re.compile(rb"\0\0[\x01\x02]\0[\x01-\x40]\0.{12}(?![\0-\x06]\0\0).{3}\0", re.DOTALL), "icons"),
    (re.compile(rb"P7\n|P[14]%b\d{1,6}%b\d|P[2356]%b\d{1,6}%b\d{1,6}%b\d" % ((_GAP,) * 5)), "netpbm"),
    # ADTS (ISO 14496-3 1.A.2.2) and MPEG audio (ISO 11172-3 2.4.2.3): a whole header, a sync word, and no layer or one.
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9].{5}", re.DOTALL), "aac"),
    (re.compile(rb"\xff[\xe2-\xe7\xea-\xef\xf2-\xf7\xfa-\xfd\xff].{2}", re.DOTALL), "mp3"),
)
# Text formats, behind a byte order mark and blanks.
_TEXTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"BEGIN:VCALENDAR", re.IGNORECASE), "calendar"),
    (re.compile(rb"BEGIN:VCARD", re.IGNORECASE), "contact"),
    (re.compile(rb"-----BEGIN PGP (?!SIGNED)|-----BEGIN (?:CERT|PKCS|CMS)|ssh-(?:rsa|ed25519) AAAA"), "crypto"),
    (re.compile(rb"(?:<\?xml[^>]{0,200}>\s*)?<svg\b"), "svg"),
    (re.compile(rb"(?:<\?xml[^>]{0,300}>\s*)?(?:<\?xml-stylesheet[^>]{0,200}>\s*)*<FictionBook\b"), "fictionbook"),
    (re.compile(rb"<!DOCTYPE html|<html\b|<head\b|<body\b", re.IGNORECASE), "html"),
    (re.compile(rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<\?mso-application|<office:document\b|<pkg:package\b)"), "flatoffice"),
)
_FEW = 4  # controls that a text may hold
_BLANK = b"\xef\xbb\xbf \t\r\n"
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(octets: bytes) -> str:
    """The kind of a file by its octets alone; "text" for every other text, "unknown" for other octets."""
    text = b"\0" not in octets and len(_CONTROLS.findall(octets, 0, 4096)) <= _FEW
    found = _kind_by_octets(octets)
    if found and (not text or found in _PLAIN):
        return found
    wide = octets[:2] in (b"\xff\xfe", b"\xfe\xff")
    return _kind_of_text(octets) if text or wide else "unknown"


def _kind_by_octets(octets: bytes) -> str:
    """The kind by its first octets; "" when they are those of none."""
    for at, starts, kind in _OCTETS:
        if octets.startswith(starts, at) and octets.startswith(_CONTAINERS.get(kind, b"")):
            return "heic" if kind == "mp4" and octets[8:12] in _HEIF else kind
    return next((kind for form, kind in _FORMS if form.match(octets)), "")


def _kind_of_text(octets: bytes) -> str:
    start = octets[:4096].lstrip(_BLANK)
    return next((kind for form, kind in _TEXTS if form.match(start)), "text")
