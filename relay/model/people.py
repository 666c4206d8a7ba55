"""The people of a programme and their pairs: what is stored of them, and who writes to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from relay.model.pickled import Pickled
from relay.states import PairState


class Side(StrEnum):
    """Which of the two members of a pair."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.MENTEE if self is Side.MENTOR else Side.MENTOR


@dataclass(frozen=True, slots=True)
class Persona(Pickled):
    """How a member appears to the other side of one pair: ``name`` a pseudonym, ``alias`` an address of ours."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class Identity(Pickled):
    """What must never reach the other side: real ``addresses`` (letters go to the first) and ``known_as``, the names,
    nicknames and employers of the person. ``learned``: names from the author fields of this letter's header; a single
    word of them counts only where it is used as a name."""

    addresses: tuple[str, ...]
    known_as: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()

    @property
    def registered(self) -> Identity:
        """The identity without the names learned from a letter's header."""
        return Identity(self.addresses, self.known_as) if self.learned else self


@dataclass(frozen=True, slots=True)
class Manner:
    """How relay writes to a person: in which ``language`` (BCP 47), by the clock of which ``time_zone`` (IANA, "" for
    the programme's), and whether ``discreet``: without the programme's name in subject, sender and preview (None: as
    the programme says)."""

    language: str = ""
    time_zone: str = ""
    discreet: bool | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentor, one mentee, and how each appears to the other. Contains nothing identifying.

    ``mentor.alias`` is the address that stands for the mentor: the mentee writes to it. ``language`` (BCP 47) is that
    of the pair; a manner's is a member's own, "" when not given. ``created_at`` is aware UTC. ``paused_by``: who of the
    members has paused it, "mentor", "mentee" or "both"; "" for an operator, or when it is not paused.
    """

    id: str
    state: PairState
    mentor: Persona
    mentee: Persona
    cohort: str
    language: str
    created_at: datetime
    mentor_manner: Manner = Manner()
    mentee_manner: Manner = Manner()
    paused_by: str = ""

    def persona(self, side: Side) -> Persona:
        """How the member on ``side`` appears."""
        return self.mentor if side is Side.MENTOR else self.mentee

    def language_of(self, side: Side) -> str:
        """The language of letters to the member on ``side``, if relay has templates in it."""
        return self.manner(side).language

    def manner(self, side: Side) -> Manner:
        """How relay writes to the member on ``side``."""
        own = self.mentor_manner if side is Side.MENTOR else self.mentee_manner
        return own if own.language else replace(own, language=self.language)


@dataclass(frozen=True, slots=True)
class NewPair:
    """A pair to be added: real identities and personas. ``guardian``: the address of the mentee's, whose consent is
    needed, too; "" for none. It becomes one of the mentee's addresses, from which nobody may write."""

    id: str
    mentor: Persona
    mentee: Persona
    mentor_identity: Identity
    mentee_identity: Identity
    cohort: str
    language: str
    created_at: datetime
    mentor_manner: Manner = Manner()
    mentee_manner: Manner = Manner()
    guardian: str = ""

    def language_of(self, side: Side) -> str:
        """The language of letters to the member on ``side``, if relay has templates in it."""
        return self.manner(side).language

    def manner(self, side: Side) -> Manner:
        """How relay writes to the member on ``side``."""
        own = self.mentor_manner if side is Side.MENTOR else self.mentee_manner
        return own if own.language else replace(own, language=self.language)


@dataclass(frozen=True, slots=True)
class Route:
    """The route of one letter: its author (on ``side``), its recipient, and their personas. ``manner``: how relay
    writes to the author. ``address_proven``: the author's address is not only registered, but proven.
    ``as_registered``: the address is spelled as it was registered, not in another spelling of the same mailbox."""

    pair_id: str
    pair_state: PairState
    side: Side
    manner: Manner
    author: Identity
    author_persona: Persona
    recipient: Identity
    recipient_persona: Persona
    address_proven: bool = True
    as_registered: bool = True
