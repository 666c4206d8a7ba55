"""The letter itself has one form: header fields, structure, boundaries, Content-IDs, part headers, HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relay.anonymise.html.canonical_html import canonical
from relay.anonymise.leak_check.forms.html import read_html
from relay.anonymise.leak_check.forms.letter import read_letter
from relay.anonymise.leak_check.forms.proof import prove_form
from relay.anonymise.leak_check.forms.reading import NotOurForm
from relay.anonymise.leak_check.forms.shown import prove_shown
from relay.message.write.compose import compose
from relay.model import Attachment, Echoes, Headers, Identity, Known, Message, Persona
from relay.refusals import NotProven, StillIdentifying

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example")
KNOWN = Known(
    Identity(("z91x7q@letters.example",), ("Jane Whitcombe",)),
    AMBER,
    Identity(("q5x1@read.example",)),
    Persona("Quiet River", "quiet-river.p9d3w8@relay.example"),
)
HEADERS = Headers(AMBER.name, AMBER.alias, "q5x1@read.example", "k3@relay.example", datetime(2026, 3, 2, tzinfo=UTC))
INNER = replace(HEADERS, message_id="k4@relay.example")
GIF = b"GIF89a\1\0\1\0\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0\x3b"
LINK = '<a href="https://books.example/?a=1&amp;b">a book</a>'
PAGE = f'<p>words <b>here</b> = {LINK}</p>\n<p><img src="cid:1@x" alt="x"></p>'
FULL = Message(
    "Prüfung: 1, 2, 3",
    "words\nfrom me = and more\n",
    PAGE,
    (
        Attachment(GIF, "image/gif", "a.gif", "1@x", inline=True),
        Attachment(b"some words", "text/plain", "Übung 7; \"neu\" mit einem langen Namen für eine kleine Datei.txt"),
        Attachment(compose(Message("x", "words"), replace(HEADERS, date=None)), "message/rfc822", "x.eml"),
    ),
)  # fmt: skip
LETTERS = {
    "text": (Message("", "words\n"), HEADERS),
    "everything": (FULL, replace(HEADERS, in_reply_to="a@b.example", references=("c@d", "e@f"), auto_submitted="no")),
    "shortest": (
        replace(FULL, text="نص\n", html="<p>نص</p>"),
        replace(HEADERS, shortest=True, reply_to="x@relay.example"),
    ),
    "a reaction": (Message("x", "👍\n", "<p>👍</p>", reaction="👍"), replace(HEADERS, in_reply_to="a@b.example")),
}


@pytest.mark.parametrize("name", LETTERS)
def test_what_relay_composes_is_proven(name: str) -> None:
    message, headers = LETTERS[name]
    letter = compose(message, headers)
    prove_form(letter, KNOWN)
    assert len(read_letter(letter).files) == len(message.attachments)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"MIME-Version: 1.0\r\n", b"X-Mailer: Mail 16\r\nMIME-Version: 1.0\r\n"),
        (b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0 (Mac OS X Mail 16)\r\n"),
        (b" +0000\r\n", b" +0530\r\n"),
        (b"Subject: =?utf-8?b?", b"Subject: =?iso-8859-7?b?"),
        (b'multipart/mixed;\r\n boundary="=_', b'multipart/mixed;\r\n boundary="Apple-Mail=_'),
        (b"multipart/related;\r\n", b'multipart/related; type="text/html";\r\n'),
        (b"Content-Type: text/html; charset=utf-8\r\n", b"Content-Type: text/html; charset=utf-8; x-mac=yes\r\n"),
        (b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: base64\r\nX-Attachment-Id: f_1\r\n"),
        (b"Content-ID: <", b"Content-ID: <ii_"),
        (b"=3D and more", b"=3d and more"),
        (b"R0lGODlh", b"R0lG\r\nODlh"),
    ],
)
def test_another_form_is_refused(old: bytes, new: bytes) -> None:
    letter = compose(FULL, HEADERS)
    assert old in letter
    with pytest.raises(NotProven) as refusal:
        prove_form(letter.replace(old, new, 1), KNOWN)
    assert isinstance(refusal.value, StillIdentifying) and "anonymous" in refusal.value.reply.text


ONE_BYTE = b"QQ==\r\n"
TWO_LINES = b"A" * 76 + b"\r\nQUI=\r\n"
SPELLINGS = {
    ONE_BYTE: (
        b"QQ==",
        b"QQ==\n",
        b"QR==\r\n",
        b"Q\r\nQ==",
        b"QQ==\r\n\r\n",
        b"\r\nQQ==",
        b"QQ= =\r\n",
        b"QQ\r\n==",
        b"QQ\r\n",
    ),
    TWO_LINES: (
        b"A" * 77 + b"\r\nQUI=\r\n",
        b"A" * 76 + b"\n\rQUI=\r\n",
        b"A" * 76 + b"QUI=\r\n\r\n",
        b"A" * 72 + b"\r\nAAAAQUI=\r\n",
        b"A" * 76 + b"\r\nQUJ=\r\n",
        b"A" * 76 + b"\r\nQUI\r\n=",
        b"\r" + b"A" * 76 + b"\nQUI=\r\n",
    ),
}


@pytest.mark.parametrize(("ours", "other"), [(ours, one) for ours, several in SPELLINGS.items() for one in several])
def test_base64_has_one_spelling(ours: bytes, other: bytes) -> None:
    before, middle, behind = compose(FULL, HEADERS).partition(b"c29tZSB3b3Jkcw==\r\n")  # "some words"
    read_letter(before + ours + behind)
    assert middle
    with pytest.raises(NotOurForm):
        read_letter(before + other + behind)


def test_octets_around_the_parts_are_refused() -> None:
    letter = compose(FULL, HEADERS)
    first = letter.index(b"--=_")
    for changed in (letter + b"epilogue\r\n", letter[:first] + b"preamble\r\n" + letter[first:]):
        with pytest.raises(NotProven):
            prove_form(changed, KNOWN)


def test_the_refusal_names_the_file_for_its_author_only() -> None:
    bad = replace(FULL, attachments=(*FULL.attachments, Attachment(GIF + b"SECRET", "image/gif", "my cat.gif")))
    with pytest.raises(NotProven) as refusal:
        prove_form(compose(bad, HEADERS), KNOWN)
    assert refusal.value.file == "my cat.gif" and "cat" not in refusal.value.reply.text


def test_a_file_in_an_attached_mail_is_proven_too() -> None:
    for added, passes in ((b"", True), (b"SECRET", False)):
        inner = Message("x", "words", None, (Attachment(GIF + added, "image/gif", "a.gif"),))
        mail = Attachment(compose(inner, INNER), "message/rfc822", "a.eml")
        letter = compose(Message("x", "y", None, (mail,)), HEADERS)
        if passes:
            prove_form(letter, KNOWN)
            continue
        with pytest.raises(NotProven):
            prove_form(letter, KNOWN)


def test_a_file_that_its_reader_wrote_comes_back_as_it_is() -> None:
    from relay.anonymise.echoes import digest

    own = Attachment(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 own", "application/msword", "own.doc")
    letter = compose(Message("x", "words", None, (own,)), HEADERS)
    prove_form(letter, replace(KNOWN, echoes=Echoes(files=(digest(own),))))
    with pytest.raises(NotProven):
        prove_form(letter, KNOWN)


def test_an_attached_mail_that_its_reader_sent_comes_back_as_it_is() -> None:
    from relay.anonymise.echoes import digest

    inner = Message("x", "words", None, (Attachment(GIF + b"their own", "image/gif", "a.gif"),))
    own = Attachment(compose(inner, INNER), "message/rfc822", "a.eml")
    letter = compose(Message("x", "words", None, (own,)), HEADERS)
    (arrived,) = read_letter(letter).files
    sent = digest(Attachment(arrived.content, arrived.media_type))
    prove_form(letter, replace(KNOWN, echoes=Echoes(files=(sent,))))
    with pytest.raises(NotProven):
        prove_form(letter, KNOWN)


@pytest.mark.parametrize(("setting", "passes"), [("ask", True), ("pass", True), ("refuse", False)])
def test_a_file_that_relay_cannot_read_passes_as_the_setting_says(setting: str, passes: bool) -> None:
    message = Message("x", "words", None, (Attachment(b"\1\2\3\4" * 9, "application/x-tool", "a.tool"),))
    known = replace(KNOWN, unknown_files=setting)
    if passes:
        prove_form(compose(message, HEADERS), known)
        return
    with pytest.raises(NotProven):
        prove_form(compose(message, HEADERS), known)


@pytest.mark.parametrize(
    "html",
    [
        *('<p class="MsoNormal">x</p>', '<p dir="auto">x</p>', '<p style="margin:0">x</p>', "<p>x<!-- y --></p>"),
        *("<div><br></div><p>x", "<b>x</p>", '<a href="file:///x">x</a>', '<a href="https://a.example" ping="x">x</a>'),
        *('<img src="https://a.example/1.gif">', '<img src="cid:2@x">', '<img src="data:image/gif;base64,AA==">'),
        *(
            "<font>x</font>",
            "<script>x</script>",
            "<P>x</P>",
            "<p>x</p ><o:p></o:p>",
            '<ol type="disc"><li>x</li></ol>',
        ),
        *('<span style="color:red">x</span>', '<blockquote class="yahoo_quoted">x</blockquote>', "x > y", "x < y"),
    ],
)
def test_html_of_another_form_is_refused(html: str) -> None:
    with pytest.raises(NotOurForm):
        read_html(html, frozenset({"1@x"}))


def test_what_canonical_letters_may_hold_is_proven() -> None:
    page = canonical(
        '<ol type="circle" start="4"><li value="7">a</li></ol><ol type="a" reversed=""><li>b</li></ol>'
        '<h2 align="center">c</h2><table border="2"><tr><td colspan="2">d</td><td>e</td></tr></table>'
        '<img src="cid:1@x" alt="two\nlines">'
        '<p dir="rtl"><font color="#ff0000" size="5">f</font><sub>g</sub></p><blockquote>h<pre>i  j</pre></blockquote>'
        '<a href="tel:+1">k</a><span style="background-color:#00ff00">l</span>'
    )
    read_html(page, frozenset({"1@x"}))


@pytest.mark.parametrize(
    "hidden",
    [
        *("<title>SECRETS</title>", "<!-- SECRETS -->", "<style>SECRETS</style>", "<script>SECRETS</script>"),
        *('<div style="display:none">SECRETS</div>', '<span hidden><b>b</b> SECRETS</span>', "<svg>SECRETS</svg>"),
        *("<o:DocumentProperties>SECRETS</o:DocumentProperties>", '<div style="font-size: 0">SECRETS</div>'),
        *('<div class="gmail_signature">SECRETS</div>', '<br id="lineBreakAtBeginningOfSignature"><div>SECRETS</div>'),
    ],
)  # fmt: skip
def test_what_was_hidden_is_not_shown(hidden: str) -> None:
    received = Message("x", None, f"<html><body><p>words and plans</p>{hidden}</body></html>")
    prove_shown(received, "words and plans", "<p>words and plans</p>", ())
    with pytest.raises(NotOurForm):
        prove_shown(received, "words and plans", "<p>words and plans SECRETS</p>", ())


@pytest.mark.parametrize(
    "html",
    [
        *("<title>Plans</title><p>words and plans</p>", '<p style="display:none">a</p><p>plans</p>', "<!-- plans"),
        *('<div style="display:none">plans', "<o:p>plans</o:p>", '<img alt="plans"><title>plans</title>'),
        *('<blockquote><div class="gmail_signature">plans</div></blockquote>', '<p style="font-size:0.9em">plans</p>'),
    ],
)
def test_what_was_written_to_be_read_may_be_shown(html: str) -> None:
    prove_shown(Message("x", None, html), "words and plans", "<p>words and plans</p>", ())
