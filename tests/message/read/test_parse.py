"""What mail programs write is read as people meant it."""

from __future__ import annotations

import base64
import time

import pytest

from relay.message.read.parse import parse
from relay.refusals import CannotAnonymise, Malformed


def letter(body: bytes, *fields: bytes) -> bytes:
    return b"".join(f + b"\r\n" for f in (b"From: a@b.example", *fields)) + b"\r\n" + body


def multipart(kind: str, *parts: bytes, mark: str = "b1") -> bytes:
    joined = b"".join(b"--" + mark.encode() + b"\r\n" + p + b"\r\n" for p in parts)
    head = f'Content-Type: {kind}; boundary="{mark}"\r\n\r\npreamble\r\n'.encode()
    return head + joined + b"--" + mark.encode() + b"--\r\nepilogue\r\n"


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nplain words"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>rich words</p>"
PICTURE = b"Content-Type: image/png; name=a.png\r\nContent-ID: <p1@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC"


@pytest.mark.parametrize(
    ("fields", "body", "text"),
    [
        ((), b"caf\xc3\xa9", "café"),
        ((b"Content-Type: text/plain; charset=iso-8859-1",), b"caf\xe9 \x96", "café –"),
        ((b"Content-Type: text/plain; charset=utf-8",), b"caf\xe9", "café"),
        ((b"Content-Type: text/plain; charset=koi8-r",), "привет".encode("koi8-r"), "привет"),
        ((b"Content-Type: text/plain; charset=iso-2022-jp",), "日本語".encode("iso-2022-jp"), "日本語"),
        ((b"Content-Type: text/plain; charset=gb2312",), "简體".encode("gb18030"), "简體"),
        ((b"Content-Type: text/plain; charset=utf-7",), b"jane+AEA-real.example", "jane@real.example"),
        ((b'Content-Type: text/plain; charset="windows-1256"',), "سلام".encode("cp1256"), "سلام"),
        ((b"Content-Type: text/plain", b"Content-Transfer-Encoding: base64"), base64.b64encode(b"hello"), "hello"),
        ((b"Content-Transfer-Encoding: BASE64",), b"aGVs!!bG8=\r\n", "hello"),
        ((b"Content-Transfer-Encoding: quoted-printable",), b"a=\r\nb=C3=A9 =3D", "abé ="),
        ((b"Content-Type: text/plain; format=flowed",), b"one \r\ntwo\r\n> a \r\n> b\r\n", "one two\n> a b\n"),
        ((b"Content-Type: text/plain; format=flowed; delsp=yes",), b"ja \r\nne@x \r\n.org", "jane@x.org"),
        ((b"Content-Type: nonsense",), b"still text", "still text"),
        ((), b"e\xcc\x81\r\nb\x00\x07c\rd", "é\nbc\nd"),
    ],
)
def test_text_is_decoded_to_unicode_with_plain_line_ends(fields: tuple[bytes, ...], body: bytes, text: str) -> None:
    assert parse(letter(body, *fields)).text == text


def test_an_alternative_has_one_plain_and_one_html_body() -> None:
    message = parse(b"Subject: x\r\n" + multipart("multipart/alternative", PLAIN, HTML))
    assert (message.text, message.html) == ("plain words", "<p>rich words</p>")


def test_preamble_and_epilogue_are_not_part_of_the_letter() -> None:
    message = parse(multipart("multipart/mixed", PLAIN))
    assert (message.text, message.html, message.attachments) == ("plain words", None, ())


def test_a_related_picture_keeps_its_content_id_and_is_inline() -> None:
    inner = multipart("multipart/related", HTML, PICTURE, mark="b2")
    message = parse(multipart("multipart/alternative", PLAIN, inner))
    assert [(a.content, a.content_id, a.inline, a.filename) for a in message.attachments] == [
        (b"\x00\x01\x02", "p1@x", True, "a.png")
    ]


def test_text_around_a_picture_stays_in_reading_order() -> None:
    message = parse(multipart("multipart/mixed", PLAIN, PICTURE, b"\r\nafterwards"))
    assert message.text == "plain words\n\nafterwards\n"
    assert len(message.attachments) == 1


