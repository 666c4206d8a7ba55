"""Each strict reader knows what leaves, and catches everything that is planted in it: in files that otherwise have the
form of cleaned ones, so that it is the planted thing that is seen."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pikepdf
import pytest
from PIL import Image

from relay.anonymise.attachments import CLEANERS, scrub_attachments
from relay.anonymise.attachments.recordings.ebml import element, number
from relay.anonymise.attachments.uncleaned import WORDS
from relay.anonymise.identities import Redactor
from relay.anonymise.leak_check.forms.kinds import KINDS, kind_of
from relay.anonymise.leak_check.forms.proof import read_file, reader_for
from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof
from relay.model import Attachment, Identity, Known, Message, Persona

KNOWN = Known(
    Identity(("z91x7q@letters.example",), ("Jane Whitcombe",)),
    Persona("Amber Heron", "amber-heron.x7k2m4@relay.example"),
    Identity(("q5x1@read.example",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example"),
)
SECRET = b"Canon EOS R5 of somebody, 52.5163 N"


def prove(octets: bytes, media_type: str) -> None:
    read_file(Attachment(octets, media_type), Proof(reader_for(KNOWN)))


@cache
def clean(kind: str) -> Attachment:
    """A cleaned file of this kind."""
    media_type = "message/rfc822" if kind == "mail" else "application/octet-stream"
    letter = Message(text="words", attachments=(Attachment(RAW[kind](), media_type, "a.bin"),))
    return scrub_attachments(letter, Redactor(KNOWN)).message.attachments[0]


def picture(family: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 7), "teal").save(out, family)
    return out.getvalue()


def zipped(members: dict[str, bytes], comment: bytes = b"", extra: bytes = b"", year: int = 1980) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            info.create_system, info.extra = 0, extra
            archive.writestr(info, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def members(octets: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OF_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DOCX = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
    'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" '
    f'ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{OF_OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{W}"><w:body><w:p w:rsidR="00A1"><w:ins w:id="1" w:author="Jane" '
    'w:date="2026-03-02T10:00:00Z"><w:r><w:t>words</w:t></w:r></w:ins></w:p></w:body></w:document>',
    "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{OF_OFFICE}/image" '
    'Target="media/image1.png"/></Relationships>',
}
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
ODT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "content.xml": f'<office:document-content xmlns:office="{OFFICE}" xmlns:text="urn:t" xmlns:dc="urn:dc" '
    'xmlns:xlink="urn:x"><office:body><office:annotation><dc:creator>Jane</dc:creator><dc:date>2026-03-02T10:00:00'
    "</dc:date></office:annotation><text:a xlink:href=\"https://books.example/\">a</text:a></office:body>"
    "</office:document-content>",
    "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{MANIFEST}"/>',
}  # fmt: skip
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Jane's Mac//EN\r\nBEGIN:VEVENT\r\nUID:1@jane.example\r\n"
    b"DTSTAMP:20260301T100000Z\r\nDTSTART;TZID=Europe/Berlin:20260302T100000\r\nSUMMARY:Talk\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)
FRAME = b"\xff\xfb\x90\x00" + bytes(range(1, 200)) + bytes(214)


def pdf() -> bytes:
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


def chunked(form: bytes, kind: bytes, order: str, *chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack(order + "L", len(c)) + c + b"\0" * (len(c) & 1) for name, c in chunks)
    return form + struct.pack(order + "L", 4 + len(body)) + kind + body


FMT, SOUND = (b"fmt ", struct.pack("<HHLLHH", 1, 1, 8000, 16000, 2, 16)), bytes(range(251))
COMM = (b"COMM", struct.pack(">hLh", 1, 125, 16) + b"\x40\x0b\xfa\0\0\0\0\0\0\0")


def page(body: list[bytes], number: int, flags: int) -> bytes:
    """An Ogg page of whole packets, each below 255 octets."""
    head = b"OggS\0" + bytes((flags,)) + bytes(8) + struct.pack("<LL", 1, number)
    tail = bytes((len(body), *map(len, body))) + b"".join(body)
    mirror = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
    crc = zlib.crc32((head + bytes(4) + tail).translate(mirror), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return head + int(f"{crc:032b}"[::-1], 2).to_bytes(4, "little") + tail


def opus(tags: bytes = b"") -> bytes:
    head = b"OpusHead\1\1" + bytes(9)
    comments = struct.pack("<L", len(tags)) + tags + bytes(4)
    return page([head], 0, 2) + page([b"OpusTags" + comments], 1, 0) + page([b"sound"], 2, 4)


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">L", 8 + len(body)) + kind + body


def film(
    *, time: int = 0, language: bytes = b"\x55\xc4", movie: bytes = b"", track: bytes = b"", data: bytes = b""
) -> bytes:
    stamp = struct.pack(">LL", time, time)
    entry = box(b"mp4a", bytes(28))
    head = box(b"ftyp", b"M4A ", bytes(4), b"M4A ")
    at = len(head) + 8
    stbl = box(
        b"stbl", box(b"stsd", bytes(4), struct.pack(">L", 1), entry), box(b"stsc", struct.pack(">5L", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">4L", 0, 0, 1, 5)), box(b"stco", struct.pack(">3L", 0, 1, at)),
    )  # fmt: skip
    handler = box(b"hdlr", bytes(8), b"soun", bytes(12))
    dinf = box(b"dinf", box(b"dref", struct.pack(">LL", 0, 1), box(b"url ", b"\0\0\0\1")))
    mdhd = box(b"mdhd", bytes(4), stamp, struct.pack(">LL", 8000, 8), language, bytes(2))
    trak = box(
        b"trak", box(b"tkhd", bytes(4), stamp, bytes(72)), box(b"mdia", mdhd, handler, box(b"minf", dinf, stbl)), track
    )
    return head + box(b"mdat", b"sound", data) + box(b"moov", box(b"mvhd", bytes(4), stamp, bytes(88)), trak, movie)


def flac_frame() -> bytes:
    """A frame of one constant sample with its two checksums (RFC 9639 9.1, 9.3)."""

    def crc(octets: bytes, top: int, polynomial: int) -> int:
        value = 0
        for octet in octets:
            value ^= octet << (top - 8)
            for _ in range(8):
                value = (value << 1 ^ polynomial) if value >> (top - 1) & 1 else value << 1
                value &= (1 << top) - 1
        return value

    head = b"\xff\xf8\xc9\x08\x00"
    frame = head + bytes((crc(head, 8, 0x07),)) + b"\0\0\0"
    return frame + crc(frame, 16, 0x8005).to_bytes(2, "big")


def midi(event: bytes = b"") -> bytes:
    track = event + b"\0\x90\x3c\x40\x60\x3c\0\0\xff\x2f\0" if event[2:3] == b"\3" else event + b"\0\xff\x2f\0"
    return b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + struct.pack(">L", len(track)) + track


def fictionbook() -> bytes:
    binary = base64.b64encode(picture("png")).decode()
    return (
        '<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" '
        'xmlns:l="http://www.w3.org/1999/xlink"><description><title-info><genre>prose</genre><author><first-name>Jane'
        "</first-name></author><book-title>Words</book-title><lang>en</lang></title-info><document-info><author>"
        "<nickname>jane</nickname></author><program-used>FB Editor</program-used><date>2026</date><id>7</id>"
        "<version>1</version></document-info></description><body><section><p>words</p>"
        f'<image l:href="#a.png"/></section></body><binary id="a.png" content-type="image/png">{binary}</binary>'
        "</FictionBook>"
    ).encode()


def matroska(
    app: bytes = b"Matroska", language: bytes = b"und", more: bytes = b"", in_entry: bytes = b"", behind: bytes = b""
) -> bytes:
    info = element(0x1549A966, element(0x4D80, app) + element(0x5741, app))
    told = number(0xD7, 1) + number(0x73C5, 1) + number(0x83, 1) + element(0x22B59C, language) + element(0x86, b"V_VP8")
    entry = element(0x1654AE6B, element(0xAE, told + in_entry))
    cluster = element(0x1F43B675, number(0xE7, 0) + element(0xA3, b"\x81\0\0\x80frame"))
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, info + entry + cluster + more) + behind


BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="a/jane.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    "a/jane.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Words</dc:title><dc:creator>Jane</dc:creator></metadata>'
    '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="c" href="c.css" '
    'media-type="text/css"/></manifest><spine><itemref idref="a"/></spine></package>',
    "a/a.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title><link href="c.css"/>'
    '</head><body><p class="calibre1">words <a href="https://books.example/">a book</a></p></body></html>',
    "a/c.css": ".calibre1 {color: red}",
}


RAW: dict[str, Callable[[], bytes]] = {
    **{family: lambda family=family: picture(family) for family in ("jpeg", "png", "gif", "webp", "tiff")},  # type: ignore[misc]
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><title>a</title><g id="x" style="fill:red"/></svg>',
    "pdf": pdf,
    "office": lambda: zipped({**{k: v.encode() for k, v in DOCX.items()}, "word/media/image1.png": picture("png")}),
    "opendocument": lambda: zipped({k: v.encode() for k, v in ODT.items()}),
    "rtf": lambda: b"{\\rtf1\\ansi{\\fonttbl{\\f0 A;}}{\\*\\atnauthor Jane}\\f0 words\\par}",
    "html": lambda: b"<!doctype html><html><head><title>x</title></head><body><p>a <b>b</b></p>"
    b'<div style="margin:1px" align="center"><a>c</a><font color="red">d</font><table width="9"><tr><td>e<td>f'
    b"</tr></table></div></body></html>",
    "calendar": lambda: CALENDAR,
    "text": lambda: b"some words\n",
    "icons": lambda: picture("ico"),
    "netpbm": lambda: b"P3\n# made with a tool\n1 2\n9\n1 2 3\n4 5 6\n",
    "midi": lambda: midi(b"\0\xff\x03\5Title"),
    "fictionbook": fictionbook,
    "matroska": lambda: matroska(b"Lavf60", b"deu"),
    "ebook": lambda: zipped({k: v.encode() for k, v in BOOK.items()}),
    "mp3": lambda: FRAME * 9,
    "aac": lambda: (bytes.fromhex("fff15080021ffc") + bytes(9)) * 4,
    "ogg": lambda: opus(b"libopus of somebody"),
    "wav": lambda: chunked(b"RIFF", b"WAVE", "<", FMT, (b"data", SOUND)),
    "aiff": lambda: chunked(b"FORM", b"AIFF", ">", COMM, (b"SSND", bytes(8) + SOUND)),
    "flac": lambda: b"fLaC\x80\0\0\x22" + bytes(34) + flac_frame(),
    "amr": lambda: b"#!AMR\n" + bytes((0x0C, *bytes(13))),
    "mp4": film,
    "zip": lambda: zipped({"a.txt": b"words", "b.png": picture("png")}),
}  # fmt: skip


@pytest.mark.parametrize("kind", RAW)
def test_what_a_cleaner_makes_is_proven(kind: str) -> None:
    done = clean(kind)
    assert kind_of(done.content) == kind
    prove(done.content, done.media_type)


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def with_tags(**tags: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 7)).save(out, "TIFF", tiffinfo={int(tag[1:]): value for tag, value in tags.items()})
    return out.getvalue()


def repacked(kind: str, name: str, old: bytes, new: bytes) -> bytes:
    """The clean document with a change in one member."""
    inner = members(clean(kind).content)
    assert old in inner[name], inner[name]
    return zipped({**inner, name: inner[name].replace(old, new, 1)})


def changed(change: Callable[[pikepdf.Pdf], object]) -> bytes:
    """The clean PDF with a change, saved as relay saves it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(clean("pdf").content)) as document:
        change(document)
        document.save(
            out, deterministic_id=True, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return out.getvalue()


def set_on(where: str, key: str, value: object) -> Callable[[pikepdf.Pdf], object]:
    def change(document: pikepdf.Pdf) -> None:
        (document.Root if where == "root" else document.pages[0].obj)[key] = value

    return change


def note(**keys: Any) -> Callable[[pikepdf.Pdf], object]:
    dictionary = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 9, 9], **keys)
    return lambda document: document.pages[0].obj.__setitem__("/Annots", pikepdf.Array([dictionary]))


