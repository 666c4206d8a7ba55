"""Word documents: all that a reader sees stays, nothing of who wrote it, where and with what."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape

import docx
import pytest
from PIL import Image

from relay.model import Attachment
from relay.refusals import CannotAnonymise

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
BASE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MAIN = f"{BASE}.document.main+xml"
DATE = 'w:date="2026-11-03T10:00:00Z"'

BODY = f"""<?xml version="1.0"?><!-- jwhit42 was here --><w:document {NAMESPACES}><w:body>
<w:p w:rsidR="00A1B2C3" w14:paraId="1A2B3C4D" w14:textId="77777777"><w:r><w:t>I am Jane Whit</w:t></w:r>
 <w:proofErr w:type="spellStart"/><w:r w:rsidRPr="00A1B2C3"><w:rPr><w:b/></w:rPr><w:t>com</w:t></w:r>
 <w:r><w:t xml:space="preserve">be, and the sun shines.</w:t></w:r></w:p>
<w:p><w:ins w:id="1" w:author="J Whit (colleague)" {DATE}><w:r><w:t>An inserted line.</w:t></w:r></w:ins>
 <w:del w:id="2" w:author="jwhit42" {DATE}><w:r>
 <w:delText>A deleted line of jane.whitcombe@northbank.exam</w:delText></w:r>
 <w:r><w:delText>ple.</w:delText></w:r></w:del></w:p>
<w:p><w:r><w:t>Tom A</w:t></w:r><w:del w:id="3" w:author="jwhit42"><w:r><w:delText>xx</w:delText></w:r></w:del>
 <w:r><w:t>bara is split by a deletion.</w:t></w:r></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Tom A</w:t></w:r><w:del w:id="4" w:author="jwhit42"><w:r>
 <w:delText>yy</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>bara hidden.</w:t></w:r></w:p>
<w:p><w:r><w:t>Jane Whit</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>qq</w:t></w:r><w:r><w:t>combe hides.</w:t>
 </w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "mailto:jane.whit</w:instrText></w:r>
 <w:r><w:instrText>combe@northbank.example" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>
 <w:r><w:t>write to me</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> USERNAME \\* MERGEFORMAT </w:instrText></w:r>
 <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>jwh</w:t></w:r><w:r><w:t>it42</w:t></w:r>
 <w:r><w:fldChar w:fldCharType="end"/></w:r><w:fldSimple w:instr=" FILENAME \\p "><w:r>
 <w:t>C:\\Users\\jwhit42\\x.docx</w:t></w:r></w:fldSimple></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>
 <w:instrText>INCLUDEPICTURE "\\\\\\\\nb-laptop\\\\share\\\\p.png"</w:instrText>
 </w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>The picture.</w:t></w:r><w:r>
 <w:fldChar w:fldCharType="end"/></w:r></w:p>
<w:p><w:bookmarkStart w:id="5" w:name="WhitcombeMark"/><w:r><w:t>Marked.</w:t></w:r><w:bookmarkEnd w:id="5"/>
 <w:hyperlink w:anchor="WhitcombeMark"><w:r><w:t>To the mark.</w:t></w:r></w:hyperlink>
 <w:hyperlink r:id="rId20"><w:r><w:t>A page.</w:t></w:r></w:hyperlink>
 <w:hyperlink r:id="rId21"><w:r><w:t>A file.</w:t></w:r></w:hyperlink></w:p>
<w:sdt><w:sdtPr><w:alias w:val="Name of Jane Whitcombe"/><w:dataBinding w:xpath="/jwhit42" w:storeItemID="x"/></w:sdtPr>
 <w:sdtContent><w:p><w:smartTag w:uri="urn:x" w:element="colleague"><w:r><w:t>Bound.</w:t></w:r></w:smartTag></w:p>
 </w:sdtContent></w:sdt>
<w:sdt><w:sdtPr><w:dataBinding w:xpath="/ns1:coreProperties[1]/ns0:creator[1]"/></w:sdtPr><w:sdtContent><w:r>
 <w:t>J. Coll</w:t></w:r><w:r><w:t>eague</w:t></w:r></w:sdtContent></w:sdt>
