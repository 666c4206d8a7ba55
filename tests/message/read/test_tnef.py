"""winmail.dat is opened: its files are attached, its body counts when there is no other."""

from __future__ import annotations

import random
import struct
import time

import pytest

from relay.message.read.parse import parse
from relay.message.read.tnef import SIGNATURE, open_tnef
from relay.refusals import CannotAnonymise


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHL", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(*attributes: bytes) -> bytes:
    return SIGNATURE + b"\1\0" + b"".join(attributes)


def unicode(name: int, text: str) -> bytes:
    octets = text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHLL", 0x1F, name, 1, len(octets)) + octets + bytes(-len(octets) % 4)


def binary(name: int, octets: bytes, kind: int = 0x102) -> bytes:
    return struct.pack("<HHLL", kind, name, 1, len(octets)) + octets + bytes(-len(octets) % 4)


def number(name: int, value: int) -> bytes:
    return struct.pack("<HHL", 3, name, value)


def named(value: int) -> bytes:
    name = "Keywords\0".encode("utf-16-le")
    return (
        struct.pack("<HH16sLL", 3, 0x8005, bytes(16), 1, len(name))
        + name
        + bytes(-len(name) % 4)
        + struct.pack("<L", value)
    )


def properties(*said: bytes) -> bytes:
    return struct.pack("<L", len(said)) + b"".join(said)


SENDER = unicode(0x0C1A, "Zebulon Pell")
TIMES = struct.pack("<HHQ", 0x40, 0x0039, 1)
FILE = (
    attribute(2, 0x9002, bytes(14)),
    attribute(2, 0x8010, b"PLAN~1.CSV\0"),
    attribute(2, 0x800F, b"a,b\n"),
    attribute(
        2,
        0x9005,
        properties(named(7), number(0x3705, 1), unicode(0x3707, "planų 2026.csv"), unicode(0x370E, "text/csv")),
    ),
)
BODIES = properties(
    SENDER, TIMES, unicode(0x1000, "Plain wörds"), binary(0x1013, b"<p>Rich</p>"), number(0x3FDE, 65001)
)


def letter(content: bytes, text: str = "") -> bytes:
    head = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    words = b"--b\r\n\r\n" + text.encode() + b"\r\n" if text else b""
    part = b"--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    return head + words + part + content + b"\r\n--b--\r\n"


def test_files_in_it_are_attached_and_the_words_beside_it_count() -> None:
    message = parse(letter(tnef(attribute(1, 0x9003, BODIES), *FILE), "Words."))
    assert (message.text, message.html) == ("Words.", None)
    assert [(a.filename, a.media_type, a.content) for a in message.attachments] == [
        ("planų 2026.csv", "text/csv", b"a,b\n")
    ]


def test_its_body_counts_when_there_is_no_other() -> None:
    message = parse(letter(tnef(attribute(1, 0x9003, BODIES))))
    assert (message.text, message.html) == ("Plain wörds", "<p>Rich</p>")
    old = tnef(attribute(1, 0x9007, struct.pack("<LL", 1251, 0)), attribute(1, 0x800C, "привет\0".encode("cp1251")))
    assert parse(letter(old)).text == "привет"


@pytest.mark.parametrize(
    ("said", "html"),
    [
        ((binary(0x1013, "<p>für</p>".encode()),), "<p>für</p>"),
        ((binary(0x1013, "<p>für</p>".encode()), number(0x3FDE, 0)), "<p>für</p>"),
        ((binary(0x1013, "<p>für</p>".encode()), binary(0x3FDE, b"1251")), "<p>für</p>"),
        ((binary(0x1013, "<p>для</p>".encode("cp1251")), number(0x3FDE, 1251)), "<p>для</p>"),
    ],
)
def test_its_formatted_body_is_read_in_the_charset_that_it_names_or_in_utf_8(
    said: tuple[bytes, ...], html: str
) -> None:
    assert parse(letter(tnef(attribute(1, 0x9003, properties(*said))))).html == html


def test_a_body_only_outlook_reads_is_refused_unless_there_are_words_beside_it() -> None:
    rich = tnef(attribute(1, 0x9003, properties(binary(0x1009, b"LZFu"))))
    with pytest.raises(CannotAnonymise, match="only Outlook"):
        parse(letter(rich))
    assert parse(letter(rich, "Words.")).text == "Words."


def test_a_file_without_the_old_fields_is_found_in_its_properties() -> None:
    said = properties(binary(0x3701, b"1,2"), unicode(0x3707, "a.csv"), unicode(0x370E, "text/csv\r\nX: y"))
    (made,) = open_tnef(tnef(FILE[0], attribute(2, 0x9005, said))).attachments
    assert (made.filename, made.media_type, made.content) == ("a.csv", "application/octet-stream", b"1,2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (tnef(attribute(1, 0x8008, b"IPM.Schedule.Meeting.Request\0")), "meeting"),
        (tnef(FILE[0], attribute(2, 0x9005, properties(number(0x3705, 5)))), "another letter"),
        (tnef(FILE[0], attribute(2, 0x9005, properties(binary(0x3701, b"x", 0x0D)))), "another letter"),
        (b"something else", "damaged"),
        (tnef(*FILE)[:-20], "damaged"),
        (tnef(attribute(1, 0x9003, b"\xff\xff\xff\x7f")), "damaged"),
        (tnef(attribute(1, 0x9003, properties(struct.pack("<HHL", 0x77, 1, 0)))), "damaged"),
        (tnef(attribute(1, 0x9003, properties(struct.pack("<HHL", 0x1003, 1, 0xFFFFFFFF)))), "damaged"),
        (tnef(attribute(1, 0x9003, properties(struct.pack("<HHLL", 0x1F, 1, 1, 0xFFFFFF)))), "damaged"),
        (tnef(*[FILE[0]] * 300), "damaged"),
    ],
)
def test_what_cannot_be_opened_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(CannotAnonymise, match=words) as refusal:
        open_tnef(content)
    assert "please" in refusal.value.detail


def test_hostile_octets_are_refused_or_read_quickly() -> None:
    whole = tnef(attribute(1, 0x9003, BODIES), *FILE)
    dice = random.Random(7)
    began = time.process_time()
    for _ in range(2000):
        octets = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            octets[dice.randrange(4, len(octets))] = dice.randrange(256)
        try:
            open_tnef(bytes(octets))
        except CannotAnonymise:
            continue
    open_tnef(tnef(attribute(1, 0x9003, properties(*[struct.pack("<HHLL", 0x101F, 1, 1, 0)] * 5000))))
    assert time.process_time() - began < 3
