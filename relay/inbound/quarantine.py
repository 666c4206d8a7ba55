"""Quarantine: a letter that was refused like a stranger's is held, and the member asked whether it is theirs.

That is a letter whose author nobody can prove, and one from an address that is registered and not proven yet. It begins
when the refusal has long been said: neither its words nor its time may tell that there is a member. Whoever answers
from the mailbox that was asked is the member, for the address and the code of the question are nowhere else.

An answer about one letter lets that letter go. It does not prove the address it came from: it shows that somebody knew
of the letter, not who reads the mailbox. That is shown by an answer from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from relay.inbound.arrived import Arrived
from relay.inbound.build_letter import LetterBuilder
from relay.inbound.response_timing import DelayedJob, DelayedJobs, Job
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.message.read.received import client_address
from relay.model import Identity, PairState, Persona, Route, Side
from relay.outcomes import Returned
from relay.policy.held_slots import MOST, Slot, make_room
from relay.policy.loops import check_loop
from relay.policy.peers import network
from relay.policy.rate import Rate
from relay.policy.recipients import new_token
from relay.policy.routing import author_of, check_open
from relay.refusals import MailLoop, Refusal
from relay.settings import Settings
from relay.store import (
    ANSWER_WITHIN,
    UNPROVEN,
    UNPROVEN_ADDRESS,
    Acceptance,
    ConfirmationRequest,
    RouteLookup,
    Store,
    reachable,
)

log = logging.getLogger(__name__)

_NO_ONE = Identity(("nobody@nobody.invalid",))
NO_WAY = RouteLookup(
    Route(
        *("", PairState.ACTIVE, Side.MENTOR, "en"),
        *(_NO_ONE, Persona("Nobody", "nobody@nobody.invalid"), _NO_ONE, Persona("No One", "no-one@nobody.invalid")),
    ),
    before=None,
    known_ids={},
)
"""Leads nowhere: what is written to nobody is opened as if it were to somebody."""

QUESTIONS_PER_HOUR = 20
"""Questions one member is sent at most, however many letters are forged in their name."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Holds letters that were refused. ``builder`` opens them where no member's letter waits for it; ``rate`` is the
    rate limit of authors; ``now`` is the clock, ``wake`` says that something is due."""

    settings: Settings
    store: Store
    builder: LetterBuilder
    notices: Notices
    rate: Rate
    now: Callable[[], datetime]
    wake: Callable[[], None]
    questions: Rate = field(default_factory=lambda: Rate(QUESTIONS_PER_HOUR))
    delayed: DelayedJobs = field(default_factory=DelayedJobs)

    async def ask(self, arrived: Arrived, ways: Sequence[RouteLookup | None]) -> None:
        """Hold a letter whose author nobody can prove, for each of the open ``ways``, and ask its author, later. For
        None there is nobody to ask, and the same work is done for nothing: how long it takes must not tell."""
        for number, way in enumerate(ways, 1):
            self._put(arrived, partial(self._ask, arrived, way, f"{arrived.id}-u{number}"), way)

    async def ask_about_address(self, arrived: Arrived, ways: Sequence[RouteLookup]) -> None:
        """Hold a letter from a member's unproven address for each of ``ways``, and ask them at a proven one; or tell
        them there why it was not taken."""
        for way in ways:
            letter_id = f"{arrived.id}-u{way.route.pair_id}"
            self._put(arrived, partial(self._ask_about_address, arrived, way, letter_id), way)

    async def drain(self, patience: float) -> None:
        """Do what was begun for members, in at most ``patience`` seconds."""
        await self.delayed.finish(patience)

    def _put(self, arrived: Arrived, job: Job, way: RouteLookup | None) -> None:
        member = "" if way is None else f"{way.route.pair_id}/{way.route.side}"
        work = DelayedJob(job, len(arrived.envelope.content), member, self._network(arrived))
        if not self.delayed.put(work) and member:
            log.warning("%s not held: too many letters wait to be asked about", arrived.id)

    def _network(self, arrived: Arrived) -> str:
        """Where the letter came from: the client, or what the mail server before us says of its client."""
        peer = arrived.envelope.peer
        if self.settings.authenticity.verify == "upstream":
            peer = client_address(arrived.head) or peer
        return network(peer)

    async def _ask(self, arrived: Arrived, way: RouteLookup | None, letter_id: str) -> None:
        built = await self._built(arrived, way or NO_WAY, letter_id)
        if way is None or not isinstance(built, Acceptance):
            if isinstance(built, Refusal) and way is not None:
                log.info("%s not held: %s", arrived.id, type(built).__name__)
            return
        await self._hold_unproven(arrived, built, way.route)

    async def _hold_unproven(self, arrived: Arrived, letter: Acceptance, route: Route) -> None:
        now, came_from = self.now(), self._network(arrived)
        waiting = await self.store.questions.waiting(route.pair_id, route.side)
        key = self.store.questions.network(came_from)
        displaced = make_room([Slot(one, one.network) for one in waiting], key)
        if displaced is None:
            log.info("%s not held: its network has as many letters waiting as it may", letter.entry.id)
            return
        if not self.questions.take(f"{route.pair_id}/{route.side}", now):
            log.warning("%s not held: its member was asked %d times in an hour", letter.entry.id, QUESTIONS_PER_HOUR)
            return
        token, mailbox = new_token(), route.author.addresses[0]
        question = ConfirmationRequest(
            token, letter.deliveries[0].id, now + ANSWER_WITHIN, mailbox=mailbox, network=came_from
        )
        asking = Questions(self.notices).asking(route, letter.entry.id, token, now, ANSWER_WITHIN.days)
        await self.store.questions.hold([_held(letter, UNPROVEN, question), asking], displaced, now)
        for one in displaced:
            log.info("%s given up: newer letters nobody could prove wait for the same member", one.journal_id)
        log.info("%s held (%s): its author is asked", letter.entry.id, UNPROVEN)
        self.wake()

    async def _ask_about_address(self, arrived: Arrived, way: RouteLookup, letter_id: str) -> None:
        route, now = way.route, self.now()
        author = author_of(arrived.seen)
        if not self.rate.take(author, now):
            log.info("%s not held: its author is over the rate limit", arrived.id)
            return
        if await self.store.questions.open_in(route.pair_id, route.side, UNPROVEN_ADDRESS) >= MOST:
            log.info("%s not held: as many letters wait for an answer as may", arrived.id)
            return
        mailbox = await self._mailbox(route)
        try:
            check_loop(arrived.seen, self.settings.domain)
            check_open(route)
            built = await self._built(arrived, way, letter_id)
            if isinstance(built, Refusal):
                raise built
        except MailLoop:  # a word about it would travel in the same circle
            log.info("%s not held: MailLoop", arrived.id)
            return
        except Refusal as refusal:
            log.info("%s not held: %s", arrived.id, type(refusal).__name__)
            word = self.notices.not_taken(route, mailbox, letter_id, refusal, now)
            await self.store.accept([word])
            self.wake()
            return
        if isinstance(built, Acceptance):
            token = new_token()
            question = ConfirmationRequest(token, built.deliveries[0].id, None, author, mailbox)
            asking = Questions(self.notices).asking_about_address(route, mailbox, built.entry.id, token, now)
            await self.store.questions.hold([_held(built, UNPROVEN_ADDRESS, question), asking], (), now)
            log.info("%s held (%s): its author is asked", built.entry.id, UNPROVEN_ADDRESS)
            self.wake()

    async def _built(self, arrived: Arrived, way: RouteLookup, letter_id: str) -> Acceptance | Returned | Refusal:
        """The letter that would leave; what a machine sent is no letter, and is not asked about."""
        try:
            return await self.builder.letter(arrived, way, letter_id)
        except Refusal as refusal:
            return refusal

    async def _mailbox(self, route: Route) -> str:
        """Where the author of ``route`` can be asked something: never at an address that is not proven."""
        member = await self.store.members.on(route.pair_id, route.side)
        return (reachable(member) if member is not None else None) or route.author.addresses[0]


def _held(letter: Acceptance, why: str, question: ConfirmationRequest) -> Acceptance:
    deliveries = tuple(replace(delivery, held=why) for delivery in letter.deliveries)
    return replace(letter, deliveries=deliveries, question=question)
