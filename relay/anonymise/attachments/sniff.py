"""Detects the family of an attachment by its content."""

from __future__ import annotations

import re
from collections.abc import Callable

from relay.anonymise.attachments.acting.table import table
from relay.anonymise.attachments.acting.xml_head import LONGEST, head_of
from relay.anonymise.attachments.pictures.netpbm import is_netpbm
from relay.anonymise.attachments.zip_kinds import family_of_zip
from relay.message.read import charset_guess as charset
from relay.model import Attachment

# Pictures that no cleaner reads: Photoshop, GIMP, JPEG XL and JPEG 2000 (file and bare stream), camera raw of Fujifilm,
# Olympus, Panasonic, Sigma and Minolta, OpenEXR, Radiance, FITS, DirectDraw, DjVu, Paint Shop Pro, icons of macOS,
# InDesign, QOI, BPG.
_OTHER_PICTURES = (
    *(b"8BPS\0", b"gimp xcf", b"\xff\x0a", b"\0\0\0\x0cJXL \r\n", b"\0\0\0\x0cjP  \r\n", b"\xff\x4f\xff\x51"),
    *(b"FUJIFILMCCD-RAW", b"IIRO\x08", b"IIRS\x08", b"MMOR\0", b"IIU\0", b"FOVb\0", b"\0MRM", b"v/1\x01"),
    *(b"#?RADIANCE\n", b"#?RGBE\n", b"SIMPLE  =        ", b"DDS |\0\0\0", b"AT&TFORM", b"Paint Shop Pro Image File"),
    *(b"icns\0", b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", b"qoif\0\0", b"BPG\xfb"),
)
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    *((beginning, "otherpicture") for beginning in _OTHER_PICTURES),
    *((beginning, "postscript") for beginning in (b"\xc5\xd0\xd3\xc6", b"\x04%!PS", b"\x1b%-12345X")),
    (b"{\\rt", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "oldoffice"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"(\xb5/\xfd", "archive"),
    (b"APETAGEX", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"#!AMR", "amr"),
    (b"caff", "audio"),
    (b"MThd", "midi"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"PK00PK\x03\x04", "archive"),
    (b"PK\x07\x08", "archive"),
    (b"MSCF", "archive"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"FLV", "flv"),
    (b"\x30\x26\xb2\x75", "asf"),
    (b"\x00\x05\x16\x07", "fork"),
    (b"\x00\x05\x16\x00", "unknown"),
    (b"\xffWPC", "compound"),  # WordPerfect
    (b"HWP Document File", "compound"),
    (b"TPZ", "kindle"),
    (b"\xeaDRMION\xee", "kindle"),
    (b"CONT\x02\x00", "kindle"),  # KFX
    (b"\x30\x82", "crypto"),
    (b"\x30\x80", "crypto"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_RIFF_ARTWORK = (b"CDR", b"cdr")  # CorelDRAW, before its version
# Kinds whose first octets may be words, in ASCII or another charset: "caffeine", "FLV or MP4?", Cyrillic "язык"
# (Windows-1251), Japanese "0から" (Shift-JIS). A file of such a kind has octets that no text has.
_SIGNED_BY_LETTERS = frozenset(
    str.split("""
        aac aiff archive asf audio avi compound crypto flac flv gif heic kindle midi mp3 mp4 ogg otherpicture tagged
        tnef unknown wav webp
    """)
)
# First atoms of old QuickTime films without a brand.
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_FIRST_OF_LENGTH = 8  # an atom begins with its length: below 128 MB
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

# Text formats, recognised at the beginning of the file, after a byte order mark.
_TEXT_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:<\?xml[^>]{0,200}>\s*)?(?:<\?xml-stylesheet[^>]{0,200}>\s*)*<FictionBook\b"), "fictionbook"),
    # The properties of an Office or OpenDocument package, without the package.
    (
        re.compile(
            r"(?:<\?xml[^>]{0,200}>\s*)?<(?:[\w.-]{1,40}:)?(?:coreProperties|document-meta)\b"
            r"|(?:<\?xml[^>]{0,200}>\s*)?<(?:[\w.-]{1,40}:)?Properties [^>]{0,400}officeDocument/",
        ),
        "fork",
    ),
    (re.compile(r"%!PS|%!FontType"), "postscript"),
    (re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE), "calendar"),
    (re.compile(r"BEGIN:VCARD", re.IGNORECASE), "contact"),
    (re.compile(r"-----BEGIN (?!PGP SIGNED)(?:PGP|CERT|PKCS|CMS|.{0,20}KEY)|ssh-(?:rsa|ed25519) AAAA"), "crypto"),
    (
        re.compile(
            r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*|<!DOCTYPE svg[^>]{0,500}>\s*)*<svg\b", re.I | re.S
        ),
        "svg",
    ),
    (re.compile(r"(?:<!--.{0,2000}?-->\s*)?(?:<!DOCTYPE html|<html|<head|<body)\b", re.I | re.S), "html"),
    (re.compile(r"From \S{1,200} [^\n]{0,80}\d{4}[^\n]{0,20}\n(?:>?[\w-]+:[^\n]*\n|[ \t][^\n]*\n){2}"), "mailbox"),
    (
        re.compile(
            r"(?:return-path|received|delivered-to|mime-version|message-id|x-[\w-]+|from):[^\n]*\n"
            r"(?:[\w-]+:[^\n]*\n|[ \t][^\n]*\n){3}",
            re.IGNORECASE,
        ),
        "mail",
    ),
)
# Types that MIME itself defines: a mail may begin with any octets.
_STRUCTURE = {"message/external-body": "elsewhere", "message/rfc822": "mail", "message/global": "mail"}
_DECLARED = {
    "text/calendar": "calendar",
    "text/vcard": "contact",
    "text/x-vcard": "contact",
    "text/directory": "contact",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "text/rfc822-headers": "mail",
    "message/rfc822-headers": "mail",
    "application/mbox": "mailbox",
    "application/ms-tnef": "tnef",
    "application/pgp-keys": "crypto",
    "application/pgp-signature": "crypto",
    "application/pgp-encrypted": "crypto",
    "application/pkcs7-mime": "crypto",
    "application/pkcs7-signature": "crypto",
    "application/x-pkcs7-mime": "crypto",
    "application/x-pkcs7-signature": "crypto",
    "application/pkix-cert": "crypto",
    "application/x-x509-ca-cert": "crypto",
    "application/x-x509-user-cert": "crypto",
    "application/x-pkcs12": "crypto",
    "image/svg+xml": "svg",
    "image/heic": "heic",
    "image/heif": "heic",
    "image/avif": "heic",
}
_EXTENSIONS = {
    "ics": "calendar",
    "vcf": "contact",
    "eml": "mail",
    "mbox": "mailbox",
    "html": "html",
    "htm": "html",
    "svg": "svg",
}


