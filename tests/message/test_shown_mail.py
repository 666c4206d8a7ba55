"""The words of somebody's mail stand in their place in a letter of ours, marked as theirs."""

from __future__ import annotations

from relay.message.write.shown_mail import PLACE, one_line, subject_of, with_words_of
from relay.model import Message

OURS = Message(
    f"Mail for you: {PLACE}", f"Somebody wrote.\n\n{PLACE}\n\nBye\n", f"<p>Somebody wrote.</p><p>{PLACE}</p>"
)


def test_subject_and_words_stand_in_their_places_and_are_quoted() -> None:
    mail = b"From: a@x.test\r\nSubject: Help\r\n\r\nI <cannot> log in.\r\n\r\n-- \r\nJane\r\n"
    shown, subject = with_words_of(OURS, mail)
    assert (shown.subject, subject) == ("Mail for you: Help", "Help")
    assert shown.text == "Somebody wrote.\n\n> I <cannot> log in.\n>\n> --\n> Jane\n\nBye\n"
    assert "I &lt;cannot&gt; log in." in (shown.html or "") and PLACE not in (shown.html or "")


def test_words_without_a_place_come_last_and_as_text_alone() -> None:
    shown, _ = with_words_of(
        Message("Mail", "Somebody wrote.\n", "<p>Somebody wrote.</p>"), b"From: a@x.test\r\n\r\nHi\r\n"
    )
    assert (shown.text, shown.html) == ("Somebody wrote.\n\n> Hi\n", None)


def test_words_that_are_html_only_are_shown_as_text() -> None:
    shown, _ = with_words_of(
        OURS, b"From: a@x.test\r\nContent-Type: text/html\r\n\r\n<p>I <b>cannot</b> write.</p>\r\n"
    )
    assert "> I cannot write." in (shown.text or "")


def test_no_more_than_a_telephone_shows() -> None:
    shown, _ = with_words_of(OURS, b"From: a@x.test\r\n\r\n" + b"word " * 20_000)
    assert len(shown.text or "") < 21_000


def test_an_empty_mail_leaves_no_place_behind() -> None:
    shown, subject = with_words_of(OURS, b"From: a@x.test\r\n\r\n")
    assert (shown.subject, subject) == ("Mail for you", "")
    assert shown.text == "Somebody wrote.\n\nBye\n"


def test_the_subject_of_an_answer_is_the_one_that_is_known() -> None:
    assert subject_of("Re: AW: Help me", "Help me") == "Help me"
    assert subject_of("Something else", "Help me") == "Something else"


def test_foreign_words_on_our_line_cannot_move_anything() -> None:
    assert one_line("a\r\nb\x1b[31m\u202ec", 80) == "a b [31m c"
    assert len(one_line("x" * 500, 80)) == 80
