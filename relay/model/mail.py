"""Mail as it arrives, as relay keeps it in hand, and as it leaves; and what an SMTP server replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.model.pickled import Pickled


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail as received over SMTP (RFC 5321). ``return_path``: "" for the null return path; ``content``: the raw
    octets; ``peer``: the client's IP address; ``helo``: its name in EHLO or HELO."""

    return_path: str
    recipients: tuple[str, ...]
    content: bytes
    peer: str
    smtputf8: bool = False
    helo: str = ""


@dataclass(frozen=True, slots=True)
class RoutingHeaders:
    """The header fields needed for routing, read in bounded time before the letter is parsed.

    ``authors``: the addr-spec of the one author; empty when From has none or is ambiguous. Message-IDs are without
    angle brackets. ``author_names``: display names and comments of From and Reply-To; ``reply_to``: the addresses of
    Reply-To; ``signed_by``: the domains of all DKIM signatures, unverified, in lower case.
    """

    authors: tuple[str, ...]
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    received_count: int
    cc_or_extra_to: tuple[str, ...] = ()
    author_names: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One picture or file of a letter.

    ``media_type``: "type/subtype" in lower case; ``content_id``: without angle brackets, set for a picture in the HTML;
    ``inline``: shown in the letter instead of listed; ``charset``: of a text file, as declared, after cleaning as
    written; None when unknown.
    """

    content: bytes
    media_type: str
    filename: str | None = None
    content_id: str | None = None
    inline: bool = False
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a letter that may pass. A part without a field here is dropped.

    ``text`` and ``html`` have LF line ends and are in NFC; at least one is set after parsing. ``reaction``: the emoji
    of a letter that is only a reaction, else ""; ``folds``: the offsets of the blanks of the subject at which its field
    was folded.
    """

    subject: str = ""
    text: str | None = None
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reaction: str = ""
    folds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Headers(Pickled):
    """The header fields of a mail that relay writes. Message-IDs are without angle brackets. ``date``: aware UTC, None
    for an attached mail without Date; ``reply_to``: an address of ours; ``shortest``: use base64 for text that it makes
    shorter than quoted-printable, such as Arabic; ``unsubscribe``: the address in List-Unsubscribe."""

    from_name: str
    from_address: str
    to_address: str
    message_id: str
    date: datetime | None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: str | None = None
    to_name: str | None = None
    reply_to: str | None = None
    shortest: bool = False
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An SMTP reply (RFC 5321 4.2): ``code`` 250, ``enhanced`` "2.0.0" (RFC 3463), ``text`` one ASCII line."""

    code: int
    enhanced: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.enhanced} {self.text}"