<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="C:\\Users\\jwhit42\\p.jpg" descr="Jane Whitcombe at work"/>
 <a:blip r:embed="rId22" r:link="rId23"/></wp:inline></w:drawing></w:r></w:p>
<w:p><w:permStart w:id="9" w:ed="NORTHBANK\\jwhit42"/><w:r><w:footnoteReference w:id="2"/><w:t>Ende.</w:t></w:r></w:p>
<w:p><w:r><w:pict><v:shape alt="Tom Abara" o:href="file:///c:/jwhit42">
 <v:imagedata r:id="rId22" o:title="tom.abara@gmx.example"/>
 </v:shape></w:pict></w:r></w:p>
<w:sectPr w:rsidR="00A1B2C3" w:rsidOfTomorrow="00A1B2C3"><w:headerReference w:type="default" r:id="rId24"/>
</w:sectPr></w:body></w:document>"""

SETTINGS = f"""<w:settings {NAMESPACES}><w:attachedTemplate r:id="rId1"/><w:rsids><w:rsidRoot w:val="00A1B2C3"/>
 </w:rsids>
<w:docVars><w:docVar w:name="jwhit42" w:val="x"/></w:docVars><w:trackRevisions/><w14:docId w14:val="12345678"/>
<w15:docId w15:val="{{AAAAAAAA-0000-0000-0000-000000000000}}"/><w:defaultTabStop w:val="708"/></w:settings>"""


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "jwhit42"
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def letter(ooxml: Callable[..., bytes]) -> bytes:
    """A document with an identity in every corner."""
    note = (
        f'<w:footnotes {NAMESPACES}><w:footnote w:id="2"><w:p><w:r><w:t>Note of Jane</w:t></w:r><w:r><w:t> Whitcombe.'
    )
    header = (
        f"<w:hdr {NAMESPACES}><w:p><w:r><w:t>Northbank</w:t></w:r><w:r><w:t> Advisory header</w:t></w:r></w:p></w:hdr>"
    )
    comment = (
        f'<w:comments {NAMESPACES}><w:comment w:id="0" w:author="J. Colleague" w:initials="JWHIT42" {DATE}>'
        '<w:p w14:paraId="1A2B3C4D"><w:r><w:t>A remark.</w:t></w:r></w:p></w:comment></w:comments>'
    )
    extended = f'<w15:commentsEx {NAMESPACES}><w15:commentEx w15:paraId="1A2B3C4D" w15:done="1"/></w15:commentsEx>'
    parts = {
        "word/document.xml": (MAIN, BODY),
        "word/settings.xml": (f"{BASE}.settings+xml", SETTINGS),
        "word/footnotes.xml": (f"{BASE}.footnotes+xml", note + "combe.</w:t></w:r></w:p></w:footnote></w:footnotes>"),
        "word/whitcombe.xml": (f"{BASE}.header+xml", header),
        "word/comments.xml": (f"{BASE}.comments+xml", comment),
        "word/commentsExtended.xml": (f"{BASE}.commentsExtended+xml", extended),
        "word/people.xml": (f"{BASE}.people+xml", f"<w15:people {NAMESPACES}>jwhit42</w15:people>"),
        "word/media/jwhit42.jpg": ("image/jpeg", picture()),
        "word/printerSettings1.bin": ("application/vnd.printer", b"\\\\nb-laptop\\printer"),
        "customXml/item1.xml": ("application/xml", "<x>jwhit42</x>"),
        "docProps/core.xml": ("application/vnd.openxmlformats-package.core-properties+xml", "<x>jwhit42</x>"),
        "docProps/thumbnail.jpeg": ("image/jpeg", picture()),
        "secret/unreachable.xml": ("application/xml", "<x>jwhit42</x>"),
    }
    links = {
        "word/document.xml": [
            ("rId1", "settings", "settings.xml"),
            ("rId2", "footnotes", "footnotes.xml"),
            ("rId3", "comments", "comments.xml"),
            ("rId4", "http://schemas.microsoft.com/office/2011/relationships/commentsExtended", "commentsExtended.xml"),
            ("rId5", "http://schemas.microsoft.com/office/2011/relationships/people", "people.xml"),
            ("rId6", "customXml", "../customXml/item1.xml"),
            ("rId7", "printerSettings", "printerSettings1.bin"),
            ("rId20", "hyperlink", "https://example.org/a?fbclid=jwhit42"),
            ("rId21", "hyperlink", "file:///C:/Users/jwhit42/x.txt"),
            ("rId22", "image", "media/jwhit42.jpg"),
            ("rId23", "image", "https://tracker.example/jwhit42.png"),
            ("rId24", "header", "whitcombe.xml"),
        ],
        "word/settings.xml": [("rId1", "attachedTemplate", "file:///C:/Users/jwhit42/t.dotx")],
    }
    return ooxml("word/document.xml", parts, links)


def seen(member: bytes) -> str:
    """The text of a part, without what is between runs."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r">\s+<", "><", member.decode())))