def planted() -> Iterator[tuple[str, str, bytes]]:
    """(kind, what is planted, octets)."""
    jpeg, png, gif, webp = (clean(kind).content for kind in ("jpeg", "png", "gif", "webp"))
    for marker, payload in (
        *((0xE1, b"Exif\0\0" + SECRET), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET), (0xED, SECRET)),
        *((0xFE, SECRET), (0xE2, b"ICC_PROFILE\0\1\1" + SECRET), (0xE0, b"JFXX\0" + SECRET), (0xE5, SECRET)),
    ):
        yield "jpeg", f"segment {marker:X}", jpeg[:2] + segment(marker, payload) + jpeg[2:]
    yield "jpeg", "behind", jpeg + SECRET
    yield "jpeg", "between scan and end", jpeg[:-2] + segment(0xFE, SECRET) + jpeg[-2:]
    for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"sPLT", b"iCCP", b"caBX", b"prVt"):
        yield "png", kind.decode(), png[:33] + chunk(kind, SECRET) + png[33:]
    yield "png", "screen", png[:33] + chunk(b"cHRM", bytes(32)) + png[33:]
    yield "png", "behind", png + SECRET
    comment = bytes((len(SECRET),)) + SECRET + b"\0"
    yield "gif", "comment", gif[:-1] + b"\x21\xfe" + comment + b"\x3b"
    yield "gif", "XMP", gif[:-1] + b"\x21\xff\x0bXMP DataXMP" + comment + b"\x3b"
    yield "gif", "behind", gif + SECRET
    for kind in (b"EXIF", b"XMP ", b"ICCP", b"JNK1"):
        body = webp[12:] + kind + struct.pack("<L", len(SECRET)) + SECRET + b"\0" * (len(SECRET) & 1)
        yield "webp", kind.decode(), b"RIFF" + struct.pack("<L", 4 + len(body)) + b"WEBP" + body
    yield "webp", "behind", webp + SECRET
    for tag, value in (
        ("t315", "Jane"),
        ("t305", "Paint 4"),
        ("t306", "2026:01:02 03:04:05"),
        ("t316", "mac"),
        ("t270", "x"),
    ):
        yield "tiff", tag, with_tags(**{tag: value})
    yield "tiff", "behind", clean("tiff").content + SECRET
    svg = clean("svg").content
    for new in (
        *(b"<metadata>x</metadata></svg>", b"<!-- Inkscape --></svg>", b'<g id="layer-of-somebody"></g></svg>'),
        *(b'<image xlink:href="https://a.example/a.png"></image></svg>', b"<script>x</script></svg>"),
        *(b'<g style="fill:url(https://a.example)"></g></svg>', b"words</svg>", b'<g data-name="x"></g></svg>'),
    ):
        yield "svg", new.decode(), svg.replace(b"</svg>", new)
    yield "html", "comment", clean("html").content.replace(b"</p>", b"</p><!-- x -->")
    for old, new in (
        *((b"<p>", b'<p class="MsoNormal">'), (b"<p>", b'<p id="x">'), (b"<p>", b'<p style="background:url(x)">')),
        *((b"<b>", b'<img src="https://a.example/1.png"><b>'), (b"<b>", b"<script>x</script><b>")),
        *((b"<head>", b'<head><meta name="author" content="x">'), (b"<b>", b'<a href="file:///home/x"></a><b>')),
    ):
        yield "html", new.decode(), clean("html").content.replace(old, new)
    film_clean = clean("matroska").content
    yield "matroska", "behind", film_clean + SECRET
    yield "matroska", "program", matroska(b"mkvmerge")
    yield "matroska", "language", matroska(language=b"deu")
    yield "matroska", "tags", matroska(more=element(0x1254C367, SECRET))
    yield "matroska", "attached", matroska(more=element(0x1941A469, SECRET))
    yield "matroska", "space", matroska(more=element(0xEC, SECRET))
    yield "matroska", "a track's name", matroska(in_entry=element(0x536E, SECRET))
    for name, old, new in (
        ("package.opf", b"</dc:title>", b"</dc:title><dc:creator>Jane</dc:creator>"),
        ("package.opf", b"2000-01-01T", b"2026-01-01T"),
        ("pages/page1.xhtml", b"<p ", b"<!-- x --><p "),
        ("pages/page1.xhtml", b'class="c1"', b'class="calibre1"'),
        ("pages/page1.xhtml", b"<p ", b'<p data-buyer="7" '),
        ("pages/page1.xhtml", b"<p ", b'<img src="https://a.example/1.gif"/><p '),
        ("pages/page1.xhtml", b"<title>", b'<meta name="generator" content="x"/><title>'),
        ("styles/style2.css", b"color:red", b"color:url(https://a.example)"),
    ):
        yield "ebook", new.decode(), repacked("ebook", f"OEBPS/{name}", old, new)
    yield "ebook", "a file", zipped({**members(clean("ebook").content), "META-INF/calibre_bookmarks.txt": b"x"})
    icons, netpbm = clean("icons").content, clean("netpbm").content
    yield "icons", "behind", icons + SECRET
    yield "icons", "text", icons[:18] + struct.pack("<L", 22 + len(SECRET)) + SECRET + icons[22:]
    yield "netpbm", "comment", netpbm.replace(b"P3\n", b"P3\n# " + SECRET + b"\n")
    yield "netpbm", "behind", netpbm + SECRET
    for event in (b"\0\xff\x03\5Title", b"\0\xff\x01\4Word", b"\0\xff\x7f\2ab", b"\0\xf0\4abc\xf7", b"\0\xff\x02\1c"):
        yield "midi", event.hex(), midi(event)
    yield "midi", "behind", clean("midi").content + SECRET
    book = clean("fictionbook").content
    for old, new in (
        (b"<nickname>Author", b"<nickname>Jane"),
        (b"<genre>", b"<date>2026</date><program-used>x</program-used><genre>"),
        (b"<id>document", b"<id>3f2c"),
        (b"<section>", b'<section><image l:href="https://a.example/a.png"/>'),
        (b"<section>", b'<section data-x="1">'),
        (b"<section>", b"<section><!-- x -->"),
        (base64.b64encode(clean("png").content), base64.b64encode(png_with_text())),
    ):
        assert old in book, old
        yield "fictionbook", new[:40].decode(), book.replace(old, new, 1)
    yield from _documents()
    yield from _recordings()


