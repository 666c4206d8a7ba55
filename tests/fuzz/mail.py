"""Harnesses of what reads mail: headers, MIME, charsets, containers, and what comes back."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from relay.anonymise.header_names import learned
from relay.message.automatic.delivery_report import report_from_fields, report_from_text
from relay.message.automatic.recognise import recognise
from relay.message.confirmation.read_answer import question_code, read_answer
from relay.message.read import applefile, charsets, cms, entities, text_formats, tnef, transfer, uuencode
from relay.message.read import header_words as words
from relay.message.read import html_to_text as plain
from relay.message.read.addresses import display_names, mailboxes, normalise
from relay.message.read.attached_mail import enclosed
from relay.message.read.fingerprint import fingerprint
from relay.message.read.headers import decoded_values, split, split_whole
from relay.message.read.parse import parse
from relay.message.read.routing_headers import read_routing_headers
from relay.message.write.dkim_sign import Signer, new_ed25519_key
from relay.model import Headers, RebuildOrder
from relay.rebuild import rebuild
from relay.refusals import Refusal

from .harness import KNOWN, SECRET, SECRETS, Harness, letters, text_of

_HEADERS = Headers("Amber Heron", KNOWN.author_persona.alias, SECRETS[2], "1@relay.example", datetime.now(UTC))
_SIGNER = Signer("relay.example", (("b", new_ed25519_key()),))


def _rebuild(octets: bytes) -> None:
    rebuilt = rebuild(RebuildOrder(octets, KNOWN, _HEADERS), _SIGNER)
    below = rebuilt.content.partition(b"\r\n\r\n")[2]
    assert not SECRET.search(text_of(below))
    # Whatever we send is clean enough for the strictest: 7 bits, whole line ends, no NUL.
    assert rebuilt.content.isascii() and b"\0" not in rebuilt.content
    assert rebuilt.content.replace(b"\r\n", b"").count(b"\n") == rebuilt.content.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, rebuilt.content.split(b"\r\n"))) <= 998


def _headers(octets: bytes) -> None:
    fields, body = split_whole(octets)
    assert 0 <= body <= len(octets)
    assert b"".join(field for _, field in fields) in octets
    assert len(split(octets)[0]) == len(fields)
    decoded_values(split(octets)[0])
    enclosed(octets)
    learned(KNOWN, read_routing_headers(octets))
    fingerprint(octets)


def _words(octets: bytes) -> None:
    words.decoded(octets)
    words.parameters(octets)
    text = words.raw_text(octets)
    mailboxes(text)
    display_names(text)
    with contextlib.suppress(ValueError):  # as it says
        normalise(text)


def _charsets(octets: bytes) -> None:
    label, _, rest = octets.partition(b"\n")
    text = charsets.decode(rest, label.decode("latin-1"))
    text.encode()  # no lone surrogates
    charsets.tidy(text)


def _transfer(octets: bytes) -> None:
    encoding, _, rest = octets.partition(b"\n")
    transfer.decode_transfer(rest, encoding.decode("latin-1"))


def _report(octets: bytes) -> None:
    text = text_of(octets)
    report_from_fields(text, text)
    report_from_text(text)


def _plain(octets: bytes) -> None:
    plain.declared_charset(octets)
    plain.html_to_text(text_of(octets))


def _enriched(octets: bytes) -> None:
    text_formats.enriched_to_text(text_of(octets))
    text_formats.richtext_to_text(text_of(octets))


def _flowed(octets: bytes) -> None:
    text_formats.unflow(text_of(octets), delete_space=False)
    text_formats.unflow(text_of(octets), delete_space=True)


def _never(octets: bytes) -> None:
    recognise(octets)
    recognise(octets, null_sender=True)


def _answers(octets: bytes) -> None:
    read_answer(octets, "K7F3Q2")
    as_text = read_answer(b"Subject: a\n\n" + octets, text_of(octets)[:40])
    assert not as_text.code_written or as_text.code_anywhere
    read_answer(b"Content-Type: text/html\n\n" + octets, question_code(text_of(octets)))


_LETTERS = tuple(letters())
_CHARSETS = ("utf-7", "iso-2022-kr", "iso-2022-jp", "hz", "gb18030", "cp932", "utf-16", "koi8-r", "x-user-defined", "")

HARNESSES = (
    Harness("letter", _rebuild, _LETTERS, ("relay.message.read.parse:parse",), seconds=8.0, longest=65_536),
    Harness("glance", read_routing_headers, _LETTERS, ("relay.message.read.routing_headers:read_routing_headers",)),
    Harness("parse", parse, _LETTERS, ("relay.message.read.parse:parse",), longest=65_536),
    Harness("entities", entities.read, _LETTERS, ("relay.message.read.entities:read",)),
    Harness("headers", _headers, _LETTERS, ("relay.message.read.headers:split",)),
    Harness(
        "words", _words, (b'"a" <b@c>, d: e@f;', b"=?utf-8?b?w6Q=?= <a@b>"),
        ("relay.message.read.header_words:decoded",),
    ),
    Harness("charsets", _charsets, tuple(f"{c}\nabc".encode() for c in _CHARSETS)),
    Harness("transfer", _transfer, (b"base64\nYWJj", b"quoted-printable\na=3D=\r\n", b"x-uuencode\nbegin 644 a\n")),
    Harness("returned", _never, _LETTERS, ("relay.message.automatic.recognise:recognise",), may=()),
    Harness(
        "answers", _answers, (*_LETTERS, b"Yes, K7F-3Q2", b"<p>no problem", "On 1 @:\n\n> a\n\nहाँ".encode()),
        ("relay.message.confirmation.read_answer:read_answer",), may=(),
    ),
    Harness(
        "delivery-report", _report, (b"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no",),
        tuple(f"relay.message.automatic.delivery_report:report_from_{by}" for by in ("fields", "text")), may=(),
    ),
    Harness("tnef", tnef.open_tnef, (), ("relay.message.read.tnef:open_tnef",)),
    Harness("cms", cms.opened, (), ("relay.message.read.cms:opened",), may=(cms.NotCmsError,)),
    Harness(
        "uuencode", lambda octets: uuencode.without_files(text_of(octets)), (b"begin 644 a\n#86)C\n`\nend\n",),
        ("relay.message.read.uuencode:without_files",),
    ),
    Harness("flowed", _flowed, (b"> a \n> b\n-- \nc",), ("relay.message.read.text_formats:unflow",), may=()),
    Harness("plain", _plain, (b"<p>a<br>b<ul><li>c</ul>",), ("relay.message.read.html_to_text:html_to_text",), may=()),
    Harness("enriched", _enriched, (b"<bold>a</bold><<<nl>", b"<param>x</param>"), may=()),
    Harness("applefile", applefile.data_fork, (b"\0\x05\x16\0" + b"\0\x02" + bytes(18) + b"\0\1",), ()),
)  # fmt: skip

assert Refusal in HARNESSES[0].may
