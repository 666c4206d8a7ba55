"""Arguments and results of the store about members, beyond the types of the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from relay.model import Manner, MemberState, Pair, PairState, Side
from relay.store.records import Answered


@dataclass(frozen=True, slots=True)
class AddressConfirmation:
    """Asks whether ``address`` is the member's mailbox. Only its reader knows ``token``."""

    token: str
    address: str
    expires_at: datetime


class Asked(StrEnum):
    """The result of asking for an address: asked, asked again, proven already, or another member's."""

    ASKED = "asked"
    AGAIN = "again"
    PROVEN = "proven"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Proven:
    """An address that was proven, of the member on ``side`` of ``pair``. ``letters``: those that were held for it."""

    address: str
    pair: Pair
    side: Side
    letters: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class MemberAddress:
    """A real address of a member. Letters go to the first of them."""

    address: str
    proven: bool
    suspended_since: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A member's part in a pair."""

    pair: Pair
    side: Side

    @property
    def key(self) -> str:
        """Identifies this part in any database: pair ids may repeat in another database, but not with the same time."""
        return f"{self.pair.id}/{self.side}/{self.pair.created_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Member:
    """A person with their addresses, names, pairs, and how relay writes to them. A forgotten one has no addresses.
    ``away_until``: the last day of their absence; ``tells_vacation``: partners are told of automatic absence messages.
    """

    number: int
    addresses: tuple[MemberAddress, ...]
    known_as: tuple[str, ...]
    parts: tuple[Part, ...]
    state: MemberState = MemberState.ACTIVE
    manner: Manner = field(default_factory=Manner)
    away_until: date | None = None
    tells_vacation: bool = False

    def part_in(self, pair_id: str) -> Part | None:
        """Their part in a pair; None when they are not in it."""
        return next((part for part in self.parts if part.pair.id == pair_id), None)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of ``relay member list``, without address. ``suspended_since``: the earliest of their addresses."""

    pair_id: str
    side: Side
    name: str
    state: MemberState
    pair_state: PairState
    addresses: int
    unproven: int
    suspended_since: datetime | None
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """``count`` letters to a member who is being forgotten were not delivered. Their author, on ``side`` of ``pair`` at
    ``address``, must get a notice."""

    pair: Pair
    side: Side
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased: pairs ended, kept letters deleted, deliveries given up. ``traces``: SQLite's log may still hold
    erased content, because a reader prevented its truncation."""

    pairs: int
    letters: int
    deliveries: int
    traces: bool = False
