"""Workbooks and presentations: values, formulas and slides stay, nothing of who made them does."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pptx
import pytest
from openpyxl.comments import Comment

from relay.model import Attachment

NS = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" '
    'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
)
PNS = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main"'
)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml"
THREADS = "http://schemas.microsoft.com/office/2017/10/relationships"

WORKBOOK = f"""<workbook {NS}><fileVersion appName="xl"/><fileSharing userName="jwhit42"/>
<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\\Users\\jwhit42\\"/></mc:Choice>
 </mc:AlternateContent>
<xr:revisionPtr documentId="8_{{jwhit42}}"/>
<sheets><sheet name="Whitcombe" sheetId="1" r:id="rId1"/><sheet name="Sums" sheetId="2" r:id="rId2"/></sheets>
<externalReferences><externalReference r:id="rId3"/></externalReferences>
<definedNames><definedName name="JaneWhitcombe_Total" comment="by Jane Whitcombe">Whitcombe!$A$1</definedName>
 </definedNames>
<customWorkbookViews><customWorkbookView name="jwhit42 - Personal View" guid="x"/></customWorkbookViews></workbook>"""

SUMS = f"""<worksheet {NS} xr:uid="{{jwhit42}}"><sheetData>
<row r="1"><c r="A1"><f>SUM(Whitcombe!A1:A9)*JaneWhitcombe_Total</f><v>42.5</v></c>
<c r="B1" t="str"><f>HYPERLINK("mailto:jane.whitcombe@northbank.example","x")</f>
 <v>jane.whitcombe@northbank.example</v></c>
<c r="C1" t="inlineStr"><is><r><t>Jane </t></r><r><t>Whitcombe</t></r><r><t> pays</t></r></is></c><c r="D1" t="s">
 <v>0</v></c>
<c r="E1"><f>[1]Data!A1</f><v>7</v></c><c r="F1"><f>'C:\\Users\\jwhit42\\[b.xlsx]S'!A1</f><v>8</v></c></row></sheetData>
<scenarios><scenario name="s" user="jwhit42" comment="Created by Jane Whitcombe on 2026-11-01"/></scenarios>
<hyperlinks><hyperlink ref="A1" r:id="rId1" display="tom.abara@gmx.example"/>
 <hyperlink ref="B1" location="Whitcombe!A1"/>
