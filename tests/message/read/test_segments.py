"""Pictures between paragraphs stay where they stood."""

from __future__ import annotations

import re

import pytest

from relay.message.read.parse import parse

TEXT = b"Content-Type: text/plain\n\n%s\n"
PAGE = b"Content-Type: text/html\n\n<html><body>%s</body></html>\n"
PICTURE = b"Content-Type: image/png; name=%s.png\nContent-Disposition: %s\nContent-Transfer-Encoding: base64\n%s\n%s\n"


def picture(name: bytes = b"AAAA", disposition: bytes = b"inline", more: bytes = b"") -> bytes:
    """A picture part; its name is its content in base64."""
    return PICTURE % (name, disposition, more, name)


def letter(*parts: bytes, kind: bytes = b"mixed", mark: bytes = b"b") -> bytes:
    """A multipart of these parts."""
    inner = b"".join(b"--%s\n%s\n" % (mark, part) for part in parts)
    return b"Content-Type: multipart/%s; boundary=%s\n\n%s--%s--\n" % (kind, mark, inner, mark)


def flow(markup: str | None) -> str:
    """The words and pictures of a page in their order."""
    return " ".join(re.sub(r"<img[^>]*>", " [picture] ", markup or "").replace("<", " <").split())


def words(markup: str | None) -> list[str]:
    """The same without the other tags."""
    return re.sub(r"<[^>]*>", " ", flow(markup)).split()


def test_a_picture_between_two_paragraphs_of_text_stands_there() -> None:
    message = parse(letter(TEXT % b"red:", picture(), TEXT % b"and blue:", picture(b"BBBB"), TEXT % b"which?"))
    assert words(message.html) == ["red:", "[picture]", "and", "blue:", "[picture]", "which?"]
    assert message.text == "red:\n\nand blue:\n\nwhich?\n"
    assert all(f"cid:{one.content_id}" in (message.html or "") and one.inline for one in message.attachments)


@pytest.mark.parametrize("kind", [b"image/heic", b"image/x-png", b"application/octet-stream"])
def test_a_picture_of_another_kind_stands_there_too(kind: bytes) -> None:
    message = parse(letter(TEXT % b"one", picture().replace(b"image/png", kind), TEXT % b"two"))
    assert words(message.html) == ["one", "[picture]", "two"]


def test_a_picture_between_two_pages_stands_there_in_an_alternative_too() -> None:
    mixed = letter(PAGE % b"one", picture(), PAGE % b"two", picture(b"CCCC"), mark=b"c")
    message = parse(letter(TEXT % b"one two", mixed, kind=b"alternative"))
    assert words(message.html) == ["one", "[picture]", "two"]
    assert message.text == "one two\n"
    assert [one.filename for one in message.attachments] == ["AAAA.png", "CCCC.png"]


@pytest.mark.parametrize(
    "parts",
    [
        (TEXT % b"words", picture()),
        (TEXT % b"words", picture(), TEXT % b""),
        (TEXT % b"words", picture(disposition=b"attachment"), TEXT % b"list"),
        (TEXT % b"words", picture().replace(b"image/png", b"image/tiff"), TEXT % b"list"),
    ],
)
def test_pictures_below_the_words_and_attached_ones_are_attachments(parts: tuple[bytes, ...]) -> None:
    message = parse(letter(*parts))
    assert message.html is None
    assert len(message.attachments) == 1


def test_a_picture_that_the_page_shows_itself_is_not_shown_twice() -> None:
    own = picture(more=b"Content-ID: <a b@c>\n")
    message = parse(letter(PAGE % b'see <img src="cid:a%20b@c">', own, TEXT % b"the list"))
    assert words(message.html) == ["see", "[picture]", "the", "list"]
    assert message.attachments[0].content_id == "a b@c"


def test_the_same_picture_twice_is_shown_twice() -> None:
    message = parse(letter(TEXT % b"one", picture(), picture(), TEXT % b"two"))
    assert words(message.html) == ["one", "[picture]", "[picture]", "two"]


def test_lines_and_gaps_of_a_text_between_pictures_stay() -> None:
    message = parse(letter(TEXT % b"if x:\n    <y>", picture(), TEXT % b"end"))
    assert '<div style="white-space:pre-wrap">if x:\n    &lt;y&gt;</div>' in (message.html or "")
