"""A Content-Type that was not signed may not make the reader see anything but what was signed."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relay.authentication.unsigned_multipart as unsigned_multipart
from relay.authentication.dkim_verify import Letter
from relay.authentication.unsigned_content import FIELDS, accounts_for_body
from relay.authentication.verdict import Verdict
from relay.message.read.parse import parse
from relay.model import Message
from relay.refusals import Refusal
from relay.settings import Address

from .posting import ALIAS, stamped
from .test_for_whom import MEMBER, brought, judged

MakeServer = Callable[[dict[object, object]], Awaitable[Address]]
LETTERS = Path(__file__).parents[1] / "letters"
PLAIN, QP, BASE64 = "Content-Type: text/plain; charset=utf-8", "quoted-printable", "base64"
QUOTED = (
    "Yes, fine with me.\r\n\r\n> --zz\r\n> old\r\n\r\n"
    "--zz\r\nContent-Type: text/plain\r\n\r\nI do not want to.\r\n--zz--\r\n"
)
TWO = "--zz\r\nContent-Type: text/plain\r\n\r\nHello\r\n--zz\r\nContent-Type: text/{}\r\n\r\n<p>Hello\r\n--zz--\r\n"
ALTERNATIVE = TWO.format("html")
MIXED = TWO.format("plain")
FILE = MIXED.replace("--zz--", "--zz\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--zz--")
HTML = "<html><body><p>Hello</p></body></html>\r\n"
LONG = base64.encodebytes("Hello, ä letter of some lines. ".encode() * 20).decode().replace("\n", "\r\n")


def to_type(value: str) -> str:
    return f"Content-Type: {value}"


def zz(subtype: str) -> str:
    return to_type(f'multipart/{subtype}; boundary="zz"')


def encoded(name: str) -> str:
    return f"Content-Transfer-Encoding: {name}"


def fits(body: str, *fields: str, signed: tuple[str, ...] = ()) -> bool:
    head = "".join(f"{field}\r\n" for field in ("From: a@b.example", *fields))
    return accounts_for_body(Letter.of(f"{head}\r\n{body}".encode()), signed)


GOOD: list[tuple[str, tuple[str, ...]]] = [
    ("Hello\r\n", ()),
    ("", ()),
    ("Grüße\r\n", ()),
    ("Hello\r\n", (PLAIN,)),
    ("Hello\r\n", (to_type('text/plain; charset="US-ASCII"; format=flowed'), encoded("7bit"))),
    ("Hello\r\n", (PLAIN, "Content-Disposition: inline")),
    ("Gr=C3=BC=C3=9Fe, a=3Db\r\n", (PLAIN, encoded(QP))),
    ("Hello\r\n", (PLAIN, encoded("Quoted-Printable"))),
    ("a=b and c=41 https://a.example/?id=12\r\n", (PLAIN,)),
    (LONG, (PLAIN, encoded(BASE64))),
    ("SGVsbG8sIHdvcmxk\r\n", (PLAIN, encoded(BASE64))),
    ("Okay\r\n", (PLAIN,)),
    ("Sure\r\n", (PLAIN,)),
    (HTML, (to_type("text/html; charset=utf-8"),)),
    ('=EF=BB=BF \r\n<div dir=3D"ltr">Hello</div>\r\n', (to_type("text/html"), encoded(QP))),
    (base64.b64encode(HTML.encode() * 3).decode(), (to_type("text/html; charset=utf-8"), encoded(BASE64))),
    ("<ann@a.example> wrote:\r\n> Hello\r\n", (PLAIN,)),
    ("-- \r\nAnn\r\n", (PLAIN,)),
    ("--\r\nAnn\r\n--\r\n", (PLAIN,)),
    ("\x1b$B$3$s$K$A$O\x1b(B\r\n", (to_type("text/plain; charset=ISO-2022-JP"), encoded("7bit"))),
    ("Hello\r\n", (to_type("text/plain; charset=windows-1252"),)),
    (ALTERNATIVE, (zz("alternative"), "MIME-Version: 1.0")),
    ("\r\n" + ALTERNATIVE + "\r\n\r\n", (zz("alternative"),)),
    (ALTERNATIVE.replace("--zz\r\n", "--zz \t\r\n"), (zz("alternative"),)),
    ("This is a multi-part message in MIME format.\r\n\r\n" + MIXED, (zz("mixed"), encoded("8bit"))),
    (FILE, (zz("mixed"),)),
    (FILE, (zz("related"),)),
    (MIXED.replace("text/plain\r\n\r\n<p>", "application/pgp-signature\r\n\r\n"), (zz("signed"),)),
    (MIXED.replace("zz", "zz--zz"), (to_type("multipart/mixed; boundary=zz--zz"),)),
    ("--zz\r\n\r\n--zzz\r\n--zz--", (zz("mixed"),)),
]
BAD: list[tuple[str, tuple[str, ...]]] = [
    # another boundary, or one where the body has text besides
    (QUOTED, (zz("mixed"),)),
    (QUOTED.partition("\r\n\r\n--zz")[2], (zz("mixed"),)),
    ("Hello\r\n" + MIXED, (zz("mixed"),)),
    (MIXED + "And more\r\n", (zz("mixed"),)),
    (MIXED + MIXED, (zz("mixed"),)),
    (MIXED.removesuffix("--zz--\r\n"), (zz("mixed"),)),
    (MIXED.removesuffix("--\r\n"), (zz("mixed"),)),
    ("--zz--\r\n", (zz("mixed"),)),
    ("--zzz\r\nHidden\r\n" + MIXED, (zz("mixed"),)),
    ("--zz x\r\nHidden\r\n" + MIXED, (zz("mixed"),)),
    ("Nearly " + "This is a multi-part message in MIME format.\r\n\r\n" + MIXED, (zz("mixed"),)),
    (MIXED, (to_type("multipart/mixed"),)),
    (MIXED, (to_type("multipart/mixed; boundary=z"),)),
    (MIXED, (to_type('multipart/mixed; boundary="zz" ; boundary="yy"'),)),
    (MIXED, (to_type("multipart/mixed; boundary*=utf-8''zz"),)),
    (MIXED, (to_type("multipart/mixed; boundary=zz (x)"),)),
    (MIXED, (to_type("multipart/mixed; boundary==?utf-8?q?zz?="),)),
    (MIXED, (zz("mixed"), encoded(BASE64))),
    (MIXED, (zz("mixed"), encoded(QP))),
    (MIXED, (zz("mixed"), encoded("x-unknown"))),
    # of which the reader sees only some parts
    (MIXED, (zz("alternative"),)),
    (FILE, (zz("alternative"),)),
    (MIXED, (zz("signed"),)),
    (ALTERNATIVE, (zz("encrypted"),)),
    (MIXED, (zz("report"),)),
    (MIXED, (zz("digest"),)),
    (MIXED, (zz("x-unknown"),)),
    # a multipart is no text
    (MIXED, (PLAIN,)),
    (MIXED, ()),
    ("This is a multi-part message in MIME format.\r\n" + ALTERNATIVE, (PLAIN,)),
    (MIXED.removesuffix("--zz--\r\n"), (PLAIN,)),
    # and text is neither HTML, nor a file, nor another letter, nor written in letters of another kind
    ("Hello\r\n", (to_type("text/html"),)),
    (HTML, (PLAIN,)),
    (HTML, ()),
    ("Hello\r\n", (to_type("application/octet-stream"),)),
    ("Subject: x\r\n\r\nHello\r\n", (to_type("message/rfc822"),)),
    ("Hello\r\n", (to_type("text/x-amp-html"),)),
    ("<bold>Hello</bold>\r\n", (to_type("text/enriched"),)),
    ("Hello\r\n", (to_type("text/plain; name=a.txt"),)),
    ("Hello\r\n", (to_type("text/plain; name*=utf-8''a.txt"),)),
    ("Hello\r\n", (to_type("text/plain; format=flowed; delsp=yes"),)),
    ("Hello\r\n", (PLAIN, "Content-Disposition: attachment")),
    ("Hello\r\n", ("Content-Disposition: inline; filename=a.txt",)),
    (MIXED, (zz("mixed"), "Content-Disposition: attachment; filename=winmail.dat")),
    ("Hello there\r\n", (to_type("text/plain; charset=utf-16"),)),
    ("Hello there\r\n", (to_type("text/plain; charset=utf-16le"),)),
    ("Hello there\r\n", (to_type("text/plain; charset=cp037"),)),
    ("1 +AGEAYg- 2\r\n", (to_type("text/plain; charset=utf-7"),)),
    ("a ~{<:Ky~} b\r\n", (to_type("text/plain; charset=hz-gb-2312"),)),
    ("Hello there\r\n", (to_type("text/plain; charset=unheard-of"),)),
    ("Grüße\r\n", (to_type("text/plain; charset=koi8-r"),)),
    ("Grüße\r\n", (to_type("text/html; charset=koi8-r"),)),
    ("Gr=C3=BC=C3=9Fe\r\n", (to_type("text/plain; charset=iso-8859-1"), encoded(QP))),
    ("\x1b$B$3$s$K$A$O\x1b(B\r\n", (PLAIN,)),
    # an encoding that it is not in, or one that is not told
    ("Hello there\r\n", (PLAIN, encoded(BASE64))),
    ("Okay\r\n", (PLAIN, encoded(BASE64))),
    ("see https://a.example/?id=41\r\n", (PLAIN, encoded(QP))),
    ("a=b\r\n", (PLAIN, encoded(QP))),
    ("Grüße\r\n=C3\r\n", (PLAIN, encoded(QP))),
    ("Hello\r\n", (PLAIN, encoded("x-uuencode"))),
    (LONG, (PLAIN,)),
    (LONG, (PLAIN, encoded(QP))),
    ("Gr=C3=BC=C3=9Fe\r\n", (PLAIN,)),
    ("one line that is =\r\nbroken\r\n", (PLAIN, encoded("7bit"))),
]  # fmt: skip


@pytest.mark.parametrize(("body", "fields"), GOOD)
def test_what_says_of_the_body_what_it_says_itself_passes(body: str, fields: tuple[str, ...]) -> None:
    assert fits(body, *fields)


@pytest.mark.parametrize(("body", "fields"), BAD)
def test_what_would_show_the_reader_something_else_does_not(body: str, fields: tuple[str, ...]) -> None:
    assert not fits(body, *fields)
    assert fits(body, *fields, signed=FIELDS)


def test_a_field_that_was_signed_is_not_doubted() -> None:
    file = to_type("application/pdf; name=a.pdf")
    assert fits(LONG, file, encoded(BASE64), signed=("content-type",))
    assert not fits(LONG, file, signed=("content-type",))
    assert fits(LONG, file, encoded(BASE64), "Content-Disposition: attachment", signed=FIELDS[::2])
    assert not fits(LONG, file, encoded(BASE64), "Content-Disposition: attachment", signed=FIELDS[:2])
    assert fits(QUOTED, zz("mixed"), signed=("content-type",))
    assert not fits(QUOTED, zz("mixed"), encoded(BASE64), signed=("content-type",))
    assert not fits(HTML, PLAIN, encoded(BASE64), signed=FIELDS[1:])


@pytest.mark.parametrize(
    ("honest", "forged"),
    [
        ((PLAIN,), (zz("mixed"),)),
        ((PLAIN,), (zz("mixed"), "MIME-Version: 1.0")),
        ((), (zz("mixed"),)),
        ((PLAIN,), (PLAIN, encoded(BASE64))),
        ((PLAIN,), (PLAIN, "Content-Disposition: attachment; filename=a.txt")),
    ],
)
async def test_a_letter_with_another_content_type_is_not_its_authors(
    honest: tuple[str, ...], forged: tuple[str, ...], name_server: MakeServer
) -> None:
    at = int(time.time())

    def sent(fields: tuple[str, ...]) -> bytes:
        head = f"From: <{MEMBER}>\r\nTo: <{ALIAS}>\r\nSubject: s\r\nDate: {formatdate(at, usegmt=True)}\r\n"
        content = (head + "".join(f"{field}\r\n" for field in fields) + f"\r\n{QUOTED}").encode()
        signature = stamped((head + f"\r\n{QUOTED}").encode(), (b"from", b"to", b"subject", b"date"))
        return signature.partition(b"From:")[0] + content

    good = await judged(brought(sent(honest), ALIAS), name_server)
    assert good.verdict(ALIAS) is Verdict.PASS
    bad = await judged(brought(sent(forged), ALIAS), name_server)
    assert bad.verdict(ALIAS) is Verdict.FAIL


def shown(content: bytes) -> Message | None:
    try:
        return parse(content)
    except Refusal:
        return None


_SAMPLES = [
    "--zz", "--zz--", "--yy", "--yy--", "", "", "Hello", "No", "a=b", "=C3=A9", "SGVsbG8h", "<p>x</p>", "é",
    "Content-Type: text/plain", "Content-Type: text/html", "Content-Type: multipart/mixed; boundary=yy",
]  # fmt: skip
_LINES = st.lists(st.sampled_from(_SAMPLES), max_size=12)
_TYPES = [
    None, "text/plain; charset=utf-8", "text/html", "multipart/mixed; boundary=zz", "multipart/mixed; boundary=yy",
    "multipart/alternative; boundary=zz", "multipart/related; boundary=zz", "multipart/signed; boundary=zz",
    "text/plain; charset=koi8-r",
]  # fmt: skip
_ENCODINGS = [None, "7bit", "base64", "quoted-printable"]


@given(_LINES)
@settings(max_examples=400, deadline=None)
def test_of_all_that_could_be_claimed_of_a_body_no_two_show_different_words(lines: list[str]) -> None:
    """Whatever passes is read by the reader itself: all of it shows the same words of the body, or all its parts."""
    body = "\r\n".join(lines).encode()
    seen: set[frozenset[str]] = set()
    for kind in _TYPES:
        for encoding in _ENCODINGS:
            head = f"From: a@b.example\r\nContent-Type: {kind}\r\n" if kind else "From: a@b.example\r\n"
            head += f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else ""
            content = head.encode() + b"\r\n" + body
            if accounts_for_body(Letter.of(content), ()) and (message := shown(content)) is not None:
                text = f"{message.text or ''} {message.html or ''}" + " ".join(
                    one.content.decode("utf-8", "replace") for one in message.attachments
                )
                seen.add(frozenset(word for word in ("Hello", "No", "a=b", "é", "x</p>") if word in text))
    assert len(seen) <= 1


@pytest.mark.parametrize("path", sorted(LETTERS.rglob("*.eml")), ids=lambda path: path.stem)
def test_what_real_programs_write_accounts_for_itself(path: Path) -> None:
    content = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert accounts_for_body(Letter.of(content), ()) or path.stem == "utf16"  # which no program sends unsigned


def test_of_a_body_full_of_delimiters_only_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    real = unsigned_multipart._lines

    def noted(*given: bytes) -> object:
        for at in real(*given):  # type: ignore[arg-type]
            looked.append(at)
            yield at

    monkeypatch.setattr(unsigned_multipart, "_lines", noted)
    for line in ("--zz\r\n", "--zzz\r\n"):
        looked.clear()
        assert not fits("--zz\r\n" + line * 50_000 + "--zz--\r\n", zz("mixed"))
        assert len(looked) <= 2001
