"""How a new pair begins: invited, or active at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from relay.letters.invitations import InvitationWriter
from relay.letters.welcome import Welcome
from relay.model import NewPair, PairState, Side
from relay.store import GUARDIAN, Acceptance, Invitation


@dataclass(frozen=True, slots=True)
class Beginning:
    """How new pairs begin: with invitations (``invite``), or active at once with welcome letters (``welcome``) or
    without any letter (neither)."""

    welcome: Welcome | None = None
    invite: InvitationWriter | None = None

    @property
    def writes(self) -> bool:
        """Whether letters are sent."""
        return self.welcome is not None or self.invite is not None

    @property
    def state(self) -> PairState:
        """The first state of a pair."""
        return PairState.ACTIVE if self.invite is None else PairState.INVITED

    def of(self, pairs: Sequence[NewPair], now: datetime) -> tuple[list[Acceptance], list[Invitation]]:
        """The letters and invitations to write with ``pairs``. Raises StationeryError."""
        if self.welcome is not None:
            return [letter for pair in pairs for letter in self.welcome.letters(pair, now)], []
        if self.invite is None:
            return [], []
        asked = [self.invite.invite(pair, side, _mailbox(pair, side), now) for pair in pairs for side in Side]
        guarded = [pair for pair in pairs if pair.guardian]
        asked += [self.invite.invite(one, Side.MENTEE, one.guardian, now, asks=GUARDIAN) for one in guarded]
        return [letter for _, letter in asked], [invitation for invitation, _ in asked]


def _mailbox(pair: NewPair, side: Side) -> str:
    identity = pair.mentor_identity if side is Side.MENTOR else pair.mentee_identity
    return identity.addresses[0]
