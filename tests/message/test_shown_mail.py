"""The words of somebody's mail stand below ours, marked as theirs."""

from __future__ import annotations

import pytest

from relay.message.write.shown_mail import with_words_of
from relay.model import Message

OURS = Message("Mail for you", "Somebody wrote.\n", "<p>Somebody wrote.</p>")


def test_subject_and_words_are_below_ours_and_quoted() -> None:
    shown = with_words_of(OURS, b"From: a@x.test\r\nSubject: Help\r\n\r\nI cannot log in.\r\n\r\n-- \r\nJane\r\n")
    assert shown.subject == "Mail for you"
    assert shown.text == "Somebody wrote.\n\n> Help\n>\n> I cannot log in.\n>\n> --\n> Jane\n"
    assert shown.html is None


def test_words_that_are_html_only_are_shown_as_text() -> None:
    shown = with_words_of(OURS, b"From: a@x.test\r\nContent-Type: text/html\r\n\r\n<p>I <b>cannot</b> write.</p>\r\n")
    assert "> I cannot write." in (shown.text or "")


def test_no_more_than_a_telephone_shows() -> None:
    shown = with_words_of(OURS, b"From: a@x.test\r\n\r\n" + b"word " * 20_000)
    assert len(shown.text or "") < 21_000


@pytest.mark.parametrize("mail", [b"", b"\x00\xff", b"Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b--\r\n"])
def test_what_cannot_be_read_leaves_ours_as_they_were(mail: bytes) -> None:
    shown = with_words_of(OURS, mail)
    assert (shown.text or "").startswith("Somebody wrote.")
    assert "cannot" not in (shown.text or "")