def test_a_footer_beside_an_alternative_is_in_both_bodies() -> None:
    inner = multipart("multipart/alternative", PLAIN, HTML, mark="b2")
    message = parse(multipart("multipart/mixed", inner, b"\r\nfoot <note>"))
    assert message.text == "plain words\n\nfoot <note>\n"
    assert message.html == '<p>rich words</p>\n<div style="white-space:pre-wrap">foot &lt;note&gt;</div>'


@pytest.mark.parametrize(
    ("parts", "text", "html"),
    [
        ((), "", None),
        ((HTML,), None, "<p>rich words</p>"),
        ((PLAIN, PLAIN), "plain words\n\nplain words\n", None),
        ((PLAIN, b"\r\n", PLAIN), "plain words\n\nplain words\n", None),
        ((HTML, HTML), "rich words\n\nrich words\n", "<p>rich words</p>\n<p>rich words</p>"),
        (
            (PLAIN, HTML),
            "plain words\nrich words\n",
            '<div style="white-space:pre-wrap">plain words</div>\n<p>rich words</p>',
        ),
    ],
)
def test_words_in_several_parts_are_one_letter_in_each_form(
    parts: tuple[bytes, ...], text: str | None, html: str | None
) -> None:
    message = parse(multipart("multipart/mixed", PICTURE, *parts))
    assert (message.text, message.html) == (text, html)


def test_a_signature_part_is_left_out_and_what_it_signs_is_read() -> None:
    signature = b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----"
    message = parse(multipart("multipart/signed", PLAIN, signature))
    assert message.text == "plain words"
    # What stands for the signature is empty: it is there to be counted.
    assert [(a.content, a.media_type) for a in message.attachments] == [(b"", "application/pkcs7-signature")]


@pytest.mark.parametrize(
    "disposition",
    [
        b"attachment; filename*=utf-8''na%C3%AFve.txt",
        b'attachment; filename="=?utf-8?q?na=C3=AFve.txt?="',
        b"attachment; filename*0*=utf-8''na%C3%AF; filename*1=ve.txt",
        "attachment; filename=naïve.txt".encode(),
    ],
)
def test_file_names_are_read_in_every_way_they_are_written(disposition: bytes) -> None:
    part = b"Content-Type: text/plain\r\nContent-Disposition: " + disposition + b"\r\n\r\nfile"
    assert parse(multipart("multipart/mixed", PLAIN, part)).attachments[0].filename == "naïve.txt"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ((b"Content-Type: text/plain; charset=x-made-up",), CannotAnonymise),
        ((b"Content-Transfer-Encoding: x-made-up",), CannotAnonymise),
        ((b"Content-Type: multipart/encrypted; boundary=b1",), CannotAnonymise),
        ((b"Content-Type: message/partial; id=x",), CannotAnonymise),
        ((b"Content-Type: multipart/mixed; boundary=elsewhere",), Malformed),
        ((b"Content-Type: multipart/mixed",), Malformed),
        (tuple(b"X-%d: y" % n for n in range(2000)), Malformed),
        ((b"X-Long: " + b"y" * 400_000,), Malformed),
    ],
)
def test_what_cannot_be_understood_is_refused(fields: tuple[bytes, ...], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        parse(letter(b"--b1\r\n\r\n\xe9\xff\r\n--b1--\r\n", *fields))


def test_deep_nesting_and_many_parts_are_refused_quickly() -> None:
    deep = PLAIN
    for n in range(300):
        deep = multipart("multipart/mixed", deep, mark=f"m{n}x")
    many = multipart("multipart/mixed", *([b"\r\nx"] * 100_000))
    started = time.monotonic()
    for hostile in (deep, many):
        with pytest.raises(Malformed):
            parse(hostile)
    assert time.monotonic() - started < 5  # seconds; both are done in a fraction of one


def test_an_empty_message_is_an_empty_letter() -> None:
    message = parse(b"\r\n")
    assert (message.subject, message.text, message.html, message.attachments) == ("", "", None, ())


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?caf=C3=A9?= =?utf-8?q?_noir?= x", "café noir x"),
        (b"=?utf-8?b?w6k?= =?utf-8?b?w?= ", "é"),
        (b"folded\r\n  twice", "folded twice"),
        ("direct é".encode(), "direct é"),
        (b"=?x-made-up?q?=E9?=", "=?x-made-up?q?=E9?="),
    ],
)
def test_subjects_are_decoded(raw: bytes, subject: str) -> None:
    assert parse(b"Subject: " + raw + b"\r\n\r\n").subject == subject
