"""A header field folded within a name leaves a blank in it (RFC 5322 2.2.3): subject, display names, names of files."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from relay.anonymise.header_names import with_learned
from relay.anonymise.identities import Redactor
from relay.anonymise.subject import scrub_subject
from relay.message.read.header_words import decoded_with_folds
from relay.message.read.routing_headers import read_routing_headers
from relay.model import Known, Message

Relayed = Callable[[bytes], Message]
HEAD = b"From: jane.whitcombe@northbank.example\r\nTo: quiet-river.p9@relay.example.org\r\n"


@pytest.mark.parametrize(
    ("subject", "arrives"),
    [
        ("Bowls of Whit\r\n combe for you", "Bowls of Amber Heron for you"),
        ("Bowls of Whit\r\n\tcombe for you", "Bowls of Amber Heron for you"),
        ("Bowls of Whit\r\n  \r\n combe", "Bowls of Amber Heron"),
        ("Bowls of Jane Whit\r\n combe for you", "Bowls of Amber Heron for you"),
        ("Re: Whitcom\r\n be and bowls", "Re: Amber Heron and bowls"),
        ("=?utf-8?q?Bowls_of_Whit?=\r\n combe", "Bowls of Amber Heron"),
        ("Bowls of Jane\r\n Whitcombe", "Bowls of Amber Heron"),
        ("Bowls of W\r\n hit\r\n combe", "Bowls of W hit combe"),  # no program folds twice in a word
    ],
)
def test_a_name_in_which_the_subject_is_folded_goes(relayed: Relayed, subject: str, arrives: str) -> None:
    assert relayed(HEAD + b"Subject: " + subject.encode() + b"\r\n\r\nHello.\r\n").subject == arrives


@pytest.mark.parametrize(
    "subject",
    [
        "the ti\r\n me was short and the white\r\n combed wool",
        "I saw Jan\r\n eat bread",
        "a whit\r\n of combed wool",
        "Jan\r\n e i seus amics",
        "bowls and\r\n cups",
    ],
)
def test_what_resembles_it_stays(relayed: Relayed, subject: str) -> None:
    arrives = relayed(HEAD + b"Subject: " + subject.encode() + b"\r\n\r\nHello.\r\n").subject
    assert arrives == " ".join(subject.split())


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ('name="Whit\r\n combe.txt"', "document-1.txt"),
        ('name="plan of Whit\r\n\tcombe.txt"', "document-1.txt"),
        ('name="bowls and\r\n cups.txt"', "bowls and cups.txt"),
        ('name="white combs.txt"', "white combs.txt"),
    ],
)
def test_a_name_in_which_the_name_of_a_file_is_folded_goes(relayed: Relayed, name: str, arrives: str) -> None:
    letter = (
        HEAD + b"Subject: bowls\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nHello.\r\n--b\r\nContent-Type: text/plain; "
        + name.encode()
        + b"\r\nContent-Disposition: attachment\r\n\r\nbowls\r\n--b--\r\n"
    )
    assert [each.filename for each in relayed(letter).attachments] == [arrives]


def test_a_display_name_folded_within_a_name_is_learned_joined(known: Known) -> None:
    headers = read_routing_headers(b'From: "Iris Thorn\r\n quist" <zz91@post.example>\r\n\r\n')
    learned = with_learned(known.author, known.author_persona, known.recipient, known.recipient_persona, headers)
    assert "Iris Thornquist" in learned.learned


def test_the_offsets_are_those_of_the_blanks() -> None:
    for octets in (b" a b\r\n c\r\n\td ", b"\r\n a\r\n b", "ä\r\n ö\r\n ü".encode(), b"plain", b"\r\n \r\n"):
        text, folds = decoded_with_folds(octets)
        assert all(text[at] == " " for at in folds)
        assert len(folds) == octets.strip().count(b"\n")


def test_a_hostile_subject_costs_little(redactor: Redactor) -> None:
    subject = " ".join(["Whit", "combe"] * 20_000)
    letter = Message(subject, "x", folds=tuple(at for at, sign in enumerate(subject) if sign == " "))

    def cost(of: Message) -> float:
        begun = time.process_time()
        scrub_subject(of, redactor)
        return time.process_time() - begun

    cost(letter)
    assert cost(letter) < cost(Message(subject, "x")) + 0.3
