"""Harnesses of the cleaners of attached files, each fed with the octets of a file of its kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.attachments.cleaning import LeftOut
from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.check import leak_check
from relay.anonymise.leak_check.forms.kinds import KINDS
from relay.anonymise.leak_check.forms.letter import read_letter
from relay.anonymise.leak_check.forms.proof import read_file, reader_for
from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof
from relay.model import Attachment, Message
from relay.refusals import Refusal

from .harness import KNOWN, Harness

_REDACTOR = Redactor(KNOWN)
_CLEANED = ("relay.anonymise.attachments.sniff:family_of",)
FAMILIES = (
    "pdf",
    "rtf",
    "svg",
    "calendar",
    "html",
    "mail",
    "text",
    "zip",
    "office",
    "opendocument",
    "heic",
    "oldoffice",
)
PICTURES = ("jpeg", "png", "gif", "webp", "tiff", "bmp")
RECORDINGS = ("mp3", "aac", "ogg", "wav", "aiff", "flac", "amr", "mp4", "matroska")
_TYPES = {"svg": "image/svg+xml", "calendar": "text/calendar", "html": "text/html", "text": "text/plain",
          "mail": "message/rfc822"}  # fmt: skip


def _clean(media_type: str) -> Callable[[bytes], None]:
    def run(octets: bytes) -> None:
        letter = Message("", "words", None, (Attachment(octets, media_type, "a.bin"),))
        done = scrub_attachments(letter, _REDACTOR).message
        for one in done.attachments:
            # Whatever a cleaner lets pass, the strict reader of its kind must know.
            if one.media_type == "message/rfc822":
                read_letter(one.content)
            else:
                read_file(one, Proof(reader_for(KNOWN)))
            # Cleaning what was cleaned must not fail: members send files back and forth.
            scrub_attachments(Message("", "words", None, (one,)), _REDACTOR)

    return run


def _picture(family: str) -> bytes:
    octets = io.BytesIO()
    picture = Image.new("RGB", (8, 8), "red")
    if family in {"jpeg", "png", "webp"}:
        picture.save(octets, family.upper(), exif=_exif())
    else:
        picture.save(octets, family.upper())
    return octets.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Jane Whitcombe"
    return exif


_BY_HAND = {
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj 4 0 obj<</Length 20>>stream\n"
    b"BT (jane) Tj ET 0 0 m\nendstream endobj trailer<</Root 1 0 R/Info<</Author(Jane)>>>>",
    "rtf": b"{\\rtf1\\ansi{\\info{\\author Jane}}{\\fonttbl{\\f0 A;}}"
    b"\\f0 a\\'e4\\u228?{\\*\\x y}{\\pict\\pngblip 00}\\bin3 abc}",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><title>Jane</title><style>.a{fill:red}</style><path class="a" '
    b'd="M0 0"/><image href="data:image/png;base64,AA=="/><text>x</text></svg>',
    "calendar": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@real.example\r\n"
    b"DTSTART;TZID=Europe/Berlin:20260302T100000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Talk\r\n"
    b"ORGANIZER;CN=Jane:mailto:jane@real.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "html": b"<!doctype html><html><head><title>x</title></head><body><p>a</p></body></html>",
    "text": b"some words of jane@real.example\n",
    "mail": b"From: jane@real.example\r\nTo: omar@home.example\r\nSubject: x\r\n\r\nwords\r\n",
    "wav": b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0" + bytes(8),
    "amr": b"#!AMR\n" + bytes([0x0C]) + bytes(13),
    "aac": bytes.fromhex("fff15080021ffc") + bytes(9),
    "mp3": (b"\xff\xfb\x90\x00" + bytes(413)) * 3,
    "matroska": b"\x1aE\xdf\xa3\x87B\x82\x84webm\x18S\x80g\xb8\x15I\xa9f\x87{\xa9\x84Jane\x16T\xaek\x96\xae\x94\xd7\x81"
    b"\x01\x83\x81\x01\x86\x85V_VP8Sn\x84Jane\x1fC\xb6u\x8a\xe7\x81\0\xa3\x85\x81\0\0\x80a",
    "oldoffice": (Path(__file__).parents[1] / "workers" / "converters" / "files" / "letter.doc").read_bytes(),
    "flac": b"fLaC\x80\0\0\x22" + bytes(34) + b"\xff\xf8" + bytes(20),
}


def _seeds(family: str) -> tuple[bytes, ...]:
    if family in PICTURES:
        return (_picture(family),)
    return (_BY_HAND[family],) if family in _BY_HAND else ()


# A package is a ZIP, and chance octets are none: so one member of a whole document is exchanged.
_DOCX = {
    "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType='
    b'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    b'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>',
    "word/document.xml": b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    b'<w:p w:rsidR="00A1"><w:r><w:t>words of Jane</w:t></w:r><w:ins w:author="Jane"><w:r><w:t>x</w:t></w:r></w:ins>'
    b"</w:p></w:body></w:document>",
}
_ODT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    b'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
    "content.xml": b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>words of Jane'
    b"</text:p></office:text></office:body></office:document-content>",
}
_EPUB = {
    "mimetype": b"application/epub+zip",
    "META-INF/container.xml": b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    b'<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    "a.opf": b'<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata><creator>Jane</creator></metadata>'
    b'<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="c" href="c.css" media-type='
    b'"text/css"/><item id="n" href="n.ncx" media-type="application/x-dtbncx+xml"/><item id="f" href="f.ttf" '
    b'media-type="font/ttf"/></manifest><spine toc="n"><itemref idref="a"/></spine></package>',
    "a.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body class="jane"><p>words '
    b'of J<b>ane</b>&nbsp;<a href="a.xhtml#x">y</a></p></body></html>',
    "c.css": b"@media screen { .jane > p { color: red } } a { background: url(a.png) }",
    "n.ncx": b"<ncx><navMap><navPoint><navLabel><text>Jane</text></navLabel><content src='a.xhtml'/></navPoint>"
    b"</navMap></ncx>",
    "f.ttf": b"\0\1\0\0\0\1\0\0\0\0\0\0head\0\0\0\0\0\0\0\x1c\0\0\0\4Jane",
}


def _within(document: dict[str, bytes]) -> Callable[[bytes], None]:
    clean = _clean("application/octet-stream")
    names = list(document)

    def run(octets: bytes) -> None:
        which = names[octets[0] % len(names)] if octets else names[-1]
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            for name, content in document.items():
                archive.writestr(name, octets[1:] if name == which else content)
        clean(package.getvalue())

    return run


def _parts(document: dict[str, bytes]) -> tuple[bytes, ...]:
    return tuple(bytes([number]) + content for number, content in enumerate(document.values()))


@cache
def _looked_at() -> Message:
    return Message("words", "words")


def _form(kind: str) -> Callable[[bytes], None]:
    return lambda octets: KINDS[kind].prove(octets, Proof(reader_for(KNOWN)))


def _leak_check(octets: bytes) -> None:
    leak_check(_looked_at(), [], octets, KNOWN, ("m1@real.example",))


_READ = tuple(kind for kind in KINDS if KINDS[kind].types and kind not in ("mail", "unknown"))


HARNESSES = (
    *(
        Harness(
            family, _clean(_TYPES.get(family, "application/octet-stream")), _seeds(family), _CLEANED,
            may=(Refusal, LeftOut), seconds=8.0, longest=65_536,
        )
        for family in (*FAMILIES, *PICTURES, *RECORDINGS)
    ),
    Harness("office-parts", _within(_DOCX), _parts(_DOCX), may=(Refusal, LeftOut), seconds=8.0),
    Harness("opendocument-parts", _within(_ODT), _parts(_ODT), may=(Refusal, LeftOut), seconds=8.0),
    Harness("ebook-parts", _within(_EPUB), _parts(_EPUB), may=(Refusal, LeftOut), seconds=8.0),
    *(
        Harness(f"form-{kind}", _form(kind), _seeds(kind), _CLEANED, may=(NotOurForm,), longest=65_536)
        for kind in _READ
    ),
    Harness("last-look", _leak_check, (b"a\r\nSmFuZQ==\r\n", b"=6aane%40real.example"), seconds=8.0),
)  # fmt: skip
