"""Composes a Message as octets: always the same structure, encodings and order of fields.

Nothing depends on the sender's program: the same content gives the same octets, apart from ids. Text is
quoted-printable, files are base64; every line is ASCII, at most 76 octets, and ends with CRLF (RFC 2045, RFC 5322).
"""

from __future__ import annotations

import binascii
import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

import pybase64

from relay.message.read.reactions import GMAIL
from relay.model import Attachment, Headers, Message

_IMG = re.compile(r"<img\b[^>]*?>", re.IGNORECASE)
_CID = re.compile(r"""\bsrc\s*=\s*(["'])cid:(.*?)\1""", re.IGNORECASE)
_METHOD = re.compile(rb"^METHOD:([A-Z]{3,20})\r?$", re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`|~-]+$")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENCODED_WORD_OCTETS = 42


def compose(message: Message, headers: Headers) -> bytes:
    """The finished, unsigned mail: header fields from ``headers`` and ``message.subject``, body from the rest.

    HTML must be well-formed with double-quoted attributes. Its ``cid:`` pictures get new Content-IDs; pictures without
    a matching attachment are removed.
    """
    seed = hashlib.sha256(headers.message_id.encode()).hexdigest()
    part = _body(message, seed, headers)
    return "".join(_fields(message.subject, headers)).encode("ascii") + part.rendered()


@dataclass(frozen=True, slots=True)
class _Part:
    """A MIME part: its header lines (CRLF each) and its octets."""

    head: str
    body: bytes

    def rendered(self) -> bytes:
        return self.head.encode("ascii") + b"\r\n" + self.body


def _body(message: Message, seed: str, headers: Headers) -> _Part:
    domain, shortest = headers.from_address.rpartition("@")[2], headers.shortest
    cited: dict[str, str] = {}
    markup = message.html
    if markup is not None:
        cids = {a.content_id: f"{seed[:24]}.{n}@{domain}" for n, a in enumerate(message.attachments) if a.content_id}
        markup = _new_cids(markup, cids, cited)
    shown = [a for a in message.attachments if a.content_id in cited]
    listed = [a for a in message.attachments if a.content_id not in cited]
    part = _text("plain", message.text or "", shortest)
    if markup is not None:
        rich = _text("html", markup, shortest)
        if shown:
            pictures = [_file(a, f"inline; {_filename(a)}".rstrip("; "), cited[a.content_id or ""]) for a in shown]
            rich = _multipart("related", [rich, *pictures], seed[24:44])
        reaction = [_reaction(message.reaction)] if message.reaction and headers.in_reply_to else []
        part = _multipart("alternative", [part, *reaction, rich, *_invitation(listed)], seed[34:54])
    if listed:
        files = [_file(a, f"attachment; {_filename(a)}".rstrip("; "), None) for a in listed]
        part = _multipart("mixed", [part, *files], seed[44:64])
    return part


def _new_cids(markup: str, cids: dict[str, str], cited: dict[str, str]) -> str:
    """The HTML with new Content-IDs; adds to ``cited`` those of the old ones that it shows."""

    def renamed(tag: re.Match[str]) -> str:
        found = _CID.search(tag.group())
        if found is None:
            return tag.group()
        old = html.unescape(found.group(2))
        old = old if old in cids else unquote(old)
        if old not in cids:
            return ""
        cited[old] = cids[old]
        return tag.group()[: found.start()] + f'src="cid:{cids[old]}"' + tag.group()[found.end() :]

    return _IMG.sub(renamed, markup)


def _invitation(attachments: Sequence[Attachment]) -> list[_Part]:
    """The first invitation or answer to one among the files, as a form of the letter itself: calendars look there
    (RFC 6047 2.4). Other programs show the file."""
    for one in attachments:
        method = _METHOD.search(one.content) if one.media_type == "text/calendar" else None
        if method and method[1] != b"PUBLISH":
            head = f"Content-Type: text/calendar{_parameters(one)}\r\nContent-Transfer-Encoding: base64\r\n"
            return [_Part(head, pybase64.encodebytes(one.content).replace(b"\n", b"\r\n"))]
    return []


def _reaction(emoji: str) -> _Part:
    """Gmail's part beside the text and HTML of a reaction: a program that knows it shows the emoji at the letter
    answered, any other shows the text."""
    octets = json.dumps({"version": 1, "emoji": emoji}, ensure_ascii=False).encode("utf-8")
    head = f"Content-Type: {GMAIL}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
    return _Part(head, pybase64.encodebytes(octets).replace(b"\n", b"\r\n"))


def _text(subtype: str, text: str, shortest: bool) -> _Part:
    ended = text if text.endswith("\n") else text + "\n"
    octets, encoding = binascii.b2a_qp(ended.encode("utf-8"), istext=True), "quoted-printable"
    if shortest:
        base64 = pybase64.encodebytes(ended.replace("\n", "\r\n").encode("utf-8"))
        octets, encoding = min((octets, encoding), (base64, "base64"), key=lambda one: len(one[0]))
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return _Part(head, octets.replace(b"\n", b"\r\n"))


def _file(attachment: Attachment, disposition: str, cid: str | None) -> _Part:
    if attachment.media_type == "message/rfc822":
        # A message/rfc822 part may not be encoded (RFC 2046 5.2.1): compose made it, with short ASCII lines.
        head = f"Content-Type: message/rfc822\r\nContent-Disposition: {disposition}\r\n"
        return _Part(head, attachment.content)
    head = (
        f"Content-Type: {attachment.media_type}{_parameters(attachment)}\r\n"
        f"Content-Transfer-Encoding: base64\r\nContent-Disposition: {disposition}\r\n"
    )
    if cid is not None:
        head += f"Content-ID: <{cid}>\r\n"
    return _Part(head, pybase64.encodebytes(attachment.content).replace(b"\n", b"\r\n"))


def _parameters(attachment: Attachment) -> str:
    """The charset for text (UTF-8 unless known otherwise), and the method for calendars, which programs expect in the
    Content-Type (RFC 6047 2.4)."""
    if attachment.media_type == "text/calendar":
        method = _METHOD.search(attachment.content)
        return "; charset=utf-8" + (f"; method={method[1].decode('ascii')}" if method else "")
    return f"; charset={attachment.charset or 'utf-8'}" if attachment.media_type.startswith("text/") else ""


def _multipart(subtype: str, parts: Sequence[_Part], token: str) -> _Part:
    # "=_" cannot occur in quoted-printable or base64 (RFC 2045 6.7): no part can contain its delimiter.
    boundary = f"=_{token}"
    delimiter = f"--{boundary}\r\n".encode()
    body = b"".join(delimiter + p.rendered() + b"\r\n" for p in parts) + f"--{boundary}--\r\n".encode()
    return _Part(f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n', body)


def _filename(attachment: Attachment) -> str:
    """The filename parameter, or "" without a name (RFC 2183 2.3; RFC 2231 for non-ASCII)."""
    name = attachment.filename
    if not name:
        return ""
    if _TOKEN.match(name) and len(name) < 60:
        return f"\r\n filename={name}"
    if name.isascii() and name.isprintable() and len(name) < 60:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'\r\n filename="{escaped}"'
    letters = quote(name, safe="!#$&+.^_`|~-")
    if len(letters) < 60:
        return f"\r\n filename*=utf-8''{letters}"
    pieces = re.findall(r"(?:%..|[^%]){1,19}", letters)
    lines = [f"\r\n filename*{n}*={'utf-8' * (n == 0)}{chr(39) * 2 * (n == 0)}{p}" for n, p in enumerate(pieces)]
    return ";".join(lines)


def _fields(subject: str, headers: Headers) -> list[str]:
    fields = [
        f"From: {_mailbox(headers.from_name, headers.from_address)}\r\n",
        f"To: {_mailbox(headers.to_name, headers.to_address)}\r\n",
        _unstructured("Subject", subject),
        f"Date: {date_value(headers.date)}\r\n" if headers.date else "",
        f"Message-ID: <{headers.message_id}>\r\n",
    ]
    if headers.reply_to:
        fields.append(f"Reply-To: <{headers.reply_to}>\r\n")
    if headers.in_reply_to:
        fields.append(f"In-Reply-To: <{headers.in_reply_to}>\r\n")
    if headers.references:
        fields.append("References:" + "".join(f"\r\n <{r}>" for r in headers.references) + "\r\n")
    if headers.auto_submitted:
        fields.append(f"Auto-Submitted: {headers.auto_submitted}\r\n")
    if headers.unsubscribe:  # RFC 2369 3.2
        fields.append(f"List-Unsubscribe:\r\n <mailto:{quote(headers.unsubscribe, safe='@')}?subject=unsubscribe>\r\n")
    fields.append("MIME-Version: 1.0\r\n")
    return fields


def _mailbox(name: str | None, address: str) -> str:
    if not name:
        return address
    if not name.isascii():
        return f"{_words(name)}\r\n <{address}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"\r\n <{address}>' if len(name) > 40 else f'"{escaped}" <{address}>'


def date_value(at: datetime) -> str:
    """RFC 5322 3.3, always +0000: a time zone would show where the author is."""
    return f"{_DAYS[at.weekday()]}, {at.day:02d} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S} +0000"


def _unstructured(name: str, text: str) -> str:
    # ASCII that looks like an encoded word must itself be encoded (RFC 2047 7).
    if text.isascii() and text.isprintable() and "=?" not in text:
        return f"{name}:{_folded(text)}\r\n"
    return f"{name}: {_words(text)}\r\n"


def _folded(text: str) -> str:
    """Words on lines of at most 76 octets; with a longer word, everything becomes encoded words."""
    lines, line = [], ""
    for word in re.findall(r" *[^ ]+ *$| *[^ ]+", " " + text):
        if len(word) > 70:
            return " " + _words(text)
        if line and len(line) + len(word) > 66:
            lines.append(line)
            line = ""
        line += word
    return "\r\n".join([*lines, line])


def _words(text: str) -> str:
    """Base64 encoded words of at most 75 octets, split between characters (RFC 2047 2, 5)."""
    pieces, piece = [], b""
    for char in text:
        octets = char.encode("utf-8")
        if len(piece) + len(octets) > _ENCODED_WORD_OCTETS:
            pieces.append(piece)
            piece = b""
        piece += octets
    pieces.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{binascii.b2a_base64(p, newline=False).decode()}?=" for p in pieces)
