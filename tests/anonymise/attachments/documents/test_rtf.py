"""RTF documents: text and looks stay, nothing of who wrote them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from relay.anonymise.leak_check.forms.proof import reader_for
from relay.anonymise.leak_check.forms.reading import Proof
from relay.anonymise.leak_check.forms.rtf import read_rtf
from relay.model import Attachment, Identity, Known, Persona
from relay.refusals import CannotAnonymise

_FONTS = rb"{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}{\f2\fcharset2 Symbol;}}"
HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0" + _FONTS


def document(body: bytes, head: bytes = HEAD) -> bytes:
    return head + body + b"}"


def text_of(content: bytes) -> str:
    """What a reader sees, by a reader of the test's own: only what the cleaner writes."""
    import re

    out = re.sub(rb"\\u(-?\d+)\?", lambda m: chr(int(m[1]) & 0xFFFF).encode("utf-8", "surrogatepass"), content)
    out = re.sub(rb"\\[a-z]+-?\d* ?|[{}]", b"", out)
    return out.decode("utf-8", "surrogatepass")


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "jwhit42"
    Image.new("RGB", (4, 4), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        rb"{\info{\author jwhit42}{\operator jwhit42}{\*\company jwhit42}{\creatim\yr2026\mo11}{\title jwhit42}}",
        rb"{\*\generator jwhit42 Writer 7;}",
        rb"{\*\userprops{\propname jwhit42}\proptype30{\staticval jwhit42}}",
        rb"{\*\template C:\\Users\\jwhit42\\t.dot}",
        rb"{\*\rsidtbl \rsid4242424}\insrsid4242424 ",
        rb"{\*\datastore 6a77686974}{\*\themedata 6a77686974}{\*\xmlnstbl {\xmlns1 jwhit42;}}",
        rb"{\*\unknownthing {\b jwhit42}}",
        rb"{\*\atnid JWHIT42}{\*\atnauthor jwhit42}\chatn{\*\annotation{\*\atndate 2026}Of Jane Whit\b com\b0 be.}",
        rb"{\*\revtbl{Unknown;}{jwhit42;}}\revised\revauth1\revdttm4242424 new\revised0 ",
        rb'{\field{\*\fldinst{HYPERLINK "file:///C:/Users/jwhit42/x"}}{\fldrslt here}}',
        rb"{\field{\*\fldinst{ USERNAME }}{\fldrslt{jwh}{it42}}}",
        rb"{\*\bkmkstart jane.whitcombe@northbank.example}{\*\bkmkend jane.whitcombe@northbank.example}",
        rb"{\nonshppict{\pict\wmetafile8 6a77686974343242}}",
        rb"{\header Northbank Advisory\par}",
    ],
)
def test_what_tells_of_people_and_places_is_gone_and_the_text_stays(
    secret: bytes, clean: Callable[..., Attachment]
) -> None:
    done = clean(document(secret + rb"\pard\b Hello\b0  there.\par"), "a.rtf")
    low = done.content.lower()
    for word in (b"jwhit42", b"whitcombe", b"northbank", b"4242424", b"2026", b"6a77686974"):
        assert word not in low
    assert b"\\pard \\b Hello\\b 0" in done.content or b"\\b Hello\\b0  there." in done.content
    assert done.media_type == "application/rtf"


@pytest.mark.parametrize(
    "written",
    [
        rb"Jane Whitcombe",
        rb"Jane {\b Whit}{\i com}be",
        rb"Jane Whit\'63ombe",
        rb"\u74?ane Whit\u99 ?ombe",
        rb"\uc2\u74 XXane\uc0\u32 Whitcombe",
        b"Jane\r\n Whit\r\ncombe",
        rb"Jane Whit{\v hidden}combe",
        rb"Jane Whit{\deleted old}combe",
        rb"jane.whitcombe@north{\cf1 bank}.example",
    ],
)
def test_names_are_found_however_they_are_written(written: bytes, clean: Callable[..., Attachment]) -> None:
    text = text_of(clean(document(rb"\pard Dear " + written + rb", come.\par")).content)
    assert "Amber Heron" in text or "amber-heron" in text
    assert ", come." in text
    assert "whit" not in text.lower() and "combe" not in text.lower()


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (rb"caf\'e9 \'80", "café €"),
        (rb"\f1 \'cf\'f0\'e8\'e2\'e5\'f2", "Привет"),
        (rb"\u-10179?\u-8704?", "\ud83d\ude00"),
        (rb"a\{b\}c\\d", "a{b}c"),
        (rb"x\u8217'y", "x\u2019y"),
        (rb"\lquote q\rquote", "\u2018q\u2019"),
    ],
)
def test_every_letter_comes_through(written: bytes, seen: str, clean: Callable[..., Attachment]) -> None:
    content = clean(document(written + rb"\par")).content
    assert content.isascii()
    if "{" in seen:
        assert rb"a\{b\}c\\d" in content
    elif seen.startswith("\ud83d"):
        assert rb"\u-10179?\u-8704?" in content
    else:
        assert seen in text_of(content)


def test_a_backslash_before_an_asterisk_is_text(clean: Callable[..., Attachment]) -> None:
    content = clean(document(rb"C:\\*\par")).content
    assert rb"C:\\*\par" in content
    nobody, persona = Identity(()), Persona("Amber Heron", "amber@relay.example")
    read_rtf(content, Proof(reader_for(Known(nobody, persona, nobody, persona))))


def test_signs_of_a_symbol_font_stay_signs(clean: Callable[..., Attachment]) -> None:
    assert rb"\'b7" in clean(document(rb"{\f2\'b7}item\par")).content


def test_pictures_lose_what_they_tell_and_keep_their_pixels(clean: Callable[..., Attachment]) -> None:
    content = clean(document(rb"{\*\shppict{\pict\jpegblip\picw4 " + picture().hex().encode() + rb"}}\par")).content
    start = content.index(b"ffd8ff")
    again = bytes.fromhex(content[start : content.index(b"}", start)].decode())
    assert b"jwhit42" not in again
    assert Image.open(io.BytesIO(again)).tobytes() == Image.open(io.BytesIO(picture())).tobytes()
    binary = rb"{\pict\jpegblip\bin%d " % len(picture()) + picture() + b"}"
    assert b"ffd8ff" in clean(document(binary)).content


@pytest.mark.parametrize(
    "body",
    [
        rb"{\object\objemb{\*\objdata 0105}{\result x}}",
        rb"{\pict\wmetafile8 0100}",
        rb"{\pict\jpegblip 01zz}",
        rb"{\pict\jpegblip 0102}",
        b"{" * 300,
        rb"\bin99999 x",
        rb"{\b words\*\somebody jwhit42}",
        b"",
    ],
)
def test_what_cannot_be_cleaned_is_refused(body: bytes, clean: Callable[..., Attachment]) -> None:
    content = document(body) if body else b"{\\rtf1 never closed"
    with pytest.raises(CannotAnonymise) as refusal:
        clean(content)
    assert refusal.value.detail.isascii()
