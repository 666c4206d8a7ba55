"""Writes mail as strangers' programs do, for a rehearsal: a plain letter, and a bounce of a mail server (RFC 3464)."""

from __future__ import annotations

import secrets
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from relay.model import Envelope

_CLIENT = "192.0.2.25"  # RFC 5737: no real machine has it


def envelope(sender: str, to: str, content: bytes) -> Envelope:
    """A mail as it arrives from ``sender`` for ``to``."""
    return Envelope(sender, (to,), content, _CLIENT)


def letter(sender: str, to: str, subject: str, text: str, at: datetime) -> Envelope:
    """A letter of plain text, written at ``at``, as it arrives."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{secrets.token_hex(8)}@{sender.rpartition('@')[2]}>"
    message.set_content(text)
    return envelope(sender, to, message.as_bytes().replace(b"\n", b"\r\n"))


def bounce(recipient: str, return_path: str, status: str, at: datetime) -> Envelope:
    """The delivery status notification that a letter to ``recipient`` was not delivered, for its ``return_path``."""
    domain = recipient.rpartition("@")[2]
    lines = (
        f"From: MAILER-DAEMON@{domain}",
        f"To: {return_path}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{secrets.token_hex(8)}@{domain}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="report"',
        "",
        "--report",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "Your message could not be delivered.",
        "",
        "--report",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; {domain}",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        f"Status: {status}",
        "",
        "--report--",
        "",
    )
    return Envelope("", (return_path,), "\r\n".join(lines).encode(), _CLIENT)
