"""An attached web page keeps what a reader sees, and fetches nothing."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest
from PIL import Image

from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

Clean = Callable[[Attachment], list[Attachment]]


def page(cleaned: Clean, content: bytes, name: str = "a.html", media_type: str = "text/html") -> str:
    (made,) = cleaned(Attachment(content, media_type, name))
    assert (made.media_type, made.filename) == ("text/html", name)
    return made.content.decode("utf-8")


def test_words_and_structure_stay_and_what_tells_goes(cleaned: Clean) -> None:
    made = page(
        cleaned,
        b'<!DOCTYPE html><html><head><meta name="author" content="Jane"><style>p{}</style>'
        b'<!-- saved from c:/jane --></head><body onload="x()"><h1 id="j">Loaf</h1><p>by <b>Jane</b> Whitcombe</p>'
        b'<script src="https://t.example/t.js"></script>'
        b'<img src="https://t.example/p.gif" alt="a loaf"><a href="https://ok.example/?fbclid=1">more</a>'
        b'<span style="display:none">jane</span></body></html>',
    )
    assert "<h1>Loaf</h1>" in made
    assert "Amber Heron" in made
    assert "[a loaf]" in made
    assert 'href="https://ok.example/"' in made
    for word in ("Jane", "jane", "Whitcombe", "t.example", "fbclid", "author", "onload", "style"):
        assert word not in made


def test_pictures_written_into_the_page_are_cleaned_and_stay(cleaned: Clean) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", comment=b"Jane Whitcombe")
    said = base64.b64encode(out.getvalue()).decode()
    made = page(cleaned, f'<html><p>x</p><img alt="loaf" src="data:image/jpeg;base64,{said}"></html>'.encode())
    start = made.index("base64,") + 7
    picture = base64.b64decode(made[start : made.index('"', start)])
    assert b"Whitcombe" not in picture
    assert Image.open(io.BytesIO(picture)).size == (8, 8)


@pytest.mark.parametrize(
    "content",
    [
        '<html><meta charset="iso-8859-1"><p>für Dich</p></html>'.encode("iso-8859-1"),
        "<html><p>für Dich</p></html>".encode("utf-16"),
        "\ufeff<html><p>für Dich</p></html>".encode(),
    ],
)
def test_pages_are_read_in_their_character_set(content: bytes, cleaned: Clean) -> None:
    assert "<p>für Dich</p>" in page(cleaned, content)


def test_a_page_is_known_by_what_it_is(cleaned: Clean) -> None:
    assert "<!DOCTYPE html>" in page(cleaned, b"<!DOCTYPE html><p>x", "a.txt", "text/plain")


def test_a_tangled_page_is_refused(cleaned: Clean) -> None:
    with pytest.raises(CannotAnonymise):
        page(cleaned, b"<html>" + b"<div>" * 100_000)


def test_a_page_passes_through_the_whole_of_the_middle(relayed: Callable[[bytes], Message]) -> None:
    head = b"Content-Type: text/html; name=plan.html\r\nContent-Disposition: attachment\r\n\r\n"
    part = head + b"<html><p>Jane Whitcombe</p></html>"
    body = b"--b\r\n\r\nwords\r\n--b\r\n" + part + b"\r\n--b--\r\n"
    message = relayed(b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
    assert [(a.media_type, a.filename) for a in message.attachments] == [("text/html", "plan.html")]
    assert b"<p>Amber Heron</p>" in message.attachments[0].content