def family_of(attachment: Attachment) -> str:
    """The family of an attachment; "unknown" when no cleaner and no refusal text exists for it."""
    head = attachment.content[:4096]
    if attachment.media_type in _STRUCTURE:
        return _STRUCTURE[attachment.media_type]
    by_bytes = family_of_zip(attachment.content) if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else _by_bytes(head)
    if by_bytes is not None and (by_bytes not in _SIGNED_BY_LETTERS or _has_controls(attachment.content)):
        return _behind_tags(attachment.content) if by_bytes == "tagged" else by_bytes
    if _is_binary(attachment.content):
        name = (attachment.filename or "").lower()
        binary_key = name.endswith((".gpg", ".pgp", ".sig", ".asc"))
        return _DECLARED.get(attachment.media_type, "crypto" if binary_key else "unknown")
    return _text_family(attachment, head)


def _by_bytes(head: bytes) -> str | None:
    for beginning, family in _BEGINNINGS:
        if head.startswith(beginning):
            return family
    if head.startswith(b"RIFF"):
        return "otherpicture" if head[8:11] in _RIFF_ARTWORK else _RIFF.get(head[8:12], "unknown")
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in _HEIF else "mp4"
    if head[4:8] in _QUICKTIME and head[0] < _FIRST_OF_LENGTH:
        return "mp4"
    return next((family for family, fits in _TRAITS if fits(head)), None)


_TRAITS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("pdf", lambda head: b"%PDF-" in head[:1024]),
    # A Palm database, by its type and creator.
    ("kindle", lambda head: head[60:68] in (b"BOOKMOBI", b"TEXtREAd")),
    ("aiff", lambda head: head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC")),
    ("archive", lambda head: head[257:262] == b"ustar"),
    ("archive", lambda head: head[2:5] == b"-lh" and head[6:7] == b"-"),
    ("icons", lambda head: head[:4] in (b"\0\0\1\0", b"\0\0\2\0") and 0 < head[4] <= 64 and head[5:6] == b"\0"
     and 6 < int.from_bytes(head[18:22], "little") < 1 << 24),
    ("netpbm", is_netpbm),
    ("bmp", lambda head: head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"),
    # The frame header of MPEG audio without tags: eleven set bits, and a layer.
    ("mp3", lambda head: len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and bool(head[1] & 6)
     and head[1] != 0xFE),
    # The frame header of AAC (ADTS): twelve set bits, and no layer.
    ("aac", lambda head: len(head) > 6 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0),
    # Several audio formats may begin with an ID3v2 tag.
    ("tagged", lambda head: head.startswith(b"ID3")),
)  # fmt: skip


def _behind_tags(content: bytes) -> str:
    """The family of sound after ID3v2 tags (ID3v2.4 3.1); MP3 unless recognised otherwise."""
    place = 0
    for _ in range(16):
        head = content[place : place + 10]
        if len(head) < 10 or not head.startswith(b"ID3"):
            break
        place += 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
    behind = _by_bytes(content[place : place + 16].lstrip(b"\0"))
    return behind if behind in ("flac", "aac") else "mp3"


def _is_binary(content: bytes) -> bool:
    return _has_controls(content) and not charset.is_wide(content)


def _has_controls(content: bytes) -> bool:
    return b"\0" in content or sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in content[:4096]) > 4


def _is_flat_office(text: str) -> bool:
    """Whether it is a document of an office program, saved as one XML file."""
    begins = head_of(text)
    if begins is None:
        return "<?mso-application" in text
    if begins.root in ("html", "svg"):
        return False
    return "<?mso-" in begins.prolog.lower() or any(
        space.startswith(table().office_namespaces) for space in (begins.namespace, *begins.declared)
    )


def _text_family(attachment: Attachment, head: bytes) -> str:
    start = charset.beginning(head).lstrip("\ufeff \t\r\n").replace("\r\n", "\n")
    if start.startswith("<") and _is_flat_office(charset.beginning(attachment.content[:LONGEST])):
        return "flatoffice"
    for pattern, family in _TEXT_KINDS:
        if pattern.match(start):
            return family
    if attachment.media_type in _DECLARED:
        return _DECLARED[attachment.media_type]
    name = (attachment.filename or "").lower()
    return _EXTENSIONS.get(name.rpartition(".")[2], "text")
