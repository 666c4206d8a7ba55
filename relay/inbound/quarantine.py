"""Quarantine: holds a refused letter and asks the member whether it is theirs.

It applies to letters whose author is unproven, and to letters from a registered but unproven address. It starts after
the refusal was sent, so that neither the reply nor its timing shows that there is a member. An answer from the mailbox
that was asked is the member's: only that mailbox received the reply address and the code.

An answer about one letter releases that letter. It does not prove the address the letter came from: that takes an
answer sent from that address.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from relay.inbound.arrived import Arrived
from relay.inbound.build_letter import CommandAlone, LetterBuilder, MayAnswer
from relay.inbound.response_timing import DelayedJob, DelayedJobs, Job
from relay.inbound.undecided import Undecided
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.message.read.field_values import client_address
from relay.model import Identity, Manner, PairState, Persona, Route, Side
from relay.outcomes import Returned
from relay.policy.peers import network
from relay.policy.rates import Rate
from relay.policy.recipients import new_token
from relay.policy.routing import author_of, check_loop, check_open
from relay.policy.waiting_letters import MOST, WaitingLetter, make_room
from relay.refusals import MailLoop, NeedsDecision, Refusal
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
NO_ROUTE = RouteLookup(
    Route(
        *("", PairState.ACTIVE, Side.MENTOR, Manner("en")),
        *(_NO_ONE, Persona("Nobody", "nobody@nobody.invalid"), _NO_ONE, Persona("No One", "no-one@nobody.invalid")),
    ),
    before=None,
    known_ids={},
    echoes=(),
)
"""An empty route. Letters to unknown addresses are rebuilt for it, so that they take the same time."""

QUESTIONS_PER_HOUR = 20
"""Confirmation requests sent to one member per hour, at most: a limit for letters forged in their name."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Holds refused letters. ``builder`` rebuilds them in the strangers' worker pool; ``rate`` is the authors' rate
    limit; ``now`` is the clock; ``wake`` tells delivery that something is due."""

    settings: Settings
    store: Store
    builder: LetterBuilder
    notices: Notices
    rate: Rate
    now: Callable[[], datetime]
    wake: Callable[[], None]
    questions: Rate = field(default_factory=lambda: Rate(QUESTIONS_PER_HOUR))
    delayed: DelayedJobs = field(default_factory=DelayedJobs)

    async def ask(self, arrived: Arrived, lookups: Sequence[RouteLookup | None]) -> None:
        """Hold a letter of an unproven author, once for each of ``lookups`` (open pairs), and ask its author later. For
        None there is no member, and the same work is done without effect, to take the same time."""
        for number, lookup in enumerate(lookups, 1):
            self._put(arrived, partial(self._ask, arrived, lookup, f"{arrived.id}-u{number}"), lookup)

    async def ask_about_address(self, arrived: Arrived, lookups: Sequence[RouteLookup]) -> None:
        """Hold a letter from a member's unproven address for each of ``lookups``, and ask the member at a proven
        address; or tell them there why it was not accepted."""
        for lookup in lookups:
            letter_id = f"{arrived.id}-u{lookup.route.pair_id}"
            self._put(arrived, partial(self._ask_about_address, arrived, lookup, letter_id), lookup)

    async def drain(self, patience: float) -> None:
        """Finish the waiting jobs of members, in at most ``patience`` seconds."""
        await self.delayed.finish(patience)

    def later(self, arrived: Arrived, job: Job, member: str) -> None:
        """Run ``job`` some time after the refusal of the mail that ``arrived``, if there is room for it; ``member``
        names whose it is, "" for nobody's."""
        work = DelayedJob(job, len(arrived.envelope.content), member, self._network(arrived))
        if not self.delayed.put(work) and member:
            log.warning("%s: nothing follows its refusal now, because too much waits", arrived.id)

    def _put(self, arrived: Arrived, job: Job, lookup: RouteLookup | None) -> None:
        self.later(arrived, job, "" if lookup is None else f"{lookup.route.pair_id}/{lookup.route.side}")

    def _network(self, arrived: Arrived) -> str:
        """The network of the client, or of the client that the upstream mail server names."""
        peer = arrived.envelope.peer
        if self.settings.authenticity.verify == "upstream":
            peer = client_address(arrived.head) or peer
        return network(peer)

    async def _ask(self, arrived: Arrived, lookup: RouteLookup | None, letter_id: str) -> None:
        built = await self._built(arrived, lookup or NO_ROUTE, letter_id)
        if lookup is None or not isinstance(built, Acceptance):
            if isinstance(built, Refusal) and lookup is not None:
                log.info("%s not held: %s", arrived.id, type(built).__name__)
            return
        await self._hold_unproven(arrived, built, lookup.route)

    async def _hold_unproven(self, arrived: Arrived, letter: Acceptance, route: Route) -> None:
        now, came_from = self.now(), self._network(arrived)
        waiting = await self.store.questions.waiting(route.pair_id, route.side)
        key = self.store.questions.network(came_from)
        displaced = make_room([WaitingLetter(one, one.network) for one in waiting], key)
        if displaced is None:
            log.info("%s not held: its network has reached its limit of waiting letters", letter.entry.id)
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
            log.info("%s dropped: newer unproven letters wait for the same member", one.journal_id)
        log.info("%s held (%s): its author is asked", letter.entry.id, UNPROVEN)
        self.wake()

    async def _ask_about_address(self, arrived: Arrived, lookup: RouteLookup, letter_id: str) -> None:
        route, now = lookup.route, self.now()
        author = author_of(arrived.routing_headers)
        if not self.rate.take(author, now):
            log.info("%s not held: its author is over the rate limit", arrived.id)
            return
        if await self.store.questions.open_in(route.pair_id, route.side, UNPROVEN_ADDRESS) >= MOST:
            log.info("%s not held: too many letters wait for an answer", arrived.id)
            return
        mailbox = await self._mailbox(route)
        try:
            check_loop(arrived.routing_headers, self.settings.domain)
            check_open(route)
            built = await self._built(arrived, lookup, letter_id)
            if isinstance(built, Refusal):
                raise built
        except MailLoop:  # a notice would travel in the same loop
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

    async def _built(self, arrived: Arrived, lookup: RouteLookup, letter_id: str) -> Acceptance | Returned | Refusal:
        """The letter to hold. Automatic mail (Returned) is not held; nor is a letter that its author would have to
        decide about as well (NeedsDecision), because one answer cannot decide two questions."""
        try:
            letter = await self.builder.letter(arrived, lookup, letter_id)
        except Refusal as refusal:
            return refusal
        if isinstance(letter, MayAnswer):  # whoever is not proven answers at the question's own address
            letter = letter.letter
        return NeedsDecision() if isinstance(letter, Undecided | CommandAlone) else letter

    async def _mailbox(self, route: Route) -> str:
        """The address at which the author of ``route`` is asked: always a proven one."""
        member = await self.store.members.on(route.pair_id, route.side)
        return (reachable(member) if member is not None else None) or route.author.addresses[0]


def _held(letter: Acceptance, why: str, question: ConfirmationRequest) -> Acceptance:
    deliveries = tuple(replace(delivery, held=why) for delivery in letter.deliveries)
    return replace(letter, deliveries=deliveries, question=question)