def _documents() -> Iterator[tuple[str, str, bytes]]:
    name, d = pikepdf.Name, pikepdf.Dictionary
    for what, change in {
        "info": lambda document: document.docinfo.__setitem__("/Author", "Jane"),
        "XMP": lambda document: document.Root.__setitem__("/Metadata", document.make_stream(SECRET)),
        "piece info": set_on("page", "/PieceInfo", d(Word=d(Private="x"))),
        "actions": set_on("root", "/AA", d(WC=d(S=name.JavaScript, JS="x"))),
        "script": set_on("root", "/OpenAction", d(S=name.JavaScript, URI="x")),
        "a program": set_on("root", "/OpenAction", d(S=name.Launch, F=d())),
        "another file": note(Subtype=name.Link, A=d(S=name.GoToR, D="x")),
        "a file link": note(Subtype=name.Link, A=d(S=name.URI, URI="file:///home/jane/a.txt")),
        "an author": note(Subtype=name.Text, Contents="words", T="Jane"),
        "a time": note(Subtype=name.Text, Contents="words", M="D:20260302"),
        "a name": note(Subtype=name.Text, Contents="words", NM="3f2c"),
        "a file": note(Subtype=name.FileAttachment),
        "attached": set_on("root", "/Names", d(EmbeddedFiles=d(Names=[]))),
        "private": set_on("page", "/PTEX.FileName", "/home/jane/a.pdf"),
        "viewport": set_on("page", "/VP", [d(Type=name.Viewport)]),
        "thumbnail": set_on("page", "/Thumb", d()),
    }.items():  # fmt: skip
        yield "pdf", what, changed(change)
    octets = clean("pdf").content
    yield "pdf", "behind", octets + SECRET
    yield "pdf", "a comment", octets.replace(b"endobj\n", b"endobj\n% " + SECRET + b"\n", 1)
    word, part = "word/document.xml", b"<w:p>"
    for new in (
        *(b'<w:p w:rsidR="00A1">', b'<w:p w:rsidRDefault="00A1">', b"<w:p><w:docId/>", b"<w:p><!-- x -->"),
        *(b'<w:p><w:ins w:author="Jane"/>', b'<w:p><w:ins w:author="Author" w:date="2026-01-01"/>', b"<w:p><?x y?>"),
        *(b'<w:p><w:attachedTemplate r:id="r9"/>', b'<w:p xmlns:x="u" x:textId="77777777">'),
    ):
        yield "office", new.decode(), repacked("office", word, part, new)
    inner = members(clean("office").content)
    yield "office", "custom.xml", zipped({**inner, "docProps/custom.xml": SECRET})
    yield (
        "office",
        "core.xml",
        zipped({**inner, "docProps/core.xml": inner["docProps/core.xml"].replace(b"/>", b"> </x>")}),
    )
    rel = b'<Relationship Id="r9" Type="http://x/%s" Target="%s" TargetMode="External"/></Relationships>'
    for kind, target in ((b"attachedTemplate", b"file:///C:/x.dotm"), (b"image", b"https://a.example/a.png"),
                         (b"hyperlink", b"file:///home/jane")):  # fmt: skip
        new = rel % (kind, target)
        yield "office", target.decode(), repacked("office", "word/_rels/document.xml.rels", b"</Relationships>", new)
    dirty = png_with_text()
    yield "office", "a picture", zipped({**inner, next(n for n in inner if "media" in n): dirty})
    for what, octets in archives(inner):
        yield "office", what, octets
    odt = members(clean("opendocument").content)
    for old, new in ((b"<dc:creator>Author", b"<dc:creator>Jane"), (b"2000-01-01T", b"2026-03-02T"),
                     (b"<office:annotation>", b'<office:annotation loext:rsid="7">'),
                     (b"<office:body>", b"<office:body><office:scripts/>"),
                     (b"<office:body>", b'<office:body><draw:image xlink:href="https://a.example/"/>')):  # fmt: skip
        yield "opendocument", new.decode(), repacked("opendocument", "content.xml", old, new)
    yield (
        "opendocument",
        "meta.xml",
        zipped({**odt, "meta.xml": odt["meta.xml"].replace(b"<office:meta/>", b"<office:meta>x</office:meta>")}),
    )
    yield "opendocument", "thumbnail", zipped({**odt, "Thumbnails/thumbnail.png": picture("png")})
    rtf = clean("rtf").content
    for new in (
        *(b"{\\info{\\author Jane}}}", b"{\\*\\generator Word}}", b"\\rsid123 }", b"{\\*\\userprops x}}"),
        *(b"{\\*\\atnauthor Jane}}", b"{\\*\\revtbl{Jane;}}}", b"{\\*\\themedata 00}}", b"\\'e4}\xe4}"),
        b"{\\pict\\jpegblip " + (jpeg_with_comment()).hex().encode() + b"}}",
        b"\\\\{\\pict\\jpegblip " + (jpeg_with_comment()).hex().encode() + b"}}",
        b"\\b\\*\\somebody x}",
    ):
        yield "rtf", new[:30].decode("latin-1"), rtf[:-1] + new
    calendar = clean("calendar").content
    for old, new in (
        *((b"-//relay//EN", b"-//Apple//EN"), (b"SUMMARY", b"X-APPLE-TRAVEL:x\r\nSUMMARY"), (b"UID:", b"UID:jane@")),
        *((b"DTSTART:", b"DTSTART;TZID=Europe/Berlin:"), (b"SUMMARY", b"GEO:1;2\r\nSUMMARY")),
        (b"BEGIN:VEVENT", b"BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"),
    ):
        yield "calendar", new.decode(), calendar.replace(old, new, 1)


