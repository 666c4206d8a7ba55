"""A signature in a formatted letter goes with its elements, links and pictures; the letter around it stays."""

from __future__ import annotations

import re

import pytest

from relay.anonymise.html.scrub import scrub_html
from relay.anonymise.identities import Redactor
from relay.model import Attachment, Identity, Known, Message, Persona

AMBER = Persona("Amber Heron", "amber-heron.x7k2m4@relay.example.org")
QUIET = Persona("Quiet River", "quiet-river.p9d3w8@relay.example.org")
KNOWN = Known(
    Identity(("jane.whitcombe@northbank.example",), ("Jane Whitcombe",)),
    AMBER,
    Identity(("tom@gmx.de",), ("Tom",)),
    QUIET,
)
PNG = b"\x89PNG\r\n\x1a\n"
LOGO = Attachment(PNG, "image/png", "logo.png", "logo@harlow", inline=True)
PHOTO = Attachment(PNG, "image/png", "sea.png", "sea@harlow", inline=True)

TEXT = "<p>Thank you for the chapter.</p><p>Could we talk on Thursday?</p>"
BLOCK = (
    '<b>Ines Farrow</b><br>Harlow Industries<br><a href="tel:+447700900123">+44 7700 900123</a>'
    '<br><a href="https://harlow.example">site</a><br><img src="cid:logo@harlow" alt="Harlow">'
)
OUTLOOK = "".join(
    f'<p class="MsoNormal"><span\nstyle="mso-fareast-language:EN-US"><b>{line}</b><o:p>\n</o:p></span></p>\n'
    for line in ("Ines Farrow", "Harlow &amp; Sons Ltd", "T +44 7700 900123 | 25 Mill Lane, Apt 34")
)


def scrubbed(html: str, *attachments: Attachment) -> Message:
    return scrub_html(Message("", "plain", html, attachments), Redactor(KNOWN)).message


def html_of(html: str) -> str:
    return scrubbed(html, LOGO, PHOTO).html or ""


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


SIGNED = [
    f'<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature" data-smartmail="gmail_signature">'
    f"<div dir=ltr>{BLOCK}</div></div>",
    f'<div class="x_gmail_signature">{BLOCK}</div>',
    f'<div data-smartmail="gmail_signature">{BLOCK}</div>',
    f'<div class="moz-signature">-- <br>{BLOCK}</div>',
    f'<pre class="moz-signature" cols="72">-- \n{BLOCK}</pre>',
    f'<div id="AppleMailSignature" dir=ltr>{BLOCK}</div>',
    f'<br id="lineBreakAtBeginningOfSignature"><div dir=ltr>{BLOCK}</div>',
    f'<div id="Signature"><div>{BLOCK}</div></div>',
    f'<div id="x_Signature"><table><tr><td>{BLOCK}</td></tr></table></div>',
    f'<div id="ms-outlook-mobile-signature">{BLOCK}</div>',
    f'<div id="composer_signature" dir=auto>{BLOCK}</div>',
    f'<div class="ydp7f2signature">{BLOCK}</div>',
    f'<div class="protonmail_signature_block"><div>{BLOCK}</div></div>',
    f'<div class="k9mail-signature">{BLOCK}</div>',
    f'<div id="signature">-- <br>{BLOCK}</div>',
    f'<div id="Zm-_Id_-Sgn1">{BLOCK}</div>',
    f'<div id="bloop_sign_1234" class="bloop_sign">{BLOCK}</div>',
    f'<div id="CanarySig"><div>{BLOCK}</div></div>',
    f'<div data-marker="__SIG_PRE__">{BLOCK}</div>',
    f'<div data-signature-widget="container"><div>{BLOCK}</div></div>',
    f'<signature id="abc">{BLOCK}</signature>',
    f'<sign signid="1">{BLOCK}</sign>',
    f'<table id="CODETWO_SIG"><tr><td>{BLOCK}</td></tr></table>',
    f'<p><a name="_MailAutoSig"><b>Ines</b></a></p><p><span style="mso-bookmark:_MailAutoSig">{BLOCK}</span></p>',
    f"-- <br>{BLOCK}",
    f"<div>--<br></div><div>{BLOCK}</div>",
    f"<hr><div>{BLOCK}</div>",
]