def test_nothing_telling_is_left_in_any_corner(
    letter: bytes, clean: Callable[..., Attachment], telling: Callable[[bytes], list[str]]
) -> None:
    done = clean(letter, "letter.docx")
    assert telling(done.content) == []
    assert done.media_type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_all_that_a_reader_sees_is_there(
    letter: bytes, clean: Callable[..., Attachment], inside: Callable[[bytes], dict[str, bytes]]
) -> None:
    members = inside(clean(letter).content)
    text = seen(members["word/document.xml"])
    for line in (
        "I am Amber Heron, and the sun shines.", "An inserted line.", "A deleted line of amber-heron.x7k2m4@",
        "write to me", "The picture.", "Marked.", "To the mark.", "A page.", "A file.", "Bound.", "Ende.",
        "is split by a deletion.", "hides.",
    ):  # fmt: skip
        assert line in text
    assert "bara" not in text and "combe" not in text
    assert "Note of Amber Heron." in seen(members["word/footnotes.xml"])
    assert "A remark." in seen(members["word/comments.xml"])


def test_tracked_changes_and_comments_keep_their_place_under_a_neutral_author(
    letter: bytes, clean: Callable[..., Attachment], inside: Callable[[bytes], dict[str, bytes]]
) -> None:
    members = inside(clean(letter).content)
    body = members["word/document.xml"].decode()
    assert '<w:ins w:id="1" w:author="Author">' in body
    assert body.count('w:author="Author"') == 4
    assert "rsid" not in body
    assert b'w:author="Author" w:initials="A"' in members["word/comments.xml"]
    mark = re.search(rb'paraId="(\w+)"', members["word/comments.xml"])
    assert mark and mark[1] in members["word/commentsExtended.xml"] and mark[1] != b"1A2B3C4D"


def test_links_lead_where_anybody_may_go(
    letter: bytes, clean: Callable[..., Attachment], inside: Callable[[bytes], dict[str, bytes]]
) -> None:
    members = inside(clean(letter).content)
    relations = members["word/_rels/document.xml.rels"].decode()
    assert 'Target="https://example.org/a"' in relations
    assert "rId21" not in relations and "rId23" not in relations
    body = members["word/document.xml"].decode()
    assert 'HYPERLINK "mailto:amber-heron.x7k2m4@relay.example.org"' in seen(members["word/document.xml"])
    anchor = re.search(r'w:anchor="(\w+)"', body)
    assert anchor and f'w:name="{anchor[1]}"' in body


def test_the_new_package_says_nothing_of_its_making(letter: bytes, clean: Callable[..., Attachment]) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(clean(letter).content)) as archive:
        assert archive.comment == b""
        for member in archive.infolist():
            assert (member.date_time, member.extra, member.comment) == ((1980, 1, 1, 0, 0, 0), b"", b"")
        names = archive.namelist()
    assert names[0] == "[Content_Types].xml"
    assert not [name for name in names if re.search("custom|thumb|people|printer|unreach", name)]
    assert clean(letter).content == clean(letter).content


def test_a_document_of_a_real_library_opens_again_with_its_text_and_picture(clean: Callable[..., Attachment]) -> None:
    made = docx.Document()
    made.add_heading("A plan", 1)
    made.add_paragraph("First, we read.", style="List Bullet")
    made.add_picture(io.BytesIO(picture()))
    made.add_table(2, 2).cell(0, 1).text = "Jane Whitcombe"
    made.core_properties.author = "jwhit42"
    out = io.BytesIO()
    made.save(out)
    again = docx.Document(io.BytesIO(clean(out.getvalue(), "plan.docx").content))
    assert [p.text for p in again.paragraphs][:2] == ["A plan", "First, we read."]
    assert again.paragraphs[1].style is not None and again.paragraphs[1].style.name == "List Bullet"
    assert again.tables[0].cell(0, 1).text == "Amber Heron"
    assert len(again.inline_shapes) == 1
    assert again.core_properties.author == ""