</hyperlinks><headerFooter><oddHeader>&amp;LNorthbank Advisory</oddHeader></headerFooter>
<pageSetup orientation="portrait" r:id="rId2"/><legacyDrawing r:id="rId9"/></worksheet>"""

GUID = "{6C1B1A5E-0000-4000-8000-00000000ABCD}"


@pytest.fixture(scope="module")
def workbook(ooxml: Callable[..., bytes]) -> bytes:
    """A workbook with an identity in every corner."""
    parts = {
        "xl/workbook.xml": (f"{SHEET}.sheet.main+xml", WORKBOOK),
        "xl/worksheets/sheet1.xml": (f"{SHEET}.worksheet+xml", f"<worksheet {NS}><sheetData/></worksheet>"),
        "xl/worksheets/sheet2.xml": (f"{SHEET}.worksheet+xml", SUMS),
        "xl/sharedStrings.xml": (
            f"{SHEET}.sharedStrings+xml",
            f"<sst {NS}><si><r><t>A budget of Jane </t></r><r><t>Whitcombe</t></r></si></sst>",
        ),
        "xl/comments1.xml": (
            f"{SHEET}.comments+xml",
            f"<comments {NS}><authors><author>J. Colleague</author><author>tc={GUID}</author></authors><commentList>"
            '<comment ref="A1" authorId="0"><text><r><t>J. Colleague:</t></r><r><t>Check this.</t></r></text></comment>'
            '<comment ref="A2" authorId="1"><text><t>Threaded.</t></text></comment></commentList></comments>',
        ),
        "xl/threadedComments/threadedComment1.xml": (
            "application/vnd.ms-excel.threadedcomments+xml",
            '<ThreadedComments xmlns="x">'
            f'<threadedComment ref="A2" dT="2026-11-03T10:00:00" personId="{GUID}" id="{GUID}">'
            "<text>Threaded.</text></threadedComment></ThreadedComments>",
        ),
        "xl/persons/person.xml": (
            "application/vnd.ms-excel.person+xml",
            f'<personList xmlns="x"><person displayName="J. Colleague" id="{GUID}" userId="S::jwhit42@x" '
            'providerId="AD"/></personList>',
        ),
        "xl/externalLinks/externalLink1.xml": (
            f"{SHEET}.externalLink+xml",
            f'<externalLink {NS}><externalBook r:id="rId1"><sheetNames><sheetName val="Data"/></sheetNames>'
            "</externalBook></externalLink>",
        ),
        "xl/printerSettings/printerSettings1.bin": ("application/x", b"\\\\nb-laptop\\hp"),
    }
    links = {
        "xl/workbook.xml": [
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "worksheet", "/xl/worksheets/sheet2.xml"),
            ("rId3", "externalLink", "externalLinks/externalLink1.xml"),
            ("rId4", "sharedStrings", "sharedStrings.xml"),
            ("rId5", f"{THREADS}/person", "persons/person.xml"),
        ],
        "xl/worksheets/sheet2.xml": [
            ("rId1", "hyperlink", "mailto:tom.abara@gmx.example"),
            ("rId2", "printerSettings", "../printerSettings/printerSettings1.bin"),
            ("rId3", "comments", "../comments1.xml"),
            ("rId4", f"{THREADS}/threadedComment", "../threadedComments/threadedComment1.xml"),
        ],
        "xl/externalLinks/externalLink1.xml": [("rId1", "externalLinkPath", "file:///C:/Users/jwhit42/Data.xlsx")],
    }
    return ooxml("xl/workbook.xml", parts, links)


def test_nothing_telling_is_left_in_a_workbook(
    workbook: bytes, clean: Callable[..., Attachment], telling: Callable[[bytes], list[str]]
) -> None:
    done = clean(workbook, "sums.bin")
    assert telling(done.content) == []
    assert done.filename == "sums.xlsx"


def test_values_formulas_and_remarks_of_a_workbook_stay(
    workbook: bytes, clean: Callable[..., Attachment], inside: Callable[[bytes], dict[str, bytes]]
) -> None:
    members = inside(clean(workbook).content)
    sums = members["xl/worksheets/sheet2.xml"].decode()
    book = members["xl/workbook.xml"].decode()
    sheet = book.partition('<sheet name="')[2].partition('"')[0]
    total = book.partition('<definedName name="')[2].partition('"')[0]
    assert f"<f>SUM({sheet}!A1:A9)*{total}</f><v>42.5</v>" in sums
    assert f">{sheet}!$A$1</definedName>" in book
    assert f'location="{sheet}!A1"' in sums
    assert "<f>[1]Data!A1</f><v>7</v>" in sums
    assert 'orientation="portrait"/>' in sums
    assert "A budget of Amber Heron" in members["xl/sharedStrings.xml"].decode()
    remarks = members["xl/comments1.xml"].decode()
    assert "<t>Author:</t>" in remarks and "Check this." in remarks
    thread = members["xl/threadedComments/threadedComment1.xml"].decode().partition(' id="')[2].partition('"')[0]
    assert f"tc={thread}" in remarks and thread != GUID
    assert b'Target="other-workbook.xlsx"' in members["xl/externalLinks/_rels/externalLink1.xml.rels"]


def test_a_workbook_of_a_real_library_opens_again(clean: Callable[..., Attachment]) -> None:
    book = openpyxl.Workbook()
    book.properties.creator = "jwhit42"
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["B1"] = 2, 3.5, "=SUM(A1:A2)", "Tom Abara reads"
    sheet["A1"].comment = Comment("Is it two?", "jwhit42")
    out = io.BytesIO()
    book.save(out)
    again = openpyxl.load_workbook(io.BytesIO(clean(out.getvalue(), "plan.xlsx").content))
    plan = again["Plan"]
    assert [plan[place].value for place in ("A1", "A2", "A3", "B1")] == [2, 3.5, "=SUM(A1:A2)", "Amber Heron reads"]
    comment = plan["A1"].comment
    assert comment is not None and (comment.text, comment.author) == ("Is it two?", "Author")
    assert again.properties.creator in (None, "openpyxl")


def test_presentations_keep_slides_and_notes_and_lose_their_people(
    clean: Callable[..., Attachment], telling: Callable[[bytes], list[str]]
) -> None:
    show = pptx.Presentation()
    show.core_properties.author = "jwhit42"
    slide = show.slides.add_slide(show.slide_layouts[1])
    assert slide.shapes.title is not None
    slide.shapes.title.text = "Hello"
    frame = slide.placeholders[1].text_frame
    for piece in ("Jane Whit", "combe", " shows"):
        frame.paragraphs[0].add_run().text = piece
    assert slide.notes_slide.notes_text_frame is not None
    slide.notes_slide.notes_text_frame.text = "Greet Tom Abara."
    out = io.BytesIO()
    show.save(out)
    done = clean(out.getvalue(), "show.pptx")
    assert telling(done.content) == []
    again = pptx.Presentation(io.BytesIO(done.content))
    first = again.slides[0]
    assert [shape.text_frame.text for shape in first.placeholders] == ["Hello", "Amber Heron shows"]
    assert first.notes_slide.notes_text_frame is not None
    assert first.notes_slide.notes_text_frame.text == "Greet Amber Heron."


def test_remarks_on_slides_old_and_new_get_a_neutral_author(
    ooxml: Callable[..., bytes],
    clean: Callable[..., Attachment],
    telling: Callable[[bytes], list[str]],
    inside: Callable[[bytes], dict[str, bytes]],
) -> None:
    parts = {
        "ppt/presentation.xml": (f"{SLIDES}.presentation.main+xml", f"<p:presentation {PNS}/>"),
        "ppt/commentAuthors.xml": (
            f"{SLIDES}.commentAuthors+xml",
            f"<p:cmAuthorLst {PNS}>"
            '<p:cmAuthor id="1" name="J. Colleague" initials="JWHIT42" lastIdx="1"/></p:cmAuthorLst>',
        ),
        "ppt/authors.xml": (
            "application/vnd.ms-powerpoint.authors+xml",
            f'<p188:authorLst {PNS}><p188:author id="{GUID}" name="J. Colleague" initials="JWHIT42" '
            'userId="S::jwhit42@x" providerId="AD"/></p188:authorLst>',
        ),
        "ppt/comments/comment1.xml": (
            "application/vnd.ms-powerpoint.comments+xml",
            f'<p188:cmLst {PNS}><p188:cm id="{GUID}" authorId="{GUID}" created="2026-11-03T10:00:00"><p188:txBody><a:p>'
            "<a:r><a:t>Too long.</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>",
        ),
    }
    links = {
        "ppt/presentation.xml": [
            ("rId1", "commentAuthors", "commentAuthors.xml"),
            ("rId2", "http://schemas.microsoft.com/office/2018/10/relationships/authors", "authors.xml"),
            ("rId3", "http://schemas.microsoft.com/office/2018/10/relationships/comments", "comments/comment1.xml"),
        ]
    }
    done = clean(ooxml("ppt/presentation.xml", parts, links))
    assert telling(done.content) == []
    remark = inside(done.content)["ppt/comments/comment1.xml"].decode()
    assert "Too long." in remark and 'created="2000-01-01T00:00:00Z"' in remark


def test_a_workbook_inside_of_a_presentation_is_cleaned_too(
    workbook: bytes,
    ooxml: Callable[..., bytes],
    clean: Callable[..., Attachment],
    telling: Callable[[bytes], list[str]],
) -> None:
    parts = {
        "ppt/presentation.xml": (f"{SLIDES}.presentation.main+xml", f"<p:presentation {PNS}/>"),
        "ppt/embeddings/jwhit42.xlsx": (f"{SHEET}.sheet", workbook),
    }
    done = clean(
        ooxml("ppt/presentation.xml", parts, {"ppt/presentation.xml": [("rId1", "package", "embeddings/jwhit42.xlsx")]})
    )
    assert telling(done.content) == []
