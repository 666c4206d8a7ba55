"""Makes the copy of all that relay has of a member, for an operator or for the member, and records it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.document_words import document_words
from relay.letters.templates import LetterTemplates
from relay.mentoring.audit import line
from relay.mentoring.member_copy.archive import packed
from relay.mentoring.member_copy.gather import gather, letters_of
from relay.mentoring.member_copy.page import Page
from relay.mentoring.members import MemberError
from relay.model import Event, EventKind
from relay.settings import Settings
from relay.store import Member, Store

FILE_NAME = "my-data.zip"
_OF_MAIL = 0.7
"""The part of a mail's largest size that its file may have: base64 adds a third, its line ends some more."""
_LETTER = 16 * 1024


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy as ZIP files; ``letters``: how many letters are in it."""

    archives: tuple[bytes, ...]
    letters: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What a copy is made with, and the time of it."""

    store: Store
    templates: LetterTemplates
    settings: Settings
    now: datetime


async def export(member: Member, who: str, why: str, asking: Asking) -> Copy:
    """The copy of a member as one file, for an operator. It is recorded before anything is read.

    Raises MemberError, StoreError, StationeryError.
    """
    if not member.addresses:
        raise MemberError("this member was forgotten, and nothing is left that could be copied")
    await asking.store.events.record(exported(member, asking.now, operator=True, who=who, why=why))
    return await copy_of(member, asking)


async def copy_of(member: Member, asking: Asking, *, by_mail: bool = False) -> Copy:
    """The copy of a member: as one file, or ``by_mail`` as files that mails of [smtp] max_message_size can carry.

    Raises StoreError, StationeryError.
    """
    store, settings = asking.store, asking.settings
    contents = await gather(member, store, asking.now)
    page = Page(contents, document_words(asking.templates, contents.manner.language), settings)
    room = int(settings.smtp.max_message_size * _OF_MAIL) - _LETTER if by_mail else None
    archives = await packed(contents, letters_of(contents, store, settings.domain), page, room)
    return Copy(tuple(archives), len(contents.letters))


def exported(member: Member, now: datetime, *, operator: bool, who: str = "", why: str = "") -> Sequence[Event]:
    """The events that a copy of a member was made: one for each of their pairs."""
    made = Event(EventKind.EXPORTED, now, member=member.number, facts={"for": "operator" if operator else "member"})
    made = replace(made, who=line(who), why=line(why))
    return [replace(made, pair_id=part.pair.id, side=part.side) for part in member.parts]
