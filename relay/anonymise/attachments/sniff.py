"""Tells what an attachment is by its bytes, not by what it is called."""

from __future__ import annotations

import re
from collections.abc import Callable

from relay.model import Attachment

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"{\\rt", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "oldoffice"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"(\xb5/\xfd", "archive"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"fLaC", "audio"),
    (b"#!AMR", "audio"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"FLV", "video"),
    (b"\x30\x26\xb2\x75", "video"),
    (b"\x00\x05\x16\x07", "unknown"),
    (b"\x00\x05\x16\x00", "unknown"),
    (b"\x30\x82", "crypto"),
    (b"\x30\x80", "crypto"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "audio", b"AVI ": "video"}
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

# Text that is more than text. Looked for at the beginning of the file, after a byte order mark.
_TEXT_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"BEGIN:VCALENDAR", re.IGNORECASE), "calendar"),
    (re.compile(r"BEGIN:VCARD", re.IGNORECASE), "contact"),
    (re.compile(r"-----BEGIN (?:PGP|CERT|PKCS|.{0,20}KEY)"), "crypto"),
    (
        re.compile(
            r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*|<!DOCTYPE svg[^>]{0,500}>\s*)*<svg\b", re.I | re.S
        ),
        "svg",
    ),
    (re.compile(r"(?:<!--.{0,2000}?-->\s*)?(?:<!DOCTYPE html|<html|<head|<body)\b", re.I | re.S), "html"),
    (
        re.compile(
            r"(?:return-path|received|delivered-to|mime-version|message-id|x-[\w-]+|from):[^\n]*\n"
            r"(?:[\w-]+:[^\n]*\n|[ \t][^\n]*\n){3}",
            re.IGNORECASE,
        ),
        "mail",
    ),
)
_DECLARED = {
    "text/calendar": "calendar",
    "text/vcard": "contact",
    "text/x-vcard": "contact",
    "text/directory": "contact",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "message/rfc822": "mail",
    "message/global": "mail",
    "application/ms-tnef": "tnef",
    "application/pgp-keys": "crypto",
    "application/pgp-signature": "crypto",
    "application/pgp-encrypted": "crypto",
    "application/pkcs7-mime": "crypto",
    "application/pkcs7-signature": "crypto",
    "application/x-pkcs7-mime": "crypto",
    "application/x-pkcs7-signature": "crypto",
    "image/svg+xml": "svg",
    "image/heic": "heic",
    "image/heif": "heic",
    "image/avif": "heic",
}
_EXTENSIONS = {
    "ics": "calendar",
    "vcf": "contact",
    "eml": "mail",
    "html": "html",
    "htm": "html",
    "svg": "svg",
    "asc": "crypto",
}


def family_of(attachment: Attachment) -> str:
    """The family of an attachment; "unknown" when no cleaner and no refusal knows it."""
    head = attachment.content[:4096]
    by_bytes = _by_bytes(head)
    if by_bytes is not None:
        return by_bytes
    if _is_binary(attachment.content):
        return _DECLARED.get(attachment.media_type, "unknown")
    return _text_family(attachment, head)


def _by_bytes(head: bytes) -> str | None:
    for beginning, family in _BEGINNINGS:
        if head.startswith(beginning):
            return family
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "unknown")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_family(head)
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in _HEIF else "audio" if head[8:12] in (b"M4A ", b"M4B ") else "video"
    return next((family for family, fits in _TRAITS if fits(head)), None)


_TRAITS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("pdf", lambda head: b"%PDF-" in head[:1024]),
    ("audio", lambda head: head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC")),
    ("bmp", lambda head: head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"),
    # The frame header of MPEG audio without tags: eleven set bits, and a layer.
    ("audio", lambda head: len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and bool(head[1] & 6)
     and head[1] != 0xFE),
)  # fmt: skip


def _zip_family(head: bytes) -> str:
    if b"mimetypeapplication/vnd.oasis.opendocument" in head[:200]:
        return "opendocument"
    if (
        b"[Content_Types].xml" in head
        or b"word/" in head
        or b"xl/" in head
        or b"ppt/" in head
        or b"_rels/.rels" in head
    ):
        return "office"
    return "archive"


def _is_binary(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return b"\0" in content or sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in content[:4096]) > 4


def _text_family(attachment: Attachment, head: bytes) -> str:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    start = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n").replace("\r\n", "\n")
    for pattern, family in _TEXT_KINDS:
        if pattern.match(start):
            return family
    if attachment.media_type in _DECLARED:
        return _DECLARED[attachment.media_type]
    name = (attachment.filename or "").lower()
    return _EXTENSIONS.get(name.rpartition(".")[2], "text")
