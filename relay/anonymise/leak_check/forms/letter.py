"""Proves the letter itself: our header fields in our order, our MIME structure, boundaries and Content-IDs, and part
headers of our form (RFC 5322, RFC 2045, RFC 2183).

Boundaries and Content-IDs follow from the Message-ID: they can tell nothing else.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pybase64

from relay.anonymise.leak_check.forms.html import read_html
from relay.anonymise.leak_check.forms.reading import need, needed, readable
from relay.message.read.hyphens import find_delimiter

_LINE = rb"(?>(?:[ -<>-~]|=(?!\?)|=\?utf-8\?b\?[A-Za-z0-9+/]++={0,2}\?=)*)"
_WORDS = rb"(?:" + _LINE + rb")(?>(?:\r\n " + _LINE + rb")*)"
_ID = rb"<[!-;=?-~]{1,900}>"
_DATE = (
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} [\d:]{8} \+0000"
)
_FIELDS = re.compile(
    rb"From: (?:" + _WORDS + rb")\r\nTo: (?:" + _WORDS + rb")\r\nSubject:" + _WORDS + rb"\r\n"
    rb"(?:Date: " + _DATE + rb"\r\n)?Message-ID: <([!-;=?-~]{1,900}@[!-;=?A-~]{1,255})>\r\n"
    rb"(?:Reply-To: " + _ID + rb"\r\n)?(?:In-Reply-To: " + _ID + rb"\r\n)?"
    rb"(?:References:(?>(?:\r\n " + _ID + rb")+)\r\n)?(?:Auto-Submitted: [a-z-]{1,40}\r\n)?"
    rb"(?:List-Unsubscribe:\r\n <mailto:[!-;=?-~]{1,900}\?subject=unsubscribe>\r\n)?MIME-Version: 1\.0\r\n"
)  # fmt: skip
_TEXT = re.compile(
    rb"Content-Type: text/(plain|html); charset=utf-8\r\nContent-Transfer-Encoding: (quoted-printable|base64)\r\n\r\n"
)
_SEVERAL = re.compile(rb'Content-Type: multipart/(mixed|alternative|related);\r\n boundary="(=_[0-9a-f]{20})"\r\n\r\n')
_REACTION = re.compile(
    rb"Content-Type: text/vnd\.google\.email-reaction\+json; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)
_EMOJI = re.compile(r'\{"version": 1, "emoji": "[0-9#*]?[^"\\\x00-\x7f]{1,40}"\}')
_INVITATION = re.compile(
    rb"Content-Type: text/calendar; charset=utf-8; method=[A-Z]{3,20}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)
# RFC 2183 2.3, RFC 2231 3 and 4.
_NAME = (
    rb"(?:; \r\n filename=(?:[!#$&+.^_`|~0-9A-Za-z-]{1,60}|\"(?:[ !#-\[\]-~]|\\[\"\\]){1,120}\")"
    rb"|(?>(?:; ?\r\n filename(?:\*|\*\d{1,3}\*)=(?:utf-8'')?[!#$&+.^_`|~0-9A-Za-z%-]{1,120})+))?"
)
_FILE = re.compile(
    rb"Content-Type: ([a-z]{1,30}/[!#$&^_a-z0-9.+-]{1,120})(?:; charset=[!-:<-~]{1,40})?(?:; method=[A-Z]{3,20})?\r\n"
    rb"Content-Transfer-Encoding: base64\r\nContent-Disposition: (inline|attachment)" + _NAME + rb"\r\n"
    rb"(?:Content-ID: <([!-;=?-~]{1,300})>\r\n)?\r\n"
)
_MAIL = re.compile(rb"Content-Type: message/rfc822\r\nContent-Disposition: attachment" + _NAME + rb"\r\n\r\n")
_TOKENS = {b"related": (24, 44), b"alternative": (34, 54), b"mixed": (44, 64)}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a letter: its type and its octets."""

    media_type: str
    content: bytes


@dataclass(slots=True)
class Letter:
    """A proven letter: its text, its HTML and its files. ``seed`` is what the Message-ID determines."""

    seed: str
    files: list[File]
    text: str = ""
    html: str | None = None
    cids: frozenset[str] = frozenset()


@readable()
def read_letter(octets: bytes) -> Letter:
    """Prove a finished, unsigned letter. Each of its files is still to be proven by its kind. Raises NotOurForm."""
    head = needed(_FIELDS.match(octets), "header fields")
    letter = Letter(hashlib.sha256(head[1]).hexdigest(), [])
    body = octets[head.end() :]
    mixed = _parts(body, b"mixed", letter)
    first, *listed = mixed or [body]
    _read_body(first, letter)
    for part in listed:
        _read_file(part, letter, inline=False)
    if letter.html is not None:
        read_html(letter.html, letter.cids)
    return letter


