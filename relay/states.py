"""The states of pairs and of members, and which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class PairState(StrEnum):
    """Where a pair stands in its life. An active pair exchanges letters, and so does one that is closing."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPORTED = "reported"


class MemberState(StrEnum):
    """Where a member stands. ``suspended``: the mailbox that their letters go to is gone."""

    INVITED = "invited"
    ACTIVE = "active"
    AWAY = "away"
    SUSPENDED = "suspended"
    LEFT = "left"
    FORGOTTEN = "forgotten"


S = TypeVar("S", PairState, MemberState)

PAIR_MOVES: Mapping[PairState, tuple[PairState, ...]] = {
    # An invited pair ends when it is taken back before both have answered.
    PairState.INVITED: (PairState.ACTIVE, PairState.DECLINED, PairState.EXPIRED, PairState.ENDED),
    PairState.ACTIVE: (PairState.PAUSED, PairState.CLOSING, PairState.ENDED, PairState.REPORTED),
    PairState.PAUSED: (PairState.ACTIVE, PairState.CLOSING, PairState.ENDED, PairState.REPORTED),
    PairState.CLOSING: (PairState.ENDED, PairState.REPORTED),
    # Only by the decision of a named person.
    PairState.REPORTED: (PairState.ACTIVE, PairState.ENDED),
    # Nobody said no: they may be invited again.
    PairState.EXPIRED: (PairState.INVITED, PairState.ENDED),
    PairState.DECLINED: (),
    PairState.ENDED: (),
}

MEMBER_MOVES: Mapping[MemberState, tuple[MemberState, ...]] = {
    MemberState.INVITED: (MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.LEFT, MemberState.FORGOTTEN),
    MemberState.ACTIVE: (MemberState.AWAY, MemberState.SUSPENDED, MemberState.LEFT, MemberState.FORGOTTEN),
    MemberState.AWAY: (MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.LEFT, MemberState.FORGOTTEN),
    MemberState.SUSPENDED: (MemberState.ACTIVE, MemberState.LEFT, MemberState.FORGOTTEN),
    # Somebody who left may be put into a new pair.
    MemberState.LEFT: (MemberState.INVITED, MemberState.ACTIVE, MemberState.FORGOTTEN),
    MemberState.FORGOTTEN: (),
}

EXCHANGING = (PairState.ACTIVE, PairState.CLOSING)
"""States in which a pair exchanges letters."""
OVER = (PairState.ENDED, PairState.DECLINED, PairState.EXPIRED)
"""States in which a pair is over. Its two people may be made a new pair."""


class MoveError(Exception):
    """A move that the tables do not allow. The words say why, and what can be done."""


def check_pair_move(pair_id: str, before: PairState, after: PairState, *, by_name: bool = False) -> None:
    """Raise MoveError when a pair that is ``before`` cannot become ``after``. ``by_name``: it is known which person
    decides so, without whom no reported pair goes anywhere."""
    if before is PairState.REPORTED and after in PAIR_MOVES[before] and not by_name:
        raise MoveError(f"pair {pair_id} is reported: a person decides by name whether it is active again or has ended")
    if after in PAIR_MOVES[before]:
        return
    if not PAIR_MOVES[before]:
        word = "has ended" if before is PairState.ENDED else "was declined"
        raise MoveError(f"pair {pair_id} {word}, and stays so; make a new one with relay pair create")
    raise MoveError(_refused(f"pair {pair_id}", before, after, PAIR_MOVES[before]))


def check_member_move(before: MemberState, after: MemberState) -> None:
    """Raise MoveError when a member who is ``before`` cannot become ``after``."""
    if after in MEMBER_MOVES[before]:
        return
    if not MEMBER_MOVES[before]:
        raise MoveError("this member was forgotten, and stays so; make a new pair with relay pair create")
    raise MoveError(_refused("this member", before, after, MEMBER_MOVES[before]))


def _refused(who: str, before: S, after: S, allowed: tuple[S, ...]) -> str:
    *most, last = allowed
    words = f"{', '.join(most)} or {last}" if most else str(last)
    return f"{who} is {before} and cannot become {after} from there; it can become {words}"
