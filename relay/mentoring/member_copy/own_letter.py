"""Makes a letter that a member wrote fit for their own copy: what relay put in for the reader is not theirs to know.

As it was sent on, a letter has the reader's real address in To, Message-IDs of the reader's mail program, perhaps a
subject in the reader's own words (anonymise/way_back.py), and a signature over all of these, with which addresses could
be tried out. So the header is written anew. In calendars, identifiers and addresses of the reader's come back: they are
left out, whatever they hold, because what is missing must tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from relay.anonymise.way_back import SUBJECT, bare, core
from relay.message.read.parse import parse
from relay.message.write.compose import compose
from relay.model import Attachment, Echoes, Headers, Message, Pair
from relay.refusals import Refusal
from relay.store import KeptLetter

_CALENDAR_NAMES = (".ics", ".vcs", ".ifb", ".ical")
_MAY_HOLD_ONE = (b".ics", b".vcs", b".ifb", b".ical", b".eml", b".msg", b".zip")
"""In the list of files of an archive."""


@dataclass(frozen=True, slots=True)
class Own:
    """A member's own letter: what they wrote. ``subject``: "" when it is not known. ``calendar``: an entry was left
    out."""

    message: Message
    content: bytes
    subject: str
    calendar: bool


def own_letter(
    letter: KeptLetter, content: bytes, pair: Pair, *, echoes: Echoes, received: Iterable[str], domain: str
) -> Own:
    """The letter ``content`` as its author may have it. ``echoes``: what the reader's words were changed to for the
    author; ``received``: the subjects of letters that the author got."""
    sent = parse(content)
    files = tuple(one for one in sent.attachments if not _is_calendar(one))
    subject = _subject(letter, sent.subject, echoes, tuple(received))
    message = replace(sent, subject=subject, attachments=files)
    return Own(message, compose(message, _headers(letter, pair, domain)), subject, len(files) < len(sent.attachments))


def _headers(letter: KeptLetter, pair: Pair, domain: str) -> Headers:
    own, other = pair.persona(letter.side), pair.persona(letter.side.other)
    return Headers(
        from_name=own.name,
        from_address=own.alias,
        to_address=other.alias,
        to_name=other.name,
        message_id=f"{letter.id}.copy@{domain}",
        date=letter.accepted_at.replace(microsecond=0),
    )


def _subject(letter: KeptLetter, sent: str, echoes: Echoes, received: tuple[str, ...]) -> str:
    """The subject that the author wrote. One that came back to its reader's words is that of the letter answered."""
    known = {core(one): one for one in received}
    if letter.subject_returned is False or core(sent) in known:
        return sent
    arrived = {one.arrived for one in echoes.changes if one.kind == SUBJECT and core(one.written) == core(sent)}
    answered = next((subject for key, subject in known.items() if key in arrived), None)
    return "" if answered is None else f"Re: {bare(answered)}"


def _is_calendar(file: Attachment) -> bool:
    name = (file.filename or "").casefold()
    if file.media_type == "text/calendar" or name.endswith(_CALENDAR_NAMES):
        return True
    if file.media_type == "message/rfc822":
        try:
            return any(map(_is_calendar, parse(file.content).attachments))
        except Refusal:
            return True
    low = file.content.lower()
    return b"begin:vcalendar" in low or (low.startswith(b"pk") and any(sign in low for sign in _MAY_HOLD_ONE))
