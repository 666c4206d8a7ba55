"""Makes the copy of all that relay has of a member, for an operator or for the member, and records it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from relay.letters.document_words import document_words
from relay.letters.templates import LetterTemplates
from relay.mentoring.audit import line
from relay.mentoring.member_copy.archive import packed, written
from relay.mentoring.member_copy.contents import Contents
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
_TAKEN_BY_MOST = 10 * 1024 * 1024
"""Octets of a mail that hardly any server refuses for its size."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy as ZIP files for mails; ``letters``: how many letters are in it."""

    archives: tuple[bytes, ...]
    letters: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What a copy is made with, and the time of it."""

    store: Store
    templates: LetterTemplates
    settings: Settings
    now: datetime


async def export(member: Member, who: str, why: str, asking: Asking, file: BinaryIO) -> int:
    """Write the copy of a member to ``file``, for an operator. It is recorded before anything is read. Returns how many
    letters are in it.

    Raises MemberError, StoreError, StationeryError.
    """
    if not member.addresses:
        raise MemberError("this member was forgotten, and nothing is left that could be copied")
    await asking.store.events.record(exported(member, asking.now, operator=True, who=who, why=why))
    return await write_copy(member, asking, file)


async def write_copy(member: Member, asking: Asking, file: BinaryIO) -> int:
    """Write the copy of a member to ``file``, a letter at a time. Returns how many are in it. Raises StoreError,
    StationeryError."""
    contents, page = await _gathered(member, asking)
    return await written(contents, letters_of(contents, asking.store, asking.settings.domain), page, file)


async def copy_of(member: Member, asking: Asking) -> Copy:
    """The copy of a member as files that mails can carry: of [smtp] max_message_size, or what most servers take. Raises
    StoreError, StationeryError."""
    settings = asking.settings
    contents, page = await _gathered(member, asking)
    room = int(min(settings.smtp.max_message_size, _TAKEN_BY_MOST) * _OF_MAIL) - _LETTER
    archives = await packed(contents, letters_of(contents, asking.store, settings.domain), page, room)
    return Copy(tuple(archives), len(contents.letters))


async def _gathered(member: Member, asking: Asking) -> tuple[Contents, Page]:
    contents = await gather(member, asking.store, asking.now)
    return contents, Page(contents, document_words(asking.templates, contents.manner.language), asking.settings)


def exported(member: Member, now: datetime, *, operator: bool, who: str = "", why: str = "") -> Sequence[Event]:
    """The events that a copy of a member was made: one for each of their pairs."""
    made = Event(EventKind.EXPORTED, now, member=member.number, facts={"for": "operator" if operator else "member"})
    made = replace(made, who=line(who), why=line(why))
    return [replace(made, pair_id=part.pair.id, side=part.side) for part in member.parts]
