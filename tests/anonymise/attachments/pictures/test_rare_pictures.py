"""Icons, cursors and Netpbm pictures lose their metadata; pictures that no cleaner reads are refused by their kind."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from PIL import Image, PngImagePlugin

from relay.model import Attachment
from relay.refusals import CannotAnonymise

Clean = Callable[..., Attachment]


def png() -> bytes:
    marks = PngImagePlugin.PngInfo()
    marks.add_text("Author", "Dorothea Quill")
    out = io.BytesIO()
    Image.new("RGBA", (16, 16), "teal").save(out, "PNG", pnginfo=marks)
    return out.getvalue()


def bitmap(extra: bytes = b"") -> bytes:
    return (
        struct.pack("<LllHHLLllLL", 40, 16, 32, 1, 32, 0, 0, 2835, 2835, 0, 0)
        + bytes(range(256)) * 4
        + bytes(64)
        + extra
    )


def icons(*pictures: bytes, kind: int = 1, gap: bytes = b"") -> bytes:
    place = 6 + 16 * len(pictures)
    head, body = struct.pack("<3H", 0, kind, len(pictures)), b""
    for picture in pictures:
        head += struct.pack("<4B2H2L", 16, 16, 0, 7, 1, 32, len(picture), place + len(body) + len(gap))
        body += gap + picture
    return head + body


@pytest.mark.parametrize(("kind", "name"), [(1, "a.ico"), (2, "a.cur")])
def test_icons_keep_their_pictures(clean: Clean, kind: int, name: str) -> None:
    done = clean(icons(png(), bitmap(b"Quill"), kind=kind, gap=b"Quill"), name)
    assert (done.media_type, done.filename) == ("image/vnd.microsoft.icon", name)
    assert b"Quill" not in done.content
    assert bytes(range(256)) * 4 in done.content
    if kind == 1:
        with Image.open(io.BytesIO(done.content)) as kept:
            assert kept.size == (16, 16)
    assert clean(done.content, name).content == done.content


@pytest.mark.parametrize("content", [icons(bitmap()[:-9]), icons(b"\xff\xd8\xff Quill"), icons(png())[:30]])
def test_damaged_icons_are_refused(clean: Clean, content: bytes) -> None:
    with pytest.raises(CannotAnonymise):
        clean(content, "a.ico")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"P6\n# Quill\n2 1\n# GIMP\n255\n#ab%ab", b"P6\n2 1\n255\n#ab%ab"),
        (b"P5 2 2 255\nabcdQuill", b"P5\n2 2\n255\nabcd"),
        (b"P5\n1 1\n65535\n\x01\x02", b"P5\n1 1\n65535\n\x01\x02"),
        (b"P4\n9 1\nab\nQuill", b"P4\n9 1\nab"),
        (b"P3\n# Quill\n1 1\n255\n1 2 # Quill\n3\n", b"P3\n1 1\n255\n1 2 3\n"),
        (b"P1\n# Quill\n3 1\n10 1\nQuill", b"P1\n3 1\n101\n"),
        (
            b"P7\n# Quill\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabcQuill",
            b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabc",
        ),
    ],
)
def test_netpbm_pictures_keep_their_samples(clean: Clean, before: bytes, after: bytes) -> None:
    assert clean(before, "a.ppm").content == after
    assert clean(after, "a.ppm").content == after


@pytest.mark.parametrize(
    "content", [b"P6\n9 9\n255\nabc", b"P3\n2 2\n255\n1 2 3", b"P7\nWIDTH x\nENDHDR\n", b"P1\n2 2\n12 34\n"]
)
def test_damaged_netpbm_pictures_are_refused(clean: Clean, content: bytes) -> None:
    with pytest.raises(CannotAnonymise, match="picture"):
        clean(content, "a.ppm")


def test_a_note_about_page_one_stays_a_note(clean: Clean) -> None:
    assert clean(b"P1 is due on Monday, P2 3 days later.", "a.txt").content == b"P1 is due on Monday, P2 3 days later."


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"8BPS\0\x01" + bytes(40) + b"Quill", "a.psd", "export the picture as PNG"),
        (b"gimp xcf v011\0" + bytes(9), "a.xcf", "export the picture"),
        (b"\xff\x0a" + bytes(20), "a.jxl", "export the picture"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20), "a.jxl", "export the picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%For: (Dorothea Quill)\n", "a.eps", "export the drawing as PDF"),
        (b"\xc5\xd0\xd3\xc6" + bytes(30) + b"%!PS", "a.eps", "export the drawing"),
        (b'\x1b%-12345X@PJL SET USERNAME="quill"\n', "a.prn", "export the drawing"),
    ],
)
def test_what_cannot_be_cleaned_says_to_what_to_export(clean: Clean, content: bytes, name: str, words: str) -> None:
    with pytest.raises(CannotAnonymise, match=words) as refused:
        clean(content, name)
    assert refused.value.file == name