@pytest.mark.parametrize("signed", SIGNED)
def test_a_marked_or_delimited_signature_goes_with_its_links_and_logo(signed: str) -> None:
    done = scrubbed(f"{TEXT}<p>Best regards,</p>{signed}", LOGO, PHOTO)
    assert words(done.html or "") == "Thank you for the chapter. Could we talk on Thursday? Best regards,"
    assert "tel:" not in (done.html or "")
    assert "harlow" not in (done.html or "").lower()
    assert done.attachments == (PHOTO,)


@pytest.mark.parametrize("signed", SIGNED)
def test_what_is_written_above_and_quoted_below_stays(signed: str) -> None:
    quote = '<div class="gmail_quote">On 3 Nov 2026 at 14:05 X wrote:<br><blockquote>I read it.</blockquote></div>'
    done = words(html_of(f"{TEXT}<p>Best regards,</p>{signed}<br>{quote}"))
    assert done.startswith("Thank you for the chapter. Could we talk on Thursday? Best regards,")
    assert done.endswith("wrote: I read it.")
    assert "Harlow" not in done


def test_a_signature_without_mark_goes_when_it_follows_the_closing_formula() -> None:
    done = html_of(f"<div class=WordSection1>{TEXT}<p>Kind regards,</p><p>&nbsp;</p>{OUTLOOK}</div>")
    assert words(done) == "Thank you for the chapter. Could we talk on Thursday? Kind regards,"


def test_a_signature_inside_a_quotation_goes_and_the_quotation_stays() -> None:
    quoted = f'<blockquote type=cite><p>I read it.</p><div class="moz-signature">-- <br>{BLOCK}</div></blockquote>'
    assert words(html_of(f"<p>Yes.</p>{quoted}<p>And this.</p>")) == "Yes. I read it. And this."
    quoted = f"<blockquote type=cite><p>I read it.</p><p>Best regards,</p>{OUTLOOK}</blockquote>"
    assert words(html_of(f"<p>Yes.</p>{quoted}<p>And this.</p>")) == "Yes. I read it. Best regards, And this."


@pytest.mark.parametrize("mark", ['class="gmail_signature"', 'id="AppleMailSignature"', 'class="moz-signature"'])
def test_a_letter_written_inside_a_signature_element_stays(mark: str) -> None:
    assert words(html_of(f"<div {mark}>{TEXT}</div>")) == "Thank you for the chapter. Could we talk on Thursday?"
    letter = f"<p>Dear Amber,</p>{TEXT}<p>Best regards,</p>"
    assert words(html_of(f"<div>Hello</div><div {mark}>{letter}<p>-- </p>{BLOCK}</div>")) == (
        "Hello Dear Amber, Thank you for the chapter. Could we talk on Thursday? Best regards,"
    )


@pytest.mark.parametrize(
    "mark", ['div id="bloop_sign_1"', 'div id="CanarySig"', 'div data-marker="__SIG_PRE__"', 'div id="CODETWO_SIG"']
)
def test_a_line_that_only_its_element_marks_goes_too(mark: str) -> None:
    done = scrubbed(f"{TEXT}<p>Best regards,</p><{mark}>Lisbon desk</div>")
    assert words(done.html or "") == "Thank you for the chapter. Could we talk on Thursday? Best regards,"


@pytest.mark.parametrize(
    "last", ["ISO 9001:2015 certified", "Hours GMT-8, Mon", "she | her", "CIN: U2211 | GSTIN 27AAA"]
)
def test_the_last_lines_of_a_delimited_signature_go_where_each_is_an_element(last: str) -> None:
    lines = ("-- ", "Ines Farrow", "Harlow Industries Ltd", "+44 7700 900123", last)
    done = scrubbed(f"{TEXT}<p>Best regards,</p>" + "".join(f"<div>{line}</div>" for line in lines))
    assert words(done.html or "") == "Thank you for the chapter. Could we talk on Thursday? Best regards,"


@pytest.mark.parametrize(
    "below", ["Would you send me the poem?", "P.S. The owl is back.", "The owl slept in the mill."]
)
def test_words_below_such_a_signature_stay(below: str) -> None:
    lines = ("-- ", "Ines Farrow", "Harlow Industries Ltd", "+44 7700 900123", below)
    done = scrubbed(f"{TEXT}<p>Best regards,</p>" + "".join(f"<div>{line}</div>" for line in lines))
    assert below in words(done.html or "")