def png_with_text() -> bytes:
    octets = clean("png").content
    return octets[:33] + chunk(b"tEXt", SECRET) + octets[33:]


def jpeg_with_comment() -> bytes:
    octets = clean("jpeg").content
    return octets[:2] + segment(0xFE, SECRET) + octets[2:]


def archives(inner: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    yield "comment", zipped(inner, comment=SECRET)
    yield "extra field", zipped(inner, extra=struct.pack("<HH4s", 0x7875, 4, b"abcd"))
    yield "date", zipped(inner, year=2026)
    yield "behind", zipped(inner) + SECRET


def _recordings() -> Iterator[tuple[str, str, bytes]]:
    for what, octets in archives(members(clean("zip").content)):
        yield "zip", what, octets
    yield "zip", "a picture", zipped({"b.png": png_with_text()})
    yield "zip", "a file of a system", zipped({"__MACOSX/._a": b"words"})
    for kind in ("mp3", "aac", "wav", "aiff", "amr", "flac", "ogg", "mp4"):
        octets = clean(kind).content
        yield kind, "behind", octets + b"TAG" + SECRET
        yield kind, "before", b"ID3\4\0\0\0\0\0\x23" + SECRET + octets
    yield "mp3", "encoder", (FRAME[:36] + b"Info" + bytes(4) + b"Lavc60.31" + bytes(27)).ljust(417, b"\0") + FRAME * 2
    yield "wav", "LIST", chunked(b"RIFF", b"WAVE", "<", FMT, (b"data", SOUND), (b"LIST", SECRET))
    yield "wav", "bext", chunked(b"RIFF", b"WAVE", "<", (b"bext", SECRET), FMT, (b"data", SOUND))
    yield "aiff", "NAME", chunked(b"FORM", b"AIFF", ">", COMM, (b"NAME", SECRET), (b"SSND", bytes(8) + SOUND))
    yield "flac", "comment", b"fLaC\0\0\0\x22" + bytes(34) + b"\x84\0\0" + bytes((len(SECRET),)) + SECRET + flac_frame()
    yield "ogg", "comment", opus(SECRET)
    yield "ogg", "between", opus()[:-33] + SECRET + opus()[-33:]
    yield "mp4", "time", film(time=3_700_000_000)
    yield "mp4", "language", film(language=b"\x15\xc7")
    yield "mp4", "user data", film(movie=box(b"udta", box(b"\xa9xyz", SECRET)))
    yield "mp4", "metadata", film(track=box(b"meta", SECRET))
    yield "mp4", "free space", film(movie=box(b"free", SECRET))
    yield "mp4", "data of no track", film(data=SECRET)


PLANTED = list(planted())


@pytest.mark.parametrize(("kind", "what", "octets"), PLANTED, ids=[f"{kind}-{what}" for kind, what, _ in PLANTED])
def test_what_is_planted_is_caught(kind: str, what: str, octets: bytes) -> None:
    if what != "before":
        assert kind_of(octets) == kind  # its own reader has to see it
    with pytest.raises(NotOurForm):
        prove(octets, clean(kind).media_type)


def test_each_kind_has_something_planted() -> None:
    assert {kind for kind, _, _ in PLANTED} | {"text"} == set(RAW)


def test_every_kind_that_is_cleaned_or_refused_has_a_reader() -> None:
    """A new cleaner needs a line in KINDS: a strict reader with the media types it leaves as, or none if what it makes
    is of another kind."""
    assert set(CLEANERS) | set(WORDS) <= set(KINDS)
    assert {kind for kind, one in KINDS.items() if one.types} == {*RAW, "mail", "unknown"}


@pytest.mark.parametrize(
    "octets",
    [b"BEGIN:VCARD\r\nFN:x\r\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"Rar!\x1a\7", b"\x78\x9f\x3e\x22",
     b"BM" + bytes(20), b"\0\0\0\x18ftypheic", b"-----BEGIN PGP PUBLIC KEY BLOCK-----", b"FLV\1", b"%!PS",
     b"\x30\x82\1\1"],
)  # fmt: skip
def test_a_kind_that_is_never_sent_is_refused(octets: bytes) -> None:
    with pytest.raises(NotOurForm):
        prove(octets, "application/octet-stream")
