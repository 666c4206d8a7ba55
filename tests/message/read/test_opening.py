"""What older and rarer programs wrap around words and files is opened, in bounds."""

from __future__ import annotations

import binascii
import struct
import time
from collections.abc import Callable

import pytest

from relay.message.read.cms import Cms, NotCmsError, opened
from relay.message.read.parse import parse
from relay.message.read.text_formats import enriched_to_text, richtext_to_text
from relay.message.read.uuencode import without_files
from relay.refusals import CannotAnonymise

SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def der(tag: int, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return bytes((tag, 0x82)) + len(body).to_bytes(2, "big") + body


def ber(tag: int, *inside: bytes) -> bytes:
    return bytes((tag, 0x80)) + b"".join(inside) + b"\0\0"


def uuencoded(content: bytes, name: str) -> str:
    lines = [binascii.b2a_uu(content[i : i + 45], backtick=True).decode() for i in range(0, len(content), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


@pytest.mark.parametrize("built", [der, ber])
def test_signed_content_is_read_in_both_ways_of_writing_lengths(built: Callable[..., bytes]) -> None:
    pieces = built(0x24, der(0x04, b"Words "), der(0x04, b"go on"))
    inner = built(0x30, DATA, built(0xA0, pieces))
    whole = built(0x30, SIGNED, built(0xA0, built(0x30, b"\x02\x01\x01", b"\x31\x00", inner)))
    assert opened(whole) == Cms("signed", b"Words go on")


@pytest.mark.parametrize(("built", "deepest"), [(der, 17), (ber, 11)])
def test_pieces_within_pieces_are_read_to_a_depth_and_refused_below_it(
    built: Callable[..., bytes], deepest: int
) -> None:
    for depth in (deepest, deepest + 1):
        pieces = der(0x04, b"Words")
        for _ in range(depth):
            pieces = built(0x24, pieces)
        inner = built(0x30, DATA, built(0xA0, pieces))
        whole = built(0x30, SIGNED, built(0xA0, built(0x30, b"\x02\x01\x01", b"\x31\x00", inner)))
        if depth == deepest:
            assert opened(whole) == Cms("signed", b"Words")
        else:
            with pytest.raises(NotCmsError):
                opened(whole)


def wrapped(inner: bytes) -> bytes:
    """Signed content with ``inner`` in it."""
    content = der(0x30, DATA, der(0xA0, der(0x04, inner)))
    return der(0x30, SIGNED, der(0xA0, der(0x30, b"\x02\x01\x01", b"\x31\x00", content)))


@pytest.mark.parametrize(
    "fields",
    [
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "application/x-pkcs7-mime",
        "application/octet-stream; name=SMIME.P7M",
    ],
)
def test_what_was_signed_in_one_piece_is_read_as_if_it_stood_there(fields: str) -> None:
    head = f"Content-Type: {fields}\r\n\r\n".encode()
    octets = b"Content-Type: text/plain\r\n\r\nWords go on\r\n"
    for layers in range(1, 4):
        octets = head + wrapped(octets)
        message = parse(octets)
        assert message.text == "Words go on\n"
        assert [a.content for a in message.attachments] == [b""] * layers, "each signature is counted"
    with pytest.raises(CannotAnonymise):
        parse(head + wrapped(octets))


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"no CMS at all", "."),
        (der(0x30, SIGNED[:-1] + b"\x03", der(0xA0, b"")), "encrypted"),
        (der(0x30, SIGNED[:-1] + b"\x05", der(0xA0, b"")), "."),
    ],
)
def test_what_cannot_be_opened_is_refused(octets: bytes, words: str) -> None:
    with pytest.raises(CannotAnonymise, match=words):
        parse(b"Content-Type: application/pkcs7-mime\r\n\r\n" + octets)


def test_a_signature_without_content_and_an_envelope_are_told_apart() -> None:
    bare = der(0x30, b"\x02\x01\x01", b"\x31\x00", der(0x30, DATA))
    assert opened(der(0x30, SIGNED, der(0xA0, bare))).kind == "detached"
    assert opened(der(0x30, SIGNED[:-1] + b"\x03", der(0xA0, b""))).kind == "encrypted"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x30",
        b"\x30\x85",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80" * 200_000,
        b"\x30\x80" + b"\x04\x00" * 200_000,
        der(0x30, SIGNED),
        der(0x30, SIGNED, der(0xA0, b"\x02\x01\x01")),
        b"\x04\x02hi",
        b"\x1f" * 100,
    ],
)
def test_hostile_structures_are_refused_quickly(octets: bytes) -> None:
    began = time.process_time()
    with pytest.raises(NotCmsError):
        opened(octets)
    assert time.process_time() - began < 1


