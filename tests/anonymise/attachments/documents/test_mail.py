"""An attached mail keeps its words; who sent it by which way is gone, however deep it lies."""

from __future__ import annotations

import time
from base64 import encodebytes
from collections.abc import Callable

import pytest

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.message.read.headers import first, split
from relay.message.read.parse import parse
from relay.model import Attachment, Message
from relay.refusals import CannotAnonymise

Relayed = Callable[[bytes], Message]

MAIL = (
    b"Received: from zebs-macbook ([198.51.100.9])\r\n"
    b"From: Zeb Pellfent <zeb@firm.example>\r\nTo: Jane Whitcombe <jane.whitcombe@northbank.example>\r\n"
    b"Cc: Ida <ida@x.example>\r\nSubject: Summer with Jane Whitcombe\r\nMessage-ID: <q7@zebs-macbook>\r\n"
    b"Date: Mon, 2 Feb 2026 10:00:00 +0545\r\nX-Mailer: Zebmail\r\n"
)
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDear Jane Whitcombe,\r\nbread rises.\r\n"


def letter(*parts: bytes, kind: str = "mixed", mark: str = "b") -> bytes:
    body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in (b"\r\nwords", *parts))
    head = f"Subject: x\r\nContent-Type: multipart/{kind}; boundary={mark}\r\n\r\n".encode()
    return head + body + b"--" + mark.encode() + b"--\r\n"


def attached(mail: bytes, name: str = "") -> bytes:
    named = f'; name="{name}"'.encode() if name else b""
    return b"Content-Type: message/rfc822" + named + b"\r\n\r\n" + mail


def fields(mail: bytes) -> dict[str, str]:
    return {name: value.decode() for name, value in split(mail)[0]}


def test_an_attached_mail_keeps_subject_time_and_words(relayed: Relayed) -> None:
    (made,) = relayed(letter(attached(MAIL + TEXT, "forwarded.eml"))).attachments
    assert (made.media_type, made.filename) == ("message/rfc822", "forwarded.eml")
    inner = parse(made.content)
    assert inner.subject == "Summer with Amber Heron"
    assert inner.text == "Dear Amber Heron,\nbread rises.\n"
    head = fields(made.content)
    assert head["date"] == "Mon, 02 Feb 2026 04:15:00 +0000"
    assert head["to"] == '"Amber Heron" <amber-heron.x7k2m4@relay.example.org>'
    assert head["from"] == '"Somebody" <somebody@anonymous.invalid>'
    for word in (b"zeb", b"Zeb", b"198.51", b"ida@", b"q7", b"0545", b"Received", b"Jane"):
        assert word not in made.content


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: application/octet-stream; name=a.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encodebytes(MAIL + TEXT),
        b"Content-Type: text/plain; name=a.txt\r\n\r\n" + MAIL + TEXT,
        b"Content-Type: message/global\r\n\r\n" + MAIL + TEXT,
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(MAIL + TEXT),
        b"Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n" + MAIL + TEXT + b"\r\n--d--",
    ],
)
def test_a_mail_is_known_in_every_wrapping(part: bytes, relayed: Relayed) -> None:
    (made,) = relayed(letter(part)).attachments
    assert made.media_type == "message/rfc822"
    assert (parse(made.content).text or "").splitlines()[1] == "bread rises."
    assert b"Zeb" not in made.content


def test_header_lines_alone_are_a_mail_without_words(relayed: Relayed) -> None:
    (made,) = relayed(letter(b"Content-Type: text/rfc822-headers\r\n\r\n" + MAIL)).attachments
    assert parse(made.content).subject == "Summer with Amber Heron"
    assert b"Zeb" not in made.content


def test_a_mail_in_a_mail_with_files_is_rebuilt_all_the_way_down(relayed: Relayed) -> None:
    table = b"Content-Type: text/csv; name=a.csv\r\n\r\nJane Whitcombe,1"
    card = b"Content-Type: text/vcard; name=a.vcf\r\n\r\nBEGIN:VCARD\r\nFN:Zeb\r\nEND:VCARD"
    page = b"Content-Type: text/html\r\n\r\n<p onclick=x>see <img src=https://t.example/1.gif></p>"
    inner = MAIL + letter(table, card, page, mark="c").partition(b"\r\n")[2]
    outer = MAIL + letter(attached(inner), mark="d").partition(b"\r\n")[2]
    (made,) = relayed(letter(attached(outer))).attachments
    (within,) = parse(made.content).attachments
    last = parse(within.content)
    assert [(a.filename, a.content) for a in last.attachments] == [("a.csv", b"Amber Heron,1")]
    assert last.html is not None
    assert "t.example" not in last.html
    assert b"zeb" not in made.content.lower()


def test_a_mail_without_a_date_gets_none(relayed: Relayed) -> None:
    (made,) = relayed(letter(attached(b"Subject: y\r\n\r\nhello\r\n"))).attachments
    assert first(split(made.content)[0], "date") is None


def test_the_last_look_sees_into_attached_mails(relayed: Relayed, monkeypatch: pytest.MonkeyPatch) -> None:
    from relay.anonymise.attachments import CLEANERS
    from relay.refusals import StillIdentifying

    monkeypatch.setitem(CLEANERS, "mail", lambda attachment, _: attachment)
    hidden = b"Subject: y\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(b"I am Jane Whitcombe")
    with pytest.raises(StillIdentifying):
        relayed(letter(attached(hidden)))


@pytest.mark.parametrize(
    "mail",
    [
        b"Content-Type: multipart/mixed\r\n\r\n",
        b"".join(b"X-%d: y\r\n" % n for n in range(2000)),
        b"Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
        b"Content-Type: application/zip; name=a.exe\r\n\r\n\0\0\0\0\0\0",
    ],
)
def test_a_mail_that_cannot_be_opened_is_refused(mail: bytes, relayed: Relayed) -> None:
    with pytest.raises(CannotAnonymise):
        relayed(letter(attached(mail)))


def test_mails_too_deep_in_each_other_are_refused_quickly(redactor: Redactor) -> None:
    mail = b"Subject: x\r\n\r\nhello"
    for _ in range(200):
        mail = b"Content-Type: message/rfc822\r\n\r\n" + mail
    began = time.process_time()
    with pytest.raises(CannotAnonymise, match="too deep"):
        scrub_attachments(Message("s", "w", None, (Attachment(mail, "message/rfc822"),)), redactor)
    assert time.process_time() - began < 1