def test_prose_after_a_signature_element_stays() -> None:
    html = '<p>One.</p><pre class="moz-signature">-- \nInes Farrow\nHarlow Ltd</pre><p>Could we talk on Thursday?</p>'
    assert words(html_of(html)) == "One. Could we talk on Thursday?"


def test_a_picture_shown_in_the_letter_too_stays() -> None:
    done = scrubbed(f'{TEXT}<img src="cid:logo@harlow"><div class="gmail_signature">{BLOCK}</div>', LOGO)
    assert done.attachments == (LOGO,)
    assert (done.html or "").count("<img") == 1


def test_a_picture_between_the_closing_formula_and_the_signature_stays() -> None:
    html = f'{TEXT}<p>Best,</p><img src="cid:sea@harlow"><p>Ines Farrow<br>Harlow Ltd<br>+44 7700 900123</p>'
    done = scrubbed(html, PHOTO)
    assert done.attachments == (PHOTO,)
    assert "Harlow" not in (done.html or "")


def test_a_logo_written_into_the_html_goes_too() -> None:
    html = f'{TEXT}<div class="signature"><img src="data:image/png;base64,iVBORw0KGgo=" alt="Harlow"></div>'
    done = scrubbed(html)
    assert done.attachments == ()
    assert "img" not in (done.html or "")


@pytest.mark.parametrize(
    "html",
    [
        f"{TEXT}<p>Best regards,<br>Amber</p>",
        "<p>I like this:</p><blockquote>Hope is the thing<br>with feathers</blockquote><p>Emily Dickinson</p>",
        "<table><tr><td>one</td><td>two</td></tr><tr><td>-</td><td>--</td></tr></table>",
        "<p>One.</p><hr><p>Two.</p><hr><p>Three.</p>",
        '<p>Look: <a href="https://openbooks.example/x">a book</a></p><ul><li>one</li><li>two</li></ul>',
        "<p>I think we could meet at the library\nat 12 High Street\non Thursday, or\ncall Harlow Ltd.</p>",
        "<pre>def f():\n    return 1\n\n# --\n</pre>",
    ],
)
def test_a_formatted_letter_without_signature_stays_as_it_was(html: str) -> None:
    assert words(html_of(html)) == words(html)


def test_the_same_mark_means_nothing_else() -> None:
    assert html_of('<p class="intro" id="a1">Hello</p>') == "<p>Hello</p>"
    assert "signature" not in html_of(f'{TEXT}<p class="signature-list">Dear Amber, I sign this. You sign it, too.</p>')


@pytest.mark.parametrize(
    "block",
    [
        '<b>Jane Whitcombe</b><br>Partner, Harlow<br><a href="https://harlow.example/?x=y"><img alt="us"></a>',
        '<table><tr><td>Jane Whitcombe</td></tr><tr><td>Head of Maths</td></tr><tr><td><a href="http://www.harlow.example">'
        "Harlow</a></td></tr></table>",
        '<div>Jane Whitcombe</div><div><a href="https://harlow.example/">Harlow</a> | Partner</div>',
    ],
)
def test_a_link_to_the_first_page_of_a_site_is_a_mark_though_only_words_show(block: str) -> None:
    assert "arlow" not in html_of(f"{TEXT}<br><br>{block}")


@pytest.mark.parametrize(
    "html",
    [
        f"{TEXT}<p>Jane</p><p>I have read a long list of books on my way, and this is my list: "
        '<a href="https://books.example/">Books</a>, '
        '<a href="https://glaze.example">Glazes</a>, and <a href="https://kiln.example/">Kilns</a>.</p>',
        f'{TEXT}<p>See <a href="https://openbooks.example/">the library</a> of my town.</p>',
        '<ul><li><a href="https://a.example">One</a></li><li><a href="https://b.example">Two</a></li></ul>',
    ],
)
def test_links_to_first_pages_in_a_letter_stay(html: str) -> None:
    assert words(html_of(html)).replace(AMBER.name, "Jane") == words(html)