def test_a_drawing_with_a_picture_of_it_is_passed_as_the_picture(
    ooxml: Callable[..., bytes], clean: Callable[..., Attachment], inside: Callable[[bytes], dict[str, bytes]]
) -> None:
    drawing = '<a:ext uri="x"><s:svgBlip xmlns:s="s" r:embed="rId2"/></a:ext>'
    blip = f'<a:blip r:embed="rId1"><a:extLst>{drawing}</a:extLst></a:blip>'
    parts = {
        "word/document.xml": (MAIN, f"<w:document {NAMESPACES}>{blip}</w:document>"),
        "word/media/a.jpg": ("image/jpeg", picture()),
        "word/media/a.svg": ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    }
    links = {"word/document.xml": [("rId1", "image", "media/a.jpg"), ("rId2", "image", "media/a.svg")]}
    members = inside(clean(ooxml("word/document.xml", parts, links)).content)
    assert b'<a:blip r:embed="rId1"/>' in members["word/document.xml"]
    assert not [name for name in members if name.endswith("svg")]


@pytest.mark.parametrize(
    ("kind", "link", "words"),
    [
        ("application/vnd.ms-word.document.macroEnabled.main+xml", None, "macros"),
        (MAIN, ("rId9", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vba.bin"), "macros"),
        (MAIN, ("rId9", "control", "activeX1.xml"), "macros"),
        (MAIN, ("rId9", "oleObject", "vba.bin"), "object of another program"),
        (MAIN, ("rId9", "image", "vba.bin"), "cannot be made anonymous"),
        (MAIN, ("rId9", "image", "drawing.emf"), "JPEG or PNG"),
    ],
)
def test_what_cannot_be_looked_into_is_refused_in_kind_words(
    kind: str,
    link: tuple[str, str, str] | None,
    words: str,
    ooxml: Callable[..., bytes],
    clean: Callable[..., Attachment],
) -> None:
    parts = {
        "word/document.xml": (kind, f"<w:document {NAMESPACES}/>"),
        "word/drawing.emf": ("image/x-emf", b"\1\0\0\0\x6c\0\0\0"),
        "word/vba.bin": ("application/octet-stream", b"\xd0\xcf\x11\xe0\0\0\0\0"),
    }
    with pytest.raises(CannotAnonymise, match=words) as refusal:
        clean(ooxml("word/document.xml", parts, {"word/document.xml": [link] if link else []}))
    assert refusal.value.detail.isascii()


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><w:document/>',
        "<w:document",
        "",
        '<?xml version="1.0" encoding="UTF-7"?><a/>',
        "<a>" * 400 + "</a>" * 400,
    ],
)
def test_xml_that_is_no_document_is_refused(
    body: str, ooxml: Callable[..., bytes], clean: Callable[..., Attachment]
) -> None:
    with pytest.raises(CannotAnonymise):
        clean(ooxml("word/document.xml", {"word/document.xml": (MAIN, body)}, {}))


def test_bombs_are_refused_before_they_unfold(
    ooxml: Callable[..., bytes], clean: Callable[..., Attachment], package: Callable[..., bytes]
) -> None:
    parts = {"word/document.xml": (MAIN, b"<a>" + b" " * (60 << 20) + b"</a>")}
    with pytest.raises(CannotAnonymise, match="far more"):
        clean(ooxml("word/document.xml", parts, {}))
    many = package({"[Content_Types].xml": "", "_rels/.rels": "", **{f"{number}": b"" for number in range(11_000)}})
    with pytest.raises(CannotAnonymise):
        clean(many)


def test_a_damaged_package_is_refused(letter: bytes, clean: Callable[..., Attachment]) -> None:
    for place in range(100, len(letter), len(letter) // 25):
        broken = letter[:place] + bytes([letter[place] ^ 0xFF]) + letter[place + 1 :]
        try:
            clean(broken)
        except CannotAnonymise:
            continue