def _read_body(part: bytes, letter: Letter) -> None:
    """The text, or the forms of the letter: text, a reaction, HTML, an invitation."""
    forms = _parts(part, b"alternative", letter)
    if not forms:
        letter.text = _read_text(part)
        return
    plain, *others = forms
    letter.text = _read_text(plain)
    if others and _REACTION.match(others[0]):
        need(_EMOJI.fullmatch(_unpacked(others.pop(0), _REACTION).decode("utf-8")), "a reaction of another form")
    need(others, "alternatives without HTML")
    _read_rich(others.pop(0), letter)
    for part_of_all in others:
        letter.files.append(File("text/calendar", _unpacked(part_of_all, _INVITATION)))
    need(len(others) < 2, "more alternatives than are written")


def _read_rich(part: bytes, letter: Letter) -> None:
    page, *pictures = _parts(part, b"related", letter) or [part]
    letter.html = _read_text(page, b"html")
    letter.cids = frozenset(filter(None, (_read_file(picture, letter, inline=True) for picture in pictures)))


def _parts(part: bytes, subtype: bytes, letter: Letter) -> list[bytes]:
    """The parts of a multipart of this subtype; none when it is no multipart of it."""
    head = _SEVERAL.match(part)
    if head is None or head[1] != subtype:
        return []
    first, last = _TOKENS[subtype]
    need(head[2].decode("ascii") == f"=_{letter.seed[first:last]}", "a boundary of another form")
    before, *parts, behind = _split(part, head.end(), b"--" + head[2])
    need(not before and behind == b"--\r\n" and parts, "octets around the parts")
    need(all(each[:2] == each[-2:] == b"\r\n" and len(each) > 3 for each in parts), "a delimiter of another form")
    return [each[2:-2] for each in parts]


def _split(part: bytes, start: int, mark: bytes) -> Iterator[bytes]:
    """What is between the marks behind ``start``."""
    while (at := find_delimiter(part, mark, start, len(part))) >= 0:
        yield part[start:at]
        start = at + len(mark)
    yield part[start:]


def _read_text(part: bytes, subtype: bytes = b"plain") -> str:
    head = needed(_TEXT.match(part), "a text of another form")
    need(head[1] == subtype, "a text of another form")
    body = part[head.end() :]
    if head[2] == b"base64":
        return _from_base64(body).decode("utf-8")
    content = binascii.a2b_qp(body).replace(b"\r\n", b"\n")
    need(binascii.b2a_qp(content, istext=True).replace(b"\n", b"\r\n") == body, "quoted-printable of another form")
    return content.decode("utf-8")


def _read_file(part: bytes, letter: Letter, *, inline: bool) -> str | None:
    """Note the file, and return its Content-ID."""
    mail = None if inline else _MAIL.match(part)
    if mail is not None:
        letter.files.append(File("message/rfc822", part[mail.end() :]))
        return None
    head = needed(_FILE.match(part), "a part header of another form")
    need(head[2] == (b"inline" if inline else b"attachment"), "a part header of another form")
    cid = head[3].decode("ascii") if head[3] else None
    need(inline == (cid is not None), "a Content-ID of a listed file")
    need(not cid or re.fullmatch(rf"{letter.seed[:24]}\.\d{{1,4}}@.+", cid), "a Content-ID of another form")
    letter.files.append(File(head[1].decode("ascii"), _from_base64(part[head.end() :])))
    return cid


def _unpacked(part: bytes, form: re.Pattern[bytes]) -> bytes:
    head = needed(form.match(part), "a part header of another form")
    return _from_base64(part[head.end() :])


def _from_base64(body: bytes) -> bytes:
    """RFC 2045 6.8, in lines of 76 characters: one spelling for each content."""
    content = pybase64.b64decode(body, validate=True, ignorechars=b"\r\n")
    size = -(-len(content) // 3) * 4
    lines = -(-size // 76)
    # Of ``size`` letters and padding there are as many octets left as stand at the ends of lines.
    need(len(body) == size + 2 * lines and (not lines or body.endswith(b"\r\n")), "lines of another length")
    need(body[76:-2:78] == b"\r" * (lines - 1) and body[77:-2:78] == b"\n" * (lines - 1), "lines of another length")
    # Only the last group may be spelled in several ways: with other bits beyond the content, with other padding.
    last = pybase64.b64encode(content[len(content) - (len(content) % 3 or 3) :]) if content else b""
    need(body[-6:-2] == last, "base64 of another form")
    return content
