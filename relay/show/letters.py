"""A letter in one of the two mailboxes, and how a mail that arrives is read for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from relay.message.read.headers import split
from relay.message.read.parse import parse
from relay.message.read.routing_headers import read_routing_headers
from relay.model import Attachment, Side
from relay.show.changes import Piece


@dataclass(frozen=True, slots=True)
class Letter:
    """Letter ``number`` in the mailbox of ``side``.

    ``sent``: written here; else it arrived. ``correspondent`` and ``address``: whom it came from, or went to; answers
    go to ``answer_to``, "" for a letter sent. ``thread``: the Message-IDs of the letters before it and its own;
    ``answers``: the number of the letter in this mailbox that it answers, 0 for none. ``relayed``: written by the
    other member; then ``removed`` counts removals by kind, and ``pieces`` compare the text.
    """

    number: int
    side: Side
    sent: bool
    correspondent: str
    address: str
    subject: str
    text: str
    html: str = ""
    files: tuple[Attachment, ...] = ()
    answer_to: str = ""
    thread: tuple[str, ...] = ()
    answers: int = 0
    relayed: bool = False
    removed: Mapping[str, int] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()


def arrived(number: int, side: Side, mail: bytes, mailbox: Sequence[Letter]) -> Letter:
    """The letter in ``mail``, raw octets from relay, for ``mailbox``. Raises Refusal when it cannot be parsed."""
    head = split(mail)
    fields, message = read_routing_headers(mail, head), parse(mail, head)
    address = next(iter(fields.authors), "")
    thread = tuple(dict.fromkeys((*fields.references, *fields.in_reply_to)))
    return Letter(
        number=number,
        side=side,
        sent=False,
        correspondent=next(iter(fields.author_names), address),
        address=address,
        subject=message.subject,
        text=message.text or "",
        html=message.html or "",
        files=message.attachments,
        answer_to=next(iter(fields.reply_to), address),
        thread=(*thread, fields.message_id) if fields.message_id else thread,
        answers=answered(thread, mailbox),
    )


def answered(thread: Sequence[str], mailbox: Sequence[Letter]) -> int:
    """The number of the letter in ``mailbox`` that the newest known Message-ID in ``thread`` names, 0 for none."""
    numbers = {one.thread[-1]: one.number for one in mailbox if one.thread}
    return next((numbers[id] for id in reversed(thread) if id in numbers), 0)


def answer_subject(subject: str) -> str:
    """The subject of an answer: "Re: " before it, once."""
    return subject if subject[:3].casefold() == "re:" else f"Re: {subject}"
