"""What the stories and the store tell each other about members, beyond the nouns of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relay.model import MemberState, Pair, PairState, Side
from relay.store.records import Answered


@dataclass(frozen=True, slots=True)
class AddressConfirmation:
    """Is ``address`` the member's mailbox? Whoever reads ``token`` there can answer."""

    token: str
    address: str
    expires_at: datetime


class Asked(StrEnum):
    """What became of asking for an address."""

    ASKED = "asked"
    AGAIN = "again"
    PROVEN = "proven"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Proven:
    """An address that was just proven, whose member is on ``side`` of ``pair``; ``letters`` were held for that."""

    address: str
    pair: Pair
    side: Side
    letters: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class MemberAddress:
    """A real address of a member; the first of them is where letters go."""

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
        """Names this part and no other, in any database: an id may be drawn twice, but not at the same moment."""
        return f"{self.pair.id}/{self.side}/{self.pair.created_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Member:
    """A person, with all there is to know of them. A forgotten one has no addresses."""

    number: int
    addresses: tuple[MemberAddress, ...]
    known_as: tuple[str, ...]
    parts: tuple[Part, ...]
    state: MemberState = MemberState.ACTIVE


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of ``relay member list``: no address. ``state`` is the member's; ``suspended_since`` the earliest."""

    pair_id: str
    side: Side
    name: str
    state: MemberState
    pair_state: PairState
    addresses: int
    unproven: int
    suspended_since: datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    """``count`` letters to a member who is being forgotten had not arrived: their author, the other side of ``pair`` at
    ``address``, must be told."""

    pair: Pair
    side: Side
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased: pairs ended, letters that were kept, deliveries that will not be made; and whether the file may
    still hold traces of it because somebody was reading it."""

    pairs: int
    letters: int
    deliveries: int
    traces: bool = False