def test_a_file_written_into_the_text_becomes_an_attachment() -> None:
    content = bytes(range(256)) * 3
    text = f"Hello,\n\n{uuencoded(content, 'my plan.bin')}\nBye\n"
    message = parse(b"Subject: x\r\n\r\n" + text.replace("\n", "\r\n").encode())
    assert message.text == "Hello,\n\n\nBye\n"
    assert [(a.filename, a.content) for a in message.attachments] == [("my plan.bin", content)]


def test_blanks_lost_at_line_ends_do_no_harm() -> None:
    content = bytes(90)
    lines = [binascii.b2a_uu(content[i : i + 45]).decode().rstrip() + "\n" for i in (0, 45)]
    text, files = without_files(f"begin 644 a\n{''.join(lines)} \nend\n")
    assert (text, files[0].content) == ("", content)


@pytest.mark.parametrize(
    "text",
    ["begin 644 now\nwith words\nend\n", "begin 644 a\n", "begin at 644\nend\n", "let us\nbegin 644 times\nénd\nend\n"],
)
def test_words_that_only_look_like_a_file_stay(text: str) -> None:
    assert without_files(text) == (text, [])


def test_yenc_is_refused_and_many_beginnings_take_no_time() -> None:
    with pytest.raises(CannotAnonymise, match="attach"):
        without_files("x\n=ybegin line=128 size=3 name=a\n===\n=yend\n")
    began = time.process_time()
    without_files("begin 644 a\n" * 50_000)
    without_files("begin 644 a\n" * 50_000 + "end\n")
    assert time.process_time() - began < 5


def test_enriched_text_is_read_as_text() -> None:
    rich = "<bold>Now</bold> is the\ntime\n\n<color><param>red</param>for</color> a <<b>\n\n\n<nofill>x\ny</nofill>"
    assert enriched_to_text(rich) == "Now is the time\nfor a <b>\n\nx\ny"
    message = parse(b"Content-Type: text/enriched\r\n\r\n<italic>Hi</italic>\r\n")
    assert (message.text or "").strip() == "Hi"


def test_richtext_is_read_as_text() -> None:
    assert richtext_to_text("<bold>A</bold>\nb<nl>c <lt>d<comment>no</comment><paragraph>e") == "A b\nc <d\n\ne"


def test_of_a_mac_file_in_two_forks_the_data_stays() -> None:
    fork = b"Content-Type: application/applefile; name=a.csv\r\n\r\n\0\x05\x16\x07 Jane"
    data = b"Content-Type: text/csv; name=a.csv\r\n\r\n1,2"
    body = b"--b\r\n" + fork + b"\r\n--b\r\n" + data + b"\r\n--b--\r\n"
    message = parse(b"Content-Type: multipart/appledouble; boundary=b\r\n\r\n" + body)
    assert [(a.filename, a.content) for a in message.attachments] == [("a.csv", b"1,2")]


def test_of_a_mac_file_in_one_piece_the_data_stays() -> None:
    head = b"\0\x05\x16\0\0\x02\0\0" + bytes(16) + struct.pack(">HLLLLLL", 2, 3, 50, 4, 1, 54, 3)
    single = head + b"Jane" + b"1,2"
    message = parse(b"Content-Type: application/applefile; name=a.csv\r\n\r\n" + single)
    assert [a.content for a in message.attachments] == [b"1,2"]
    of_one = head.replace(b"\0\2\0\0\0\3", b"\0\1\0\0\0\3")  # the second entry is not counted
    for damaged in (head[:30], of_one + b"Jane" + b"1,2", single[:-1]):
        with pytest.raises(CannotAnonymise, match="damaged"):
            parse(b"Content-Type: application/applefile\r\n\r\n" + damaged)


def test_a_part_that_is_somewhere_else_is_left_to_the_cleaners() -> None:
    part = b"Content-Type: message/external-body; URL=http://t.example/1\r\n\r\nContent-Type: text/plain\r\n\r\n"
    body = b"--b\r\n\r\nwords\r\n--b\r\n" + part + b"\r\n--b--\r\n"
    message = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
    assert message.text == "words"
    assert [a.media_type for a in message.attachments] == ["message/external-body"]
