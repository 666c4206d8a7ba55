"""The states of pairs and members, and the allowed changes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class PairState(StrEnum):
    """States of a pair. Active and closing pairs exchange letters."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"
    REPORTED = "reported"


class MemberState(StrEnum):
    """States of a member. Suspended: the mailbox that their letters go to is gone."""

    INVITED = "invited"
    ACTIVE = "active"
    AWAY = "away"
    SUSPENDED = "suspended"
    LEFT = "left"
    FORGOTTEN = "forgotten"


S = TypeVar("S", PairState, MemberState)

PAIR_MOVES: Mapping[PairState, tuple[PairState, ...]] = {
    # An invited pair ends when the invitation is withdrawn before both have answered.
    PairState.INVITED: (PairState.ACTIVE, PairState.DECLINED, PairState.EXPIRED, PairState.ENDED, PairState.REPORTED),
    PairState.ACTIVE: (PairState.PAUSED, PairState.CLOSING, PairState.ENDED, PairState.REPORTED),
    PairState.PAUSED: (PairState.ACTIVE, PairState.CLOSING, PairState.ENDED, PairState.REPORTED),
    PairState.CLOSING: (PairState.ENDED, PairState.REPORTED),
    # Only by the decision of a named person.
    PairState.REPORTED: (PairState.ACTIVE, PairState.ENDED),
    # Nobody declined, so they may be invited again.
    PairState.EXPIRED: (PairState.INVITED, PairState.ENDED),
    PairState.DECLINED: (),
    PairState.ENDED: (),
}

MEMBER_MOVES: Mapping[MemberState, tuple[MemberState, ...]] = {
    MemberState.INVITED: (MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.LEFT, MemberState.FORGOTTEN),
    MemberState.ACTIVE: (MemberState.AWAY, MemberState.SUSPENDED, MemberState.LEFT, MemberState.FORGOTTEN),
    MemberState.AWAY: (MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.LEFT, MemberState.FORGOTTEN),
    # The mailbox works again. Invited: nobody has agreed yet; away: until the day that they named.
    MemberState.SUSPENDED: (
        *(MemberState.ACTIVE, MemberState.INVITED, MemberState.AWAY, MemberState.LEFT, MemberState.FORGOTTEN),
    ),
    # A person who left may join a new pair.
    MemberState.LEFT: (MemberState.INVITED, MemberState.ACTIVE, MemberState.FORGOTTEN),
    MemberState.FORGOTTEN: (),
}

EXCHANGING = (PairState.ACTIVE, PairState.CLOSING)
"""States in which a pair exchanges letters."""
RESTING = (PairState.PAUSED, PairState.REPORTED)
"""States that look alike to the members: nobody may tell from outside that a pair was reported."""
OVER = (PairState.ENDED, PairState.DECLINED, PairState.EXPIRED)
"""States in which a pair is over. Its two people may be made a new pair."""


NOT_BEGUN = (PairState.INVITED, PairState.DECLINED, PairState.EXPIRED)
"""States in which not both members have agreed. Their aliases exist for nobody."""


class MoveError(Exception):
    """A change that the tables do not allow. The message says why, and what is possible."""


def check_pair_move(pair_id: str, before: PairState, after: PairState, *, by_name: bool = False) -> None:
    """Raise MoveError when a pair in state ``before`` cannot become ``after``. ``by_name``: a named person decides, as
    a reported pair requires."""
    if before is PairState.REPORTED and after in PAIR_MOVES[before] and not by_name:
        raise MoveError(f"pair {pair_id} is reported: only a named person can make it active again or end it")
    if after in PAIR_MOVES[before]:
        return
    if not PAIR_MOVES[before]:
        word = "has ended" if before is PairState.ENDED else "was declined"
        raise MoveError(f"pair {pair_id} {word}, which is final; make a new one with relay pair create")
    raise MoveError(_refused(f"pair {pair_id}", before, after, PAIR_MOVES[before]))


def check_member_move(before: MemberState, after: MemberState) -> None:
    """Raise MoveError when a member in state ``before`` cannot become ``after``."""
    if after in MEMBER_MOVES[before]:
        return
    if not MEMBER_MOVES[before]:
        raise MoveError("this member was forgotten, which is final; make a new pair with relay pair create")
    raise MoveError(_refused("this member", before, after, MEMBER_MOVES[before]))


def _refused(who: str, before: S, after: S, allowed: tuple[S, ...]) -> str:
    *most, last = allowed
    words = f"{', '.join(most)} or {last}" if most else str(last)
    return f"{who} is {before} and cannot become {after}; it can become {words}"
