"""Every letter leaves in one form, and says the same when it is read again."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.message.read.charsets import tidy
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.model import Attachment, Headers, Message

HEADERS = Headers(
    from_name="Quiet River",
    from_address="quiet-river.p9d3w8@relay.example",
    to_address="real@member.example",
    message_id="abc123@relay.example",
    date=datetime(2026, 11, 3, 9, 5, 7, tzinfo=UTC),
    in_reply_to="def@relay.example",
    references=("old@relay.example", "def@relay.example"),
)
PICTURE = Attachment(b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "image/png", "leaf.png", "old-id@host", inline=True)

SENTENCES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


def as_clients_see_it(octets: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def test_the_header_fields_are_ours_and_in_order() -> None:
    head = compose(Message("Hello", "Hi"), HEADERS).partition(b"\r\n\r\n")[0].decode()
    assert head == (
        'From: "Quiet River" <quiet-river.p9d3w8@relay.example>\r\n'
        "To: real@member.example\r\n"
        "Subject: Hello\r\n"
        "Date: Tue, 03 Nov 2026 09:05:07 +0000\r\n"
        "Message-ID: <abc123@relay.example>\r\n"
        "In-Reply-To: <def@relay.example>\r\n"
        "References:\r\n <old@relay.example>\r\n <def@relay.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable"
    )


@given(SENTENCES)
def test_any_subject_reads_the_same_here_and_in_a_mail_program(subject: str) -> None:
    subject = re.sub(r"\s+", " ", tidy(subject)).strip()
    octets = compose(Message(subject, "Hi"), HEADERS)
    assert parse(octets).subject == subject
    assert re.sub(r"\s+", " ", str(as_clients_see_it(octets)["subject"])) == subject


@given(st.lists(SENTENCES, max_size=20))
def test_any_text_reads_the_same(lines: list[str]) -> None:
    text = tidy("\n".join(lines))
    octets = compose(Message("x", text), HEADERS)
    assert (parse(octets).text or "").rstrip("\n") == text.rstrip("\n")
    assert octets.isascii()
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert b"\n" not in octets.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name",
    [
        "x.pdf",
        "two words.txt",
        "naïve.jpg",
        "長い" * 30 + ".png",
        'a"b\\c.txt',
        "x" * 120 + ".txt",
        "it's.txt",
        "50%.txt",
    ],
)
def test_any_file_name_reads_the_same_here_and_in_a_mail_program(name: str) -> None:
    octets = compose(Message("x", "Hi", None, (Attachment(b"abc", "application/pdf", name),)), HEADERS)
    assert parse(octets).attachments[0].filename == name
    assert [part.get_filename() for part in as_clients_see_it(octets).iter_attachments()] == [name]
    assert max(map(len, octets.split(b"\r\n"))) <= 78


def test_an_inline_picture_is_shown_under_a_new_content_id() -> None:
    octets = compose(Message("x", "Hi", '<p><img src="cid:old-id@host"></p>', (PICTURE,)), HEADERS)
    again = parse(octets)
    assert b"old-id" not in octets
    assert again.html is not None
    assert f'src="cid:{again.attachments[0].content_id}"' in again.html
    assert (again.attachments[0].content, again.attachments[0].inline) == (PICTURE.content, True)
    assert [p.get_content_type() for p in as_clients_see_it(octets).walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]


def test_a_picture_that_the_html_does_not_show_is_listed_and_an_unknown_one_left_out() -> None:
    octets = compose(Message("x", "Hi", '<p>a<img src="cid:nowhere">b</p>', (PICTURE,)), HEADERS)
    again = parse(octets)
    assert again.html is not None and again.html.strip() == "<p>ab</p>"
    assert (again.attachments[0].inline, again.attachments[0].content_id) == (False, None)


def test_the_same_words_make_the_same_octets_but_for_ids() -> None:
    message = Message(
        "x", "Hi", '<p><img src="cid:old-id@host"></p>', (PICTURE, Attachment(b"a", "text/plain", "n.txt"))
    )
    renamed = replace(message, html='<p><img src="cid:other"></p>')
    renamed = replace(renamed, attachments=(replace(PICTURE, content_id="other"), message.attachments[1]))
    assert compose(message, HEADERS) == compose(renamed, HEADERS)


def test_no_text_can_hold_the_boundary_of_its_own_letter() -> None:
    first = compose(Message("x", "Hi", "<p>Hi</p>"), HEADERS)
    boundary = re.search(rb'boundary="([^"]+)"', first)
    assert boundary is not None
    evil = f"\n--{boundary[1].decode()}--\nafter"
    again = parse(compose(Message("x", evil, f"<pre>{evil}</pre>"), HEADERS))
    assert again.text is not None and again.text.rstrip("\n") == evil
