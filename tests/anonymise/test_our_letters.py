"""Relay's letters are taken out of a letter that quotes one, however it is written and wherever it stands in it."""

from __future__ import annotations

import html

import pytest

from relay.anonymise.our_letters import without_ours
from relay.letters.catalogue import catalogue
from relay.letters.templates import LetterTemplates
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

LEAVE = catalogue()["desk-question"]
OWN = "I went to the market, and it was good. "


def asked(language: str) -> str:
    """The text of the question to whoever wrote LEAVE."""
    return LetterTemplates().letter(LEAVE.name, language, **LEAVE.samples[0]).text


def formatted(text: str) -> str:
    """As some programs write a page: every letter that is not ASCII is a reference."""
    page = html.escape(text).encode("ascii", "xmlcharrefreplace").decode()
    return page.replace("\n\n", "</p>\n<p>").replace("\n", "<br>\n")


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "hi", "sw"])
@pytest.mark.parametrize("text", [None, OWN])
def test_a_page_that_writes_letters_as_references_is_read(language: str, text: str | None) -> None:
    page = f"<p>{OWN}</p><blockquote><p>{formatted(asked(language))}</p></blockquote>"
    letter, _ = without_ours(Message(text=text, html=page))
    assert letter.html is None
    assert letter.text is not None and letter.text.strip() == OWN.strip()


def test_what_stands_below_a_long_letter_is_read() -> None:
    quoted = "\n".join(f"> {line}" for line in asked("en").splitlines())
    whole = f"{OWN * 5000}\n\nOn Sun, 1 Mar 2026 at 12:00, Post <leave@relay.test> wrote:\n\n{quoted}\n"
    assert len(whole) > 150_000
    letter, _ = without_ours(Message(text=whole))
    assert letter.text is not None and letter.text.strip() == (OWN * 5000).strip()


def test_an_attached_mail_with_something_large_before_is_read() -> None:
    large = b"Content-Type: application/octet-stream\r\n\r\n" + b"aaaaaaaa\r\n" * 40_000
    words = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + asked("en").encode()
    mail = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + large + b"--b\r\n" + words + b"\r\n--b--\r\n"
    with pytest.raises(CannotAnonymise):
        without_ours(Message(text=OWN, attachments=(Attachment(mail, "message/rfc822", "mail.eml"),)))
