"""What is in a member's copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from relay.mentoring.member_copy.partner import Partner
from relay.mentoring.member_copy.told import Told
from relay.model import Manner, PairState
from relay.store import ConsentShown, KeptLetter, Member, Part


@dataclass(frozen=True, slots=True)
class CopiedLetter:
    """A letter in the copy. ``mine``: the member wrote it; ``state``: delivered, waiting or not delivered. ``content``
    is what its file holds; ``whole``: there is such a file, which is not so when it is too large to be sent by mail;
    ``calendar``: an entry was left out."""

    number: int
    pair_id: str
    at: datetime
    mine: bool
    state: str
    subject: str
    text: str
    files: tuple[tuple[str, int], ...]
    calendar: bool
    content: bytes = field(repr=False)
    whole: bool = True

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"letters/{self.number:04d}-{'from' if self.mine else 'to'}-you-{self.at:%Y-%m-%d}.eml"


@dataclass(frozen=True, slots=True)
class CopiedPair:
    """A pair as the member may know it. ``consents``: the member's own, and their guardian's."""

    part: Part
    state: PairState
    cohort: str
    consents: tuple[ConsentShown, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a member's copy but the letters themselves: ``letters`` are (pair, letter), in order."""

    member: Member
    made_at: datetime
    manner: Manner
    pairs: tuple[CopiedPair, ...]
    told: Sequence[Told]
    partners: Sequence[Partner]
    letters: Sequence[tuple[Part, KeptLetter]]
