"""Writes a mail as an ordinary mail program does: text, the same as HTML, files, and what shows its author."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from relay.message.write.shown_mail import one_line
from relay.model import Attachment

_LONGEST = 200  # characters of a subject or file name
_MEDIA_TYPE = re.compile(r"(?!message/|multipart/)[a-z]+/[a-z0-9.+-]{1,80}")
_PROGRAM = "Example Mail 7.2 (the author's own computer)"


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody writes. ``name`` and ``sender``: as their mail program knows them; ``to``: the address written to;
    ``cited``: the Message-IDs of the letters it answers, oldest first, without angle brackets; ``quoted``: the last of
    those letters, None when it is not quoted."""

    name: str
    sender: str
    to: str
    subject: str
    text: str
    files: Sequence[Attachment] = ()
    cited: Sequence[str] = ()
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The letter that is answered, as mail programs quote it: a line that says who wrote, and the text."""

    intro: str
    text: str


def new_id(sender: str) -> str:
    """A new Message-ID, without angle brackets, as mail programs make them: with the author's domain."""
    return f"{secrets.token_hex(10)}@{sender.rpartition('@')[2]}"


def write_mail(written: Written, message_id: str, at: datetime) -> bytes:
    """The mail, with CRLF line ends. ``at`` is aware, in the author's time zone."""
    mail = EmailMessage(policy=SMTP)
    domain = written.sender.rpartition("@")[2]
    mail["Received"] = f"from home-pc ([192.0.2.44]) by mail.{domain} with ESMTPSA; {format_datetime(at)}"
    mail["From"] = formataddr((one_line(written.name, _LONGEST), written.sender))
    mail["To"] = written.to
    mail["Subject"] = one_line(written.subject, _LONGEST)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}>"
    mail["User-Agent"] = _PROGRAM
    if written.cited:
        mail["In-Reply-To"] = f"<{written.cited[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in written.cited)
    mail.set_content(_text(written))
    mail.add_alternative(f'<html><body class="compose">{_html(written)}</body></html>', subtype="html")
    for file in written.files:
        kind = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
        maintype, _, subtype = kind.partition("/")
        name = one_line(file.filename or "", _LONGEST) or None
        mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=name)
    return mail.as_bytes()


def _text(written: Written) -> str:
    quoted = written.quoted
    if quoted is None:
        return written.text
    lines = "\n".join(f"> {line}".rstrip() for line in quoted.text.rstrip().split("\n"))
    return f"{written.text.rstrip()}\n\n{quoted.intro}\n{lines}\n"


def _html(written: Written) -> str:
    quoted = written.quoted
    own = f'<div dir="auto">{_lines(written.text)}</div>'
    if quoted is None:
        return own
    intro, text = escape(quoted.intro, quote=False), _lines(quoted.text.rstrip())
    return f'{own}<br><div class="cite-prefix">{intro}</div><blockquote type="cite">{text}</blockquote>'


def _lines(text: str) -> str:
    return "<br>\n".join(escape(line, quote=False) for line in text.splitlines())
