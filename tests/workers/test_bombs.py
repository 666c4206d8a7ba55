"""Files made to use up a worker end in a refusal or in a letter, never in a dead worker."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from relay.anonymise.attachments.documents.pdf.cuts import MAX_PIECE, PIECE, pieces_of
from relay.model import Headers, Identity, Known, Persona, RebuildOrder, Rebuilt
from relay.refusals import CannotAnonymise, NotProven, Refusal
from relay.workers.pool import Workers
from relay.workers.settings import WorkerSettings

AUTHOR, READER = Persona("Quiet River", "q@relay.example"), Persona("Amber Heron", "a@relay.example")
KNOWN = Known(Identity(("jane.doe@real.example",)), AUTHOR, Identity(("omar@home.example",)), READER)
HEADERS = Headers(AUTHOR.name, AUTHOR.alias, "omar@home.example", "ab@relay.example", datetime(2026, 1, 2, tzinfo=UTC))
# The memory that is shipped. The processor time is three times what is shipped, for slow machines.
SETTINGS = WorkerSettings(1, deadline=300, memory=1 << 30, domain="relay.example", keys=(), cpu_deadline=30)
MB = 1 << 20

Files = dict[str, Callable[[], bytes]]


def letter(octets: bytes, media_type: str) -> RebuildOrder:
    head = b"From: jane.doe@real.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x\r\n"
    head += b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=f\r\nContent-Type: "
    return RebuildOrder(
        head + media_type.encode() + b"\r\n\r\n" + base64.encodebytes(octets) + b"\r\n--x--\r\n", KNOWN, HEADERS
    )


# PDF: objects by number, in a file with a table of where they lie (ISO 32000-2 7.5).


def objects(bodies: dict[int, bytes]) -> bytes:
    out, at, places = [b"%PDF-1.7\n"], 9, {}
    for number, body in bodies.items():
        places[number] = at
        out.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        at += len(out[-1])
    rows = [b"%010d 00000 n \n" % places.get(n, 0) for n in range(max(bodies) + 1)]
    table = b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\n" % (len(rows), b"".join(rows), len(rows))
    return b"".join(out) + table + b"startxref\n%d\n%%%%EOF\n" % at


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Filter/FlateDecode%s/Length %d>>stream\n%s\nendstream" % (entries, len(packed), packed)


def pdf(
    drawn: bytes, more: dict[int, bytes] | None = None, *, page: bytes = b"", names: bytes = b"", entries: bytes = b""
) -> bytes:
    """One page that draws ``drawn`` with the font F1; ``page`` and ``names`` are entries of the page and its resources,
    ``entries`` of the stream of what is drawn."""
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R/Names<</Dests 7 0 R>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</Font<</F1 5 0 R>>%s>>/Contents 4 0 R%s>>"
        % (names, page),
        4: stream(drawn, entries),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        7: b"<<>>",
    }
    return objects(bodies | (more or {}))


def text(shown: bytes) -> bytes:
    return pdf(b"BT /F1 12 Tf\n" + shown + b"\nET")


def map_of(letters: bytes, shown: bytes = b"(A)") -> bytes:
    """A font whose codes stand for what ``letters`` says (9.10.3)."""
    font = b"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W[0 2147483647 1]>>]/ToUnicode 6 0 R>>"
    return pdf(b"BT /F1 12 Tf " + shown + b" Tj ET", {5: font, 6: stream(letters)})


def many_fonts(number: int) -> bytes:
    fonts = dict.fromkeys(range(10, 10 + number), b"<</Type/Font/Subtype/Type1/ToUnicode 6 0 R>>")
    listed = b"".join(b"/G%d %d 0 R" % (n, n) for n in fonts)
    drawn = b"BT " + b" ".join(b"/G%d 1 Tf (A) Tj" % n for n in fonts)
    made = pdf(drawn, {**fonts, 6: stream(b"beginbfchar" + b" <41> <0041>" * 300_000 + b" endbfchar")})
    return made.replace(b"/Font<</F1 5 0 R>>", b"/Font<<" + listed + b">>")


def forms_in_forms(levels: int, width: int) -> bytes:
    """Drawings of which each includes all of the next level, under a note."""
    bodies = {8: b"<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/Contents(x)/AP<</N 10 0 R>>>>"}
    for number in range(levels * width):
        next_level = range((number // width + 1) * width, min((number // width + 2) * width, levels * width))
        inner = b"".join(b"/X%d %d 0 R" % (n, n + 10) for n in next_level)
        form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<%s>>>>" % inner
        bodies[number + 10] = stream(b"".join(b"/X%d Do " % n for n in next_level), form)
    return pdf(b"", bodies, page=b"/Annots[8 0 R]")


def pages(number: int, content: bytes = b"") -> bytes:
    kids = range(10, 10 + number)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    bodies = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (number, listed)}
    return objects({**bodies, 4: stream(content), **dict.fromkeys(kids, page)})


def many_objects(number: int) -> bytes:
    states = range(10, 10 + number)
    listed = b"".join(b"/G%d %d 0 R" % (n, n) for n in states)
    return pdf(b"", dict.fromkeys(states, b"<</CA 1>>"), names=b"/ExtGState<<%s>>" % listed)


def packed_objects(number: int) -> bytes:
    """Objects in a stream of objects, and a stream in the place of the table (7.5.7, 7.5.8)."""
    first = b" ".join(b"%d %d" % (n + 10, n * 10) for n in range(number)) + b"\n"
    inner = stream(first + b"<</CA 1>> " * number, b"/Type/ObjStm/N %d/First %d" % (number, len(first)))
    listed = b"".join(b"/G%d %d 0 R" % (n, n + 10) for n in range(number))
    own = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</ExtGState 5 0 R>>>>",
        4: inner,
        5: b"<<%s>>" % listed,
    }
    out, rows = b"%PDF-1.7\n", [struct.pack(">BII", 0, 0, 0)]
    for key, body in own.items():
        rows.append(struct.pack(">BII", 1, len(out), 0))
        out += b"%d 0 obj\n%s\nendobj\n" % (key, body)
    rows += [bytes(9)] * 4 + [struct.pack(">BII", 2, 4, n) for n in range(number)]
    table = stream(b"".join(rows), b"/Type/XRef/W[1 4 4]/Root 1 0 R/Size %d" % len(rows))
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(rows) + 10, table, len(out))


def image(content: bytes) -> bytes:
    kind = b"/Type/XObject/Subtype/Image/Width 9000/Height 9000/ColorSpace/DeviceGray/BitsPerComponent 8"
    return pdf(b"/I Do", {9: stream(content, kind)}, names=b"/XObject<</I 9 0 R>>")


def chain(number: int, entries: bytes) -> dict[int, bytes]:
    return {n: b"<<" + entries.replace(b"NEXT", b"%d 0 R" % (n + 1)) + b">>" for n in range(10, 10 + number)}


PDF: Files = {
    "700,000 text operators": lambda: text(b"(a) Tj\n" * 700_000),
    "text operators that place text": lambda: text(b"1 0 0 1 5 5 Tm (a) Tj\n" * 700_000),
    "text operators that set spaces": lambda: text(b'1 2 (a) "\n' * 700_000),
    "lists of text": lambda: text((b"[" + b"(a)1" * 200 + b"] TJ ") * 10_000),
    "one list of text": lambda: text(b"[" + b"1 " * (20 * MB) + b"] TJ"),
    "one short list": lambda: text(b"[" + b"1 " * 400_000 + b"] TJ"),
    "one string": lambda: text(b"(" + b"a" * (50 * MB) + b") Tj"),
    "long strings": lambda: text((b"(" + b"a" * 900_000 + b") Tj ") * 60),
    "saved states": lambda: pdf(b"q " * (20 * MB)),
    "matrices": lambda: pdf(b"1 0 0 1 0 0 cm\n" * (2 * MB)),
    "operands without an operator": lambda: pdf(b"1 " * (20 * MB)),
    "names without an operator": lambda: pdf(b"/A " * (20 * MB)),
    "lists in lists in drawing": lambda: pdf(b"[" * (20 * MB)),
    "parentheses in drawing": lambda: pdf(b"(" * (20 * MB)),
    "comments in drawing": lambda: pdf(b"% x\n" * (10 * MB)),
    "marks in drawing": lambda: pdf(b"/P <</MCID 1/ActualText(x)>> BDC EMC " * 300_000),
    "pictures in drawing": lambda: pdf(b"BI /W 1 /H 1 /BPC 8 /CS /G ID a EI " * 500_000),
    "a stream of 150 MB": lambda: pdf(b"\n" * (150 * MB)),
    "a stream packed three times": lambda: pdf(zlib.compress(zlib.compress(bytes(400 * MB), 9), 9)).replace(
        b"/Filter/FlateDecode", b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"
    ),
    "a stream packed by runs": lambda: pdf(b"\x81a" * (4 * MB)).replace(
        b"/Filter/FlateDecode", b"/Filter[/FlateDecode/RunLengthDecode]"
    ),
    "a very wide predictor": lambda: pdf(b"abc", entries=b"/DecodeParms<</Predictor 15/Columns 2000000000>>"),
    "a predictor of many colours": lambda: pdf(
        b"abc", entries=b"/DecodeParms<</Predictor 2/Columns 20000000/Colors 32/BitsPerComponent 16>>"
    ),
    "one large stream on all pages": lambda: pages(1900, b"1 0 m 10.5 20.25 l S\n" * 50_000),
    "100,000 pages": lambda: pages(100_000),
    "240,000 objects": lambda: many_objects(240_000),
    "a million objects in a stream": lambda: packed_objects(1_000_000),
    "a million objects in a table that tells of ten": lambda: packed_objects(1_000_000).replace(
        b"/Size 1000010", b"/Size 10/Index[0 1000010]"
    ),
    "a table of a million rows": lambda: pdf(b"", {900_000: b"null"}),
    "a size of two thousand million": lambda: pdf(b"").replace(b"/Size 8", b"/Size 2147483647"),
    "lists in lists": lambda: pdf(b"", page=b"/Rotate " + b"[" * 100_000 + b"]" * 100_000),
    "dictionaries in dictionaries": lambda: pdf(b"", page=b"/PieceInfo " + b"<</A " * 100_000 + b">>" * 100_000),
    "lists that lead to lists": lambda: pdf(
        b"", {n: b"[%d 0 R]" % (n + 1) for n in range(10, 60_000)}, page=b"/Annots 10 0 R"
    ),
    "drawings within drawings": lambda: forms_in_forms(12, 12),
    "wide drawings within drawings": lambda: forms_in_forms(4, 300),
    "a map of 2^31 codes": lambda: map_of(b"beginbfrange <00000000> <7fffffff> <0041> endbfrange"),
    "a map of many times the same codes": lambda: map_of(
        b"beginbfrange " + b"<0000> <88b8> <0041> " * 180_000 + b"endbfrange"
    ),
    "a map without ends": lambda: map_of(b"beginbfrange " * 300_000),
    "a code of a million letters": lambda: map_of(
        b"begincodespacerange <00> <ff> endcodespacerange beginbfchar <41> <" + b"0041" * 900_000 + b"> endbfchar",
        b"(" + b"A" * 500_000 + b")",
    ),
    "fonts with large maps": lambda: many_fonts(2_000),
    "a font read for each letter": lambda: pdf(
        b"BT " + b"/F1 1 Tf (A) Tj " * 20_000, {6: stream(b"beginbfchar" + b" <41> <0041>" * 300_000 + b" endbfchar")}
    ).replace(b"/F1 5 0 R", b"/F1 <</Type/Font/Subtype/Type1/ToUnicode 6 0 R>>"),
    "named places": lambda: pdf(b"", {7: b"<</Names[%s]>>" % (b"(n)[3 0 R/Fit]" * 120_000)}),
    "a deep tree of named places": lambda: pdf(b"", chain(50_000, b"/Kids[NEXT NEXT]") | {7: b"<</Kids[10 0 R]>>"}),
    "notes": lambda: pdf(b"", page=b"/Annots[%s]" % (b"<</Subtype/Text/Rect[0 0 1 1]/Contents(x)>>" * 40_000)),
    "a picture of 90 MB": lambda: image(bytes(90 * MB)),
}


# Documents, archives, pictures and the rest.


def archive(members: list[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def docx(body: bytes, more: tuple[tuple[str, bytes], ...] = (), packing: int = zipfile.ZIP_STORED) -> bytes:
    schema, types = b"http://schemas.openxmlformats.org/", b"application/vnd.openxmlformats-officedocument."
    listed = (
        b'<Types xmlns="%spackage/2006/content-types"><Default Extension="rels" ContentType="application/'
        b'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        b'<Override PartName="/word/document.xml" ContentType="%swordprocessingml.document.main+xml"/></Types>'
    ) % (schema, types)
    root = (
        b'<Relationships xmlns="%spackage/2006/relationships"><Relationship Id="r" Type="%sofficeDocument/2006/'
        b'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    ) % (schema, schema)
    document = b'<w:document xmlns:w="%swordprocessingml/2006/main"><w:body>%s</w:body></w:document>' % (schema, body)
    parts = [("[Content_Types].xml", listed), ("_rels/.rels", root), ("word/document.xml", document), *more]
    return archive(parts, packing)


def nested(depth: int) -> bytes:
    inner = b"x"
    for level in range(depth):
        inner = archive([(f"{level}.zip", inner)])
    return inner


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(width: int, height: int, pixels: bytes = b"\0", more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)) + more
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def gif(width: int, height: int, frames: int) -> bytes:
    frame = b"\x2c\0\0\0\0" + struct.pack("<HH", width, height) + b"\0\x02\x02\x4c\x01\0"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b"\x3b"


def tiff(width: int, height: int, page_count: int) -> bytes:
    strip = zlib.compress(bytes(width * height), 9)
    out = b"II*\0\x08\0\0\0"
    for page in range(page_count):
        at = len(out) + 2 + 12 * 9 + 4
        tags = {256: width, 257: height, 258: 8, 259: 8, 262: 1, 273: at, 277: 1, 278: height, 279: len(strip)}
        following = at + len(strip) if page < page_count - 1 else 0
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
        out += struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + strip
    return out


def webp(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X\x0a\0\0\0\0\0\0\0" + sizes + b"VP8L\x05\0\0\0\x2f\xff\xff\xff\x0f\0"
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def calendar(lines: bytes) -> bytes:
    event = b"BEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260302T100000Z\r\nDTSTART:20260302T100000Z\r\nSUMMARY:Talk\r\n"
    return b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + event + lines + b"END:VEVENT\r\nEND:VCALENDAR\r\n"


TURNED = chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
PARAGRAPH = b"<w:p><w:r><w:t>hello</w:t></w:r></w:p>"

OTHERS: Files = {
    "docx: empty tags": lambda: docx(b"<a/>" * 4_000_000),
    "docx: empty tags, packed": lambda: docx(
        b"".join(b'<a b="%d"/>' % (n * 7919 % 99991) for n in range(2_500_000)), packing=zipfile.ZIP_DEFLATED
    ),
    "docx: attributes": lambda: docx(b"<w:p " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>"),
    "docx: paragraphs": lambda: docx(PARAGRAPH * 1_000_000, packing=zipfile.ZIP_DEFLATED),
    "docx: deep": lambda: docx(b"<w:p>" * 100_000 + b"</w:p>" * 100_000),
    "docx: one text": lambda: docx(b"<w:p><w:r><w:t>" + b"hello there " * MB + b"</w:t></w:r></w:p>"),
    "docx: many parts": lambda: docx(PARAGRAPH, tuple((f"word/{n}.xml", b"<a/>") for n in range(10_001))),
    "docx: a part of zeros": lambda: docx(
        PARAGRAPH, (("word/media/image1.png", bytes(180 * MB)),), zipfile.ZIP_DEFLATED
    ),
    "zip: nested": lambda: nested(8),
    "zip: many files": lambda: archive([(f"{n}.txt", b"x") for n in range(20_000)]),
    "zip: zeros": lambda: archive([(f"{n}.txt", bytes(30 * MB)) for n in range(10)]),
    "png: 100,000 x 100,000": lambda: png(100_000, 100_000),
    "png: 64 megapixels to be turned": lambda: png(8000, 8000, bytes(32_001 * 8000), TURNED),
    "png: a long comment": lambda: png(1, 1, bytes(5), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 * MB), 9))),
    "png: a long profile": lambda: png(1, 1, bytes(5), chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200 * MB), 9))),
    "png: frames": lambda: png(8000, 8000, more=chunk(b"acTL", struct.pack(">II", 2_000_000_000, 0))),
    "png: chunks": lambda: png(1, 1, bytes(5), chunk(b"tEXt", b"") * 500_000),
    "gif: 65,535 x 65,535": lambda: gif(65_535, 65_535, 1),
    "gif: frames": lambda: gif(8000, 8000, 50_000),
    "webp: 2^24 x 2^24": lambda: webp(1 << 24, 1 << 24),
    "tiff: 64 megapixels": lambda: tiff(8000, 8000, 1),
    "tiff: pages": lambda: tiff(8000, 8000, 60),
    "ics: every second": lambda: calendar(b"RRULE:FREQ=SECONDLY;COUNT=2000000000\r\n"),
    "ics: a long rule": lambda: calendar(b"RRULE:FREQ=YEARLY;BYDAY=" + b",".join([b"MO"] * 50_000) + b"\r\n"),
    "ics: dates": lambda: calendar(b"RDATE:" + b",".join([b"20260302T100000Z"] * 300_000) + b"\r\n"),
    "ics: guests": lambda: calendar(b"ATTENDEE;CN=x:mailto:a@b.example\r\n" * 100_000),
    "rtf: nested": lambda: b"{\\rtf1" + b"{" * 1_000_000 + b"}" * 1_000_001,
    "rtf: words": lambda: b"{\\rtf1" + b"\\b" * (8 * MB) + b"}",
    "rtf: groups": lambda: b"{\\rtf1" + b"{a}" * 500_000 + b"}",
    "svg: deep": lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 50_000 + b"</g>" * 50_000 + b"</svg>",
    "html: deep": lambda: b"<!doctype html><html><body>" + b"<div>" * 100_000 + b"</body></html>",
    "mail: nested": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"From: a@b.example\r\n\r\nx",
}

MEDIA_TYPES = {"pdf": "application/pdf", "docx": "application/zip", "zip": "application/zip", "ics": "text/calendar"}
MEDIA_TYPES |= {"rtf": "application/rtf", "svg": "image/svg+xml", "html": "text/html", "mail": "message/rfc822"}
BOMBS = {f"pdf: {name}": made for name, made in PDF.items()} | OTHERS

LASTING = frozenset(
    {
        "pdf: one large stream on all pages",
        "pdf: text operators that place text",
        "pdf: text operators that set spaces",
        "pdf: matrices",
        "pdf: a million objects in a stream",
        "pdf: a million objects in a table that tells of ten",
        "pdf: 700,000 text operators",
        "pdf: saved states",
        "pdf: fonts with large maps",
        "pdf: names without an operator",
        "pdf: comments in drawing",
        "pdf: marks in drawing",
        "pdf: wide drawings within drawings",
        "pdf: 100,000 pages",
        "pdf: operands without an operator",
        "pdf: lists in lists in drawing",
        "pdf: long strings",
        "pdf: 240,000 objects",
        "png: 64 megapixels to be turned",
        "rtf: groups",
        "rtf: words",
        "tiff: pages",
    }
)
"""Those that take a worker two seconds or more."""


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    made = Workers(SETTINGS)
    await made.open()
    yield made
    await made.close()


@pytest.mark.once
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name in LASTING else name for name in BOMBS]
)
async def test_a_bomb_ends_in_a_refusal_or_a_letter_and_its_worker_lives(name: str, workers: Workers) -> None:
    family, octets = name.partition(":")[0], BOMBS[name]()
    before = set(workers._all)
    try:
        answer = await workers.rebuild(letter(octets, MEDIA_TYPES.get(family, f"image/{family}")))
        assert isinstance(answer, Rebuilt)
    except Refusal as refusal:
        assert isinstance(refusal, CannotAnonymise | NotProven)
        # These are the words for a worker that died, had to be ended, or had no memory left and was lucky.
        assert "could not be opened" not in refusal.detail
        assert "tangled" not in refusal.detail
        assert "too large or too deeply nested" not in refusal.detail
    assert workers._all == before


@pytest.mark.parametrize(
    "drawn",
    [
        b"BT /F1 12 Tf (Hello, reader) Tj ET\n" * 40_000,
        b"BT /F1 12 Tf (a \\( b (c) d) Tj [(x) 1 <4A>] TJ ET % a (comment\n" * 30_000,
        b"/P <</MCID 1 /A [1 2]>> BDC true false null 0 0 m /True gs EMC\n" * 30_000,
        b"10.5 20 m 30 40 l S\n" * 100_000,
    ],
)
def test_a_long_drawing_is_cut_between_instructions_only(drawn: bytes) -> None:
    pieces = list(pieces_of(drawn))
    assert b"".join(pieces) == drawn
    assert len(pieces) > 2
    for piece in pieces[:-1]:
        assert PIECE <= len(piece) < PIECE + 200
        assert piece.split()[-1] in {b"BT", b"Tf", b"Tj", b"TJ", b"ET", b"BDC", b"m", b"gs", b"EMC", b"l", b"S"}


@pytest.mark.parametrize(
    "odd", [b"BI /W 1 /H 1 ID \x00( EI\n", b"(never closed ", b") ", b"] ", b"<4A(> ", b"{ ", b">> ", b"[ [ "]
)
def test_nothing_is_cut_behind_what_readers_may_see_differently(odd: bytes) -> None:
    before, behind = b"0 0 m\n" * 10, b"1 0 0 1 0 0 cm (a) Tj\n" * 20_000
    assert list(pieces_of(before + odd + behind)) == [before + odd + behind]
    with pytest.raises(CannotAnonymise):
        list(pieces_of(odd + behind * (1 + MAX_PIECE // len(behind))))
