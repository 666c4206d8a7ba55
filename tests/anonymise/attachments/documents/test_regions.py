"""Documents do not say in which country they were written, and show the same numbers and dates as before."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml import etree

from relay.anonymise.attachments.documents.ooxml.regions import format_without_region
from relay.anonymise.attachments.documents.opendocument.regions import neutral_regions
from relay.model import Attachment

Clean = Callable[..., Attachment]
Inside = Callable[[bytes], dict[str, bytes]]


def test_word_keeps_languages_and_loses_regions(clean: Clean, inside: Inside) -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("Kwa neema ya Mungu")
    mark = OxmlElement("w:lang")
    for name, value in (("val", "sw-KE"), ("eastAsia", "zh-TW"), ("bidi", "ar-EG")):
        mark.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(mark)
    settings = document.settings.element
    for tag, name, value in (
        ("w:themeFontLang", "val", "sw-KE"),
        ("w:decimalSymbol", "val", ","),
        ("w:listSeparator", "val", ";"),
        ("w:activeWritingStyle", "lang", "en-ZA"),
    ):
        element = OxmlElement(tag)
        element.set(qn(f"w:{name}"), value)
        settings.append(element)
    out = io.BytesIO()
    document.save(out)
    members = inside(clean(out.getvalue(), "a.docx").content)
    whole = b"".join(members.values()).decode("utf-8", "replace")
    assert '<w:lang w:val="sw" w:eastAsia="zh-Hant" w:bidi="ar"/>' in members["word/document.xml"].decode()
    assert 'w:themeFontLang w:val="sw"' in whole
    assert not re.search(r'w:(?:val|eastAsia|bidi)="[a-z]{2}-[A-Z]{2}"|decimalSymbol|listSeparator|en-ZA', whole)


def test_slides_keep_languages_and_lose_regions(clean: Clean, inside: Inside) -> None:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Mazungumzo"
    run = slide.shapes.title.text_frame.paragraphs[0].runs[0]._r.get_or_add_rPr()
    for name, value in (("lang", "sw-KE"), ("altLang", "en-GB"), ("dirty", "0"), ("err", "1")):
        run.set(name, value)
    out = io.BytesIO()
    show.save(out)
    members = inside(clean(out.getvalue(), "a.pptx").content)
    assert b'<a:rPr lang="sw" altLang="en"/>' in members["ppt/slides/slide1.xml"]
    assert not re.search(rb'(?:lang|altLang)="[a-z]{2}-', b"".join(members.values()))


def test_a_sheet_names_no_version_and_no_printer(clean: Clean, inside: Inside) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = date(2026, 3, 14)
    book.active["A1"].number_format = "[$-809]dd mmmm yyyy"
    book.active.page_setup.horizontalDpi = 1200
    out = io.BytesIO()
    book.save(out)
    members = inside(clean(out.getvalue(), "a.xlsx").content)
    assert b'formatCode="[$-409]dd mmmm yyyy"' in members["xl/styles.xml"]
    assert b"calcId" not in members["xl/workbook.xml"]
    assert b"Dpi" not in members["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    ("code", "neutral"),
    [
        ("[$-409]d\\-mmm\\-yy;@", "[$-409]d\\-mmm\\-yy;@"),
        ("[$-C07]dddd", "[$-407]dddd"),
        ("[$€-407] #,##0.00", "[$€-407] #,##0.00"),
        ("[$€-2] #,##0.00", "[$€-2] #,##0.00"),
        ("#,##0 [$R$-816]", "#,##0 [$R$-816]"),
        ("[$£-809]#,##0", "[$£-409]#,##0"),
        ("[$-D000809]d mmmm", "[$-D000409]d mmmm"),
        ("[$-en-GB]dd mmmm", "[$-en-US]dd mmmm"),
        ("[$-409,200]d", "[$-409,200]d"),
        ("[$-F800]dddd", "[$-F800]dddd"),
        ("[$-x-sysdate]dddd", "[$-x-sysdate]dddd"),
        ('0.00"[$"', '0.00"[$"'),
    ],
)
def test_number_formats_keep_their_pattern(code: str, neutral: str) -> None:
    assert format_without_region(code) == neutral


def test_rtf_keeps_languages_and_loses_regions(clean: Clean) -> None:
    written = rb"{\rtf1\ansi\ansicpg1250\deff0\deflang2057\adeflang1025{\fonttbl{\f0\fcharset238 Arial;}}"
    written += rb"\lang1089\langfe1028\alang1037 Kwa neema \'9a\par}"
    content = clean(written, "a.rtf").content
    assert re.findall(rb"\\[a-z]*lang[a-z]*\d+", content) == [
        rb"\deflang9",
        rb"\adeflang1",
        rb"\lang65",
        rb"\langfe31748",
        rb"\alang13",
    ]
    assert rb"\ansicpg1252" in content
    assert rb"\u353?" in content


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fo:language='sw' fo:country='KE'", "fo:language='sw' fo:country='none'"),
        ("fo:language='none' fo:country='none'", "fo:language='none' fo:country='none'"),
        (
            "style:language-asian='zh' style:country-asian='TW'",
            "style:language-asian='zh' style:country-asian='none' style:script-asian='Hant'",
        ),
        (
            "fo:language='ca' fo:country='ES' style:rfc-language-tag='ca-ES-valencia'",
            "fo:language='ca' fo:country='none'",
        ),
        ("table:language='de' table:country='AT'", "table:language='de' table:country='none'"),
        ("number:language='de' number:country='AT'", "number:language='de' number:country='DE'"),
        ("number:language='tlh' number:country='XX'", "number:language='tlh'"),
        ("number:automatic-order='true' number:format-source='language'", ""),
        ("xml:lang='en-GB'", "xml:lang='en'"),
    ],
)
def test_opendocument_keeps_languages_and_loses_countries(before: str, after: str) -> None:
    spaces = f"xmlns:fo='{OFFICE}:xsl-fo-compatible:1.0' xmlns:style='{OFFICE}:style:1.0'"
    spaces += f" xmlns:number='{OFFICE}:datastyle:1.0' xmlns:table='{OFFICE}:table:1.0'"
    element = etree.fromstring(f"<number:date-style {spaces} {before}/>")
    neutral_regions(element)
    assert dict(element.attrib) == dict(etree.fromstring(f"<x {spaces} {after}/>").attrib)
