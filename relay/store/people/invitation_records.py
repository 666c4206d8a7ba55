"""Arguments and results of the store about invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.model import Pair, Side
from relay.store.records import Acceptance, Decision

GUARDIAN = "guardian"
"""``asks`` of an invitation that goes to the guardian of a member; "" is that of the member."""


class Consent(StrEnum):
    """What a member answered to the invitation; OPEN: nothing yet."""

    OPEN = ""
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation of the member on ``side`` of a pair, or (``asks``) of their guardian, at ``mailbox``. ``token``:
    random, part of the address that the answer goes to; ``text``: what the letter says; ``version`` identifies its
    wording. ``remind_at``: None for never."""

    pair_id: str
    side: Side
    token: str
    mailbox: str
    text: str
    version: str
    sent_at: datetime
    remind_at: datetime | None
    expires_at: datetime
    asks: str = ""


@dataclass(frozen=True, slots=True)
class GuardianMoved:
    """The guardian who was asked by ``invited`` has another ``address``. ``invitation``: the one that goes there, None
    when their consent stays; ``letter``: None when it is not sent now."""

    invited: Invited
    address: str
    invitation: Invitation | None = None
    letter: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who was asked about the same pair, and what they answered."""

    side: Side
    asks: str
    mailbox: str
    answer: Consent


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it stands. ``addresses`` may answer it, in lower case: the member's proven ones, or the
    guardian's (``asks``); ``asked``: how often, 3 when only a person decides; ``others``: who else was asked."""

    token: str
    pair: Pair
    side: Side
    mailbox: str
    addresses: frozenset[str]
    asked: int
    version: str
    sent_at: datetime
    expires_at: datetime
    reminded: bool
    answer: Consent = Consent.OPEN
    answered_at: datetime | None = None
    others: tuple[Other, ...] = ()
    asks: str = ""

    @property
    def partner(self) -> Consent:
        """What the other member of the pair answered."""
        return next((one.answer for one in self.others if not one.asks and one.side is self.side.other), Consent.OPEN)

    @property
    def last(self) -> bool:
        """Whether all others have agreed: the pair begins with this yes."""
        return bool(self.others) and all(one.answer is Consent.YES for one in self.others)


@dataclass(frozen=True, slots=True)
class InvitationAnswer:
    """The decision about an invitation, as it was when the answer was read, and the letters that tell of it. ``reply``:
    the SHA-256 of the answer. ``pen_name``: the name that the member has chosen, "" for none. If the invitation has
    changed since, StoreError is raised and nothing is written: read the answer again."""

    invitation: Invited
    decision: Decision
    at: datetime
    reply: bytes
    letters: tuple[Acceptance, ...] = ()
    pen_name: str = ""


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """Consent of one member as kept: when they were asked, with which text, and what they answered when. ``text`` is ""
    when it was forgotten; ``reply``: the SHA-256 of the answer, in hex."""

    side: Side
    sent_at: datetime
    expires_at: datetime
    reminded: bool
    version: str
    text: str
    answer: Consent
    answered_at: datetime | None
    reply: str
    asks: str = ""
