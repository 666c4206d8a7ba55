"""FictionBooks keep the book, and lose who wrote, scanned and made it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest
from lxml import etree
from PIL import Image

from relay.anonymise.leak_check.forms.proof import read_file, reader_for
from relay.anonymise.leak_check.forms.reading import Proof
from relay.model import Attachment, Identity, Known, Persona
from relay.refusals import CannotAnonymise

Clean = Callable[..., Attachment]


def book(binary: bytes, encoding: str = "utf-8") -> bytes:
    return f"""<?xml version="1.0" encoding="{encoding}"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<stylesheet type="text/css">/* Quill */</stylesheet>
<description><title-info><genre>prose</genre><author><first-name>Dorothea</first-name><last-name>Quill</last-name></author>
<book-title>Миски</book-title><annotation><p>About bowls.</p></annotation><date value="2026-11-02">2 Nov</date>
<coverpage><image l:href="#quill.jpg"/></coverpage><lang>ru-RU</lang><translator><nickname>Quill</nickname></translator>
</title-info><document-info><author><nickname>dquill</nickname></author><program-used>ExampleEditor 2.6</program-used>
<date value="2026-11-02">2026</date><src-ocr>Quill</src-ocr><id>DA-7F3C</id><version>1.3</version></document-info>
<publish-info><publisher>Quill Press</publisher></publish-info><custom-info info-type="x">Quill</custom-info>
</description>
<body><title><p>Миски и ложки</p></title><section id="s1"><p>I am Jane <strong>Whit</strong>combe,
and <a
 l:href="#s1">here</a> <unknown made-by="Quill">stays</unknown>.</p>
<image l:href="#quill.jpg" alt="a bowl"/><empty-line/></section></body>
<binary id="quill.jpg" content-type="image/jpeg">{base64.b64encode(binary).decode()}</binary></FictionBook>""".encode(
        encoding
    )


def picture() -> bytes:
    exif = Image.Exif()
    exif[0x013B] = "Dorothea Quill"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_the_book_stays_and_its_makers_go(clean: Clean, encoding: str) -> None:
    done = clean(book(picture(), encoding), "book.fb2")
    assert done.media_type == "application/x-fictionbook+xml"
    text = done.content.decode()
    root = etree.fromstring(done.content)
    words = " ".join("".join(root.itertext()).split())
    for kept in ("Миски и ложки", "About bowls.", "Amber Heron", "here stays", "prose"):
        assert kept in words
    for telling in ("Quill", "Whitcombe", "2026", "ExampleEditor", "DA-7F3C", "ru-RU"):
        assert telling.lower() not in text.lower()
    shown = base64.b64decode(root[-1].text)
    assert b"Quill" not in shown
    assert Image.open(io.BytesIO(shown)).size == (40, 30)
    assert text.count("#picture1.jpg") == 2


def test_a_damaged_one_is_refused(clean: Clean) -> None:
    with pytest.raises(CannotAnonymise, match="damaged"):
        clean(book(picture())[:-20], "book.fb2")


def test_a_book_without_a_description_passes(clean: Clean) -> None:
    bare = book(picture()).partition(b"<description>")[0] + book(picture()).partition(b"</description>")[2]
    done = clean(bare, "a.fb2")
    assert b"description" not in done.content
    nobody, persona = Identity(()), Persona("Amber Heron", "amber@relay.example")
    read_file(done, Proof(reader_for(Known(nobody, persona, nobody, persona))))
