"""Harnesses of what takes identities out of text and pages: names, addresses, history, signatures, links, HTML."""

from __future__ import annotations

from itertools import pairwise

from relay.anonymise import contact
from relay.anonymise.calendar_answers import scrub_calendar_answer
from relay.anonymise.canonical_form import scrub_form
from relay.anonymise.history import find_history
from relay.anonymise.html.scrub import scrub_html
from relay.anonymise.html.style_attribute import declarations, hides, kept, shrinks
from relay.anonymise.identities import Redactor, replaced
from relay.anonymise.links.clean import clean_link
from relay.anonymise.passages import passages
from relay.anonymise.reactions import scrub_reaction
from relay.anonymise.signature_blocks import Rows
from relay.anonymise.signature_blocks import find as find_signatures
from relay.anonymise.subject import scrub_subject
from relay.anonymise.text import scrub_text
from relay.message.automatic.absence import is_absence, says_so
from relay.message.read.charset_labels import codec_of
from relay.message.read.charsets import tidy
from relay.message.read.html_signs import with_signs
from relay.message.read.html_to_text import html_to_text
from relay.message.read.reactions import emoji_of_gmail, is_emoji
from relay.model import Attachment, Message

from .harness import KNOWN, SECRET, Harness, text_of

_REDACTOR = Redactor(KNOWN)


def _text(octets: bytes) -> str:
    """Text as the parser hands it on."""
    return tidy(text_of(octets))


def _identities(octets: bytes) -> None:
    text = _text(octets)
    found = _REDACTOR.find(text)
    assert all(a.start < a.end <= len(text) for a in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    clean = replaced(text, found)
    assert not SECRET.search(clean)


def _passages(octets: bytes) -> None:
    text = _text(octets)
    found = passages(text, _REDACTOR)
    assert all(a.end <= b.start for a, b in pairwise(found))
    replaced(text, found)
    scrub_text(Message("", text), _REDACTOR)
    scrub_subject(Message(text, ""), _REDACTOR)


def _contact(octets: bytes) -> None:
    text = _text(octets)
    found = contact.find(text, Rows())
    assert all(0 <= a.start < a.end <= len(text) for a in found)
    contact.kind_of_link(text)


def _page(octets: bytes) -> None:
    """Twice, for what relay wrote itself comes back in the next answer and must hold still."""
    first = scrub_form(scrub_html(Message("", None, _text(octets)), _REDACTOR).message, _REDACTOR).message
    if first.html is None:
        return
    assert not SECRET.search(first.html)
    scrub_form(scrub_html(Message("", None, first.html), _REDACTOR).message, _REDACTOR)


def _styles(octets: bytes) -> None:
    found = declarations(text_of(octets))
    hides(found)
    shrinks(found)
    kept(found)
    clean_link(text_of(octets), _REDACTOR)


def _signs(octets: bytes) -> None:
    """The page says the same a second time, and its text has no letter in the place of a sign."""
    text = _text(octets)
    shown = with_signs(text)
    assert len(shown) <= 40 * len(text) + 100
    html_to_text(shown)
    codec_of(text)


def _automatic(octets: bytes) -> None:
    """Absence messages, reactions and answers to invitations, by their words."""
    text = _text(octets)
    is_absence(text[:200], text)
    says_so(text)
    scrub_reaction(Message(text[:200], text, text), _REDACTOR)
    entry = Attachment(octets, "text/calendar")
    scrub_calendar_answer(Message(text[:200], "", None, (entry,)), _REDACTOR)
    emoji = emoji_of_gmail(octets)
    assert emoji == "" or is_emoji(emoji)


_REPLY = b"Hi\n\nOn Mon, 2 Mar 2026 at 10:00, Jane Whitcombe <jane@real.example> wrote:\n> x\n> -- \n> J\n\n-- \nJane\n"
_OLD = b"\n-----Original Message-----\nFrom: Jane\nSent: Monday, 2 March 2026 10:00\nTo: Omar\nSubject: x\n\nold\n"
_HTML = (
    b'<div style="color:red">a <a href="http://x/?u=jane%40real.example">b</a><img src="cid:1"></div><table><tr><td>c',
    b'<blockquote type="cite"><pre>x</pre><!--[if mso]>y<![endif]--></blockquote><ul><li>a<ol><li>b</ol></ul>',
)

_SIGNS = (
    b"<p style='font-family:Wingdings'>J<b style='font:7pt Symbol'>a</b></p><font face=Webdings>\xc3\xbc</font>",
    b"<math><mfrac><mi>a</mi><msqrt><mn>2</mn></msqrt></mfrac><mtable><mtr><mtd>1</mtd></mtr></mtable></math>x-sjis",
)
_MACHINES = (
    b"I am out of the office until Monday. For urgent matters please contact the desk.",
    b"Jane reacted to your message:\n____\nFrom: x", b'{"version": 1, "emoji": "\xf0\x9f\x91\x8d"}',
    b"BEGIN:VEVENT\r\nMETHOD:REPLY\r\nCOMMENT;X=1:I am ill\\, could\r\n  we\r\n",
)  # fmt: skip

HARNESSES = (
    Harness("signs", _signs, _SIGNS, may=()),
    Harness("machines", _automatic, _MACHINES, may=()),
    Harness("identities", _identities, (b"jane [at] real (dot) example, J.Whitcombe",), may=()),
    Harness("passages", _passages, (_REPLY, _OLD), ("relay.anonymise.text:scrub_text",)),
    Harness("history", lambda octets: find_history(_text(octets), _REDACTOR), (_REPLY, _OLD), may=()),
    Harness("signature-blocks", lambda octets: find_signatures(_text(octets), _REDACTOR), (_REPLY, _OLD), may=()),
    Harness("contact", _contact, (b"+44 20 7946 0000, t.me/x, meet.example/abc, @jane, https://zoom.us/j/1",), may=()),
    Harness("page", _page, _HTML, ("relay.anonymise.html.well_formed:well_formed",), longest=65_536),
    Harness("styles-and-links", _styles, (b"color:red;display:none;font-size:1px", b"http://a/?b=c#d"), may=()),
)
