"""The types of the desk: what a member asks for, what comes of it, and what a command is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from relay.letters.catalogue import catalogue
from relay.letters.notices import Notices
from relay.letters.write import Letter, Writer
from relay.model import PairState
from relay.policy.rates import Rate
from relay.policy.recipients import desk
from relay.settings import Settings
from relay.states import OVER
from relay.store import Acceptance, Change, Decision, DeskQuestion, Member, Part, Store

ANSWER_WITHIN = timedelta(days=7)
"""How long a question about a command can be answered."""


_ADDRESSES = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A command of ``member``, who wrote from ``mailbox`` and is answered there.

    ``argument``: what stood behind the command; ``addressed``: the mail was sent to the command's own address;
    ``named``: its line began with the command.
    ``part``: their part in the pair it is about, None when no pair was named. ``id``: the journal id of the mail;
    ``content``: its raw octets, those of the answer when a question was answered. ``proven``: whether they are proven
    to have written it; ``confirmed``: whether they confirmed the command.
    """

    command: str
    argument: str
    member: Member
    mailbox: str
    part: Part | None
    id: str
    now: datetime
    content: bytes = field(default=b"", repr=False)
    proven: bool = True
    confirmed: bool = False
    addressed: bool = False
    named: bool = False

    @property
    def first(self) -> Part:
        """The part that letters about no pair in particular are entered for."""
        return self.part or self.member.parts[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a request: ``letters`` to be sent, the first of which answers it, and ``changes``."""

    letters: tuple[Acceptance, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What commands work with. ``addresses``: how many new addresses of one member are asked in an hour."""

    settings: Settings
    store: Store
    notices: Notices
    addresses: Rate = field(default_factory=lambda: Rate(_ADDRESSES))

    @property
    def writer(self) -> Writer:
        """The writer of all letters."""
        return self.notices.writer

    def tell(self, name: str, request: Request, /, **values: object) -> Acceptance:
        """The letter ``name`` that answers a request, to the mailbox it came from. Raises StationeryError."""
        return self._answer(name, "", request, values)

    def ask(self, name: str, command: str, request: Request, /, **values: object) -> Acceptance:
        """The same for a letter that asks for what should stand behind ``command``: its answer goes there."""
        return self._answer(name, desk(command, self.settings.domain), request, values)

    def _answer(self, name: str, reply_to: str, request: Request, values: Mapping[str, object]) -> Acceptance:
        part = request.first
        return self.writer.write(
            Letter(
                name,
                request.mailbox,
                part.pair.manner(part.side),
                values,
                part.pair.id,
                request.id,
                reply_to=reply_to,
                side=part.side.other,  # in the journal, the side that a letter comes from
            ),
            request.now,
        )

    async def tell_partner(self, name: str, request: Request, /, **values: object) -> list[Acceptance]:
        """The letter ``name`` to the other member of the request's pair; none when they were forgotten. Raises
        StoreError, StationeryError."""
        part = request.first
        identities = await self.store.directory.identities(part.pair.id)
        partner = identities[list(type(part.side)).index(part.side.other)] if identities is not None else None
        if partner is None or not partner.addresses:
            return []
        values = {"name": part.pair.persona(part.side).name, **values}
        manner, to = part.pair.manner(part.side.other), partner.addresses[0]
        about = request.id if catalogue()[name].mark else ""
        letter = Letter(name, to, manner, values, part.pair.id, about, side=part.side)
        return [self.writer.write(letter, request.now)]

    async def tell_operator(self, name: str, request: Request, /, **values: object) -> list[Acceptance]:
        """The letter ``name`` to the operator, whose answer goes to the member; none when no operator is set. Raises
        StationeryError."""
        told = await self.notices.to_operator(name, request.first, request.id, b"", request.now, **values)
        return [] if told is None else [told]


@dataclass(frozen=True, slots=True)
class Asking:
    """A command is to be confirmed at ``mailbox``. Meanwhile ``letters`` are sent and ``changes`` made."""

    mailbox: str
    letters: tuple[Acceptance, ...] = ()
    changes: tuple[Change, ...] = ()


Run = Callable[[Desk, Request], Awaitable[Outcome]]
Begin = Callable[[Desk, Request], Awaitable[Outcome | Asking]]
Answered = Callable[[Desk, Request, DeskQuestion, Decision | None], Awaitable[Outcome | None]]
"""What follows an answer that decides this; None: what follows every other answer."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the desk.

    ``states``: for a command about one pair, the states of pairs that it can be about; () for one about no pair.
    ``confirmed``: the member must confirm it first. ``at_once``: it is carried out for an author who is not proven,
    too, who is asked afterwards. ``argument``: whether something may follow it in its line. ``begin``: decides whether
    the question that confirms it is asked, where, and what is done meanwhile; ``dropped``: what a no to it changes.
    ``answered``: what follows an answer to a question about it, if that is special.
    """

    name: str
    run: Run
    states: Sequence[PairState] = ()
    confirmed: bool = False
    at_once: bool = False
    argument: bool = False
    begin: Begin | None = None
    dropped: Callable[[Request], tuple[Change, ...]] | None = None
    answered: Answered | None = None

    def parts(self, member: Member) -> list[Part]:
        """The parts of ``member`` in pairs that this command can be about."""
        return [part for part in member.parts if part.pair.state in self.states]


def open_parts(member: Member) -> list[Part]:
    """The parts of ``member`` in pairs that are not over."""
    return [part for part in member.parts if part.pair.state not in OVER]
