"""All that one envelope changes in the database."""

from __future__ import annotations

from dataclasses import dataclass

from relay.model import JournalEntry
from relay.store.changes import Change
from relay.store.people.invitation_records import InvitationAnswer
from relay.store.records import Acceptance, Accepted, Answer, CameBack, DmarcCounts


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects of one envelope, written in one transaction: accepted letters, journal entries, delivery reports,
    answers to confirmation requests and invitations, DMARC reports, and changes by
    members' commands."""

    letters: tuple[Acceptance, ...] = ()
    entries: tuple[JournalEntry, ...] = ()
    reports: tuple[CameBack, ...] = ()
    answers: tuple[Answer, ...] = ()
    consents: tuple[InvitationAnswer, ...] = ()
    dmarc: tuple[DmarcCounts, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """The result of Effects: of its letters, and for each report whether it changed anything."""

    letters: Accepted
    news: tuple[bool, ...] = ()
