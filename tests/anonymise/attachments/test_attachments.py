"""Attachments are what their bytes are: text is cleaned, what cannot be cleaned is refused in words of its own."""

from __future__ import annotations

import io
import zipfile

import pytest

from relay.anonymise.attachments import CLEANERS, scrub_attachments
from relay.anonymise.attachments.sniff import family_of
from relay.anonymise.attachments.uncleaned import WORDS
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Identity, Known, Message, Persona
from relay.refusals import CannotAnonymise

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
REDACTOR = Redactor(
    Known(
        Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe", "Jörg")),
        AMBER,
        Identity(("tom@gmx.de",)),
        Persona("Quiet River", "quiet-river.p9@relay.example.org"),
    )
)


def cleaned(content: bytes, name: str | None = "a.txt", media_type: str = "text/plain") -> Attachment:
    return scrub_attachments(
        Message(attachments=(Attachment(content, media_type, name),)), REDACTOR
    ).message.attachments[0]


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "clean", "charset"),
    [
        (
            b"name;mail\r\nJane Whitcombe;jane.whitcombe@northbank.example\r\n",
            f"name;mail\r\n{AMBER.name};{AMBER.alias}\r\n".encode(),
            "utf-8",
        ),
        (b"\xef\xbb\xbfa,Jane Whitcombe\n", f"\ufeffa,{AMBER.name}\n".encode(), "utf-8"),
        ("J\u00f6rg schrieb\n".encode("cp1252"), f"{AMBER.name} schrieb\n".encode(), "windows-1252"),
        (
            "caf\u00e9 \u2014 J\u00f6rg".encode("cp1252"),
            f"caf\u00e9 \u2014 {AMBER.name}".encode("cp1252"),
            "windows-1252",
        ),
        ("Jane Whitcombe \u00e9".encode("utf-16"), f"{AMBER.name} \u00e9".encode("utf-16"), "utf-16"),
    ],
)
def test_identities_in_text_files_are_replaced_and_charset_and_line_ends_stay(
    content: bytes, clean: bytes, charset: str
) -> None:
    assert cleaned(content, "table.csv", "text/csv") == Attachment(clean, "text/csv", "table.csv", charset=charset)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain\r\nlines\rof\nevery kind\x0c",
        "ünïcode 漢字 🙂".encode(),
        b"\xef\xbb\xbfwith;a;mark\r\n",
        "caf\u00e9".encode("latin-1"),
        "caf\u00e9".encode("utf-16"),
        b'{"a": [1, 2]}\n',
        b"#!/usr/bin/env python3\nprint('%40')\n",
        b"From: is how a letter begins, and so it ends.\n",
    ],
)
def test_text_without_identities_stays_octet_for_octet(content: bytes) -> None:
    assert cleaned(content).content == content


@pytest.mark.parametrize(
    ("content", "name", "media_type", "family"),
    [
        (b"Rar!\x1a\x07\x00", "a.jpg", "image/jpeg", "archive"),
        (b"\x1f\x8b\x08\x00", "a.tar.gz", "application/gzip", "archive"),
        (b"a" + bytes(256) + b"ustar" + bytes(300), "a.txt", "text/plain", "archive"),
        (b"<?xml version='1.0'?>\n<?mso-application progid='x'?>", "a.xml", "text/xml", "flatoffice"),
        (b"\x78\x9f\x3e\x22\0\0", "winmail.dat", "application/ms-tnef", "tnef"),
        (b"From a@b Mon Feb  2 10:00:00 2026\nReceived: x\nTo: y\n\nz", "Sent", "text/plain", "mailbox"),
        (b"8BPS\0\1" + bytes(20), "a.psd", "image/vnd.adobe.photoshop", "otherpicture"),
        (b"gimp xcf v011\0" + bytes(20), "a.xcf", "image/x-xcf", "otherpicture"),
        (b"RIFF\0\0\0\0CDRE" + bytes(20), "a.cdr", "application/octet-stream", "otherpicture"),
        (b"AT&TFORM\0\0\0\0DJVU", "a.djvu", "image/vnd.djvu", "otherpicture"),
        (b"Book" + bytes(56) + b"BOOKMOBI" + bytes(20), "a.mobi", "application/x-mobipocket-ebook", "kindle"),
        (b"\xffWPC\x10\0\0\0" + bytes(20), "a.wpd", "application/vnd.wordperfect", "compound"),
        (zipped("Index/Document.iwa"), "a.pages", "application/vnd.apple.pages", "iwork"),
        (b"caff\0\1\0\0" + bytes(20), "a.caf", "audio/x-caf", "audio"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_in_words_of_its_own(
    content: bytes, name: str | None, media_type: str, family: str
) -> None:
    assert family_of(Attachment(content, media_type, name)) == family
    with pytest.raises(CannotAnonymise) as refusal:
        cleaned(content, name, media_type)
    assert (refusal.value.detail, refusal.value.file) == (WORDS[family], name)


@pytest.mark.parametrize(
    ("content", "family"),
    [
        (b"RIFF\0\0\0\0AVI " + bytes(20), "avi"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(20), "asf"),
        (b"FLV\1\5" + bytes(20), "flv"),
        (b"\0\0\1\xba" + bytes(20), "mpeg"),
    ],
)
def test_films_that_nothing_here_converts_are_refused_with_the_form_to_export(content: bytes, family: str) -> None:
    assert family_of(Attachment(content, "video/mp4", "a.avi")) == family
    with pytest.raises(CannotAnonymise, match=r"export it as \.mp4") as refusal:
        cleaned(content, "a.avi", "video/mp4")
    assert refusal.value.file == "a.avi"


def test_every_refusal_is_one_line_of_kind_ascii_and_no_family_is_both_cleaned_and_refused() -> None:
    # A file of an unknown kind may pass where the programme says so.
    assert set(CLEANERS) & set(WORDS) == {"unknown"}
    for words in WORDS.values():
        assert words.isascii()
        assert words.isprintable()
        assert "please" in words
        assert len(words) < 200


def test_a_letter_without_attachments_is_left_alone() -> None:
    message = Message("a", "b")
    assert scrub_attachments(message, REDACTOR).message is message
