"""What goes on behind a refusal that sounds like any stranger's: the letter is held, and the member asked.

It begins when the refusal has long been said. Neither its words nor its time may tell that there is a member.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from relay.inbound.build_letter import Arrived, Maker
from relay.inbound.handlers.confirmation import Asking
from relay.inbound.response_timing import Job, Later
from relay.letters.notices import Notices
from relay.model import Identity, PairState, Persona, Route, Side
from relay.policy.loops import check_loop
from relay.policy.rate import Rate
from relay.policy.routing import author_of, check_open
from relay.refusals import MailLoop, Refusal
from relay.store import UNPROVEN_ADDRESS, Store, StoreError, Way

log = logging.getLogger("relay.behind")

_NO_ONE = Identity(("nobody@nobody.invalid",))
NO_WAY = Way(
    Route(
        *("", PairState.ACTIVE, Side.MENTOR, "en"),
        *(_NO_ONE, Persona("Nobody", "nobody@nobody.invalid"), _NO_ONE, Persona("No One", "no-one@nobody.invalid")),
    ),
    before=None,
    known_ids={},
)
"""Leads nowhere: what is written to nobody is opened as if it were to somebody."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Holds letters that were refused to the outside. ``now`` is the clock, ``wake`` says that something is due."""

    store: Store
    maker: Maker
    asking: Asking
    notices: Notices
    rate: Rate
    now: Callable[[], datetime]
    wake: Callable[[], None]
    later: Later = field(default_factory=Later)

    def ask(self, arrived: Arrived, ways: list[Way | None], journal_id: str) -> None:
        """Hold a letter whose author nobody can prove, for each of the open ``ways``, and ask its author. For
        None there is nobody to ask, and the same work is done for nothing: how long it takes must not tell."""
        self._put(arrived, partial(self._ask, arrived, ways, journal_id), journal_id, wanted=any(ways))

    def ask_about_address(self, arrived: Arrived, ways: list[Way], journal_id: str) -> None:
        """Hold a letter from a member's unproven address for each of ``ways``, and ask them at a proven one; or tell
        them there why it was not taken. What a machine sent is no letter of theirs."""
        self._put(arrived, partial(self._ask_about_address, arrived, ways, journal_id), journal_id, wanted=True)

    async def drain(self, patience: float) -> None:
        """Do what was begun for members, in at most ``patience`` seconds."""
        await self.later.finish(patience)

    def _put(self, arrived: Arrived, job: Job, journal_id: str, *, wanted: bool) -> None:
        if arrived.told is not None:
            return
        if not self.later.put(job, len(arrived.envelope.content), wanted=wanted) and wanted:
            log.warning("%s not held for its author: too much else waits", journal_id)

    async def _ask(self, arrived: Arrived, ways: list[Way | None], journal_id: str) -> None:
        now = self.now()
        for number, way in enumerate(ways):
            try:
                letter = await self.maker.letter(arrived, way or NO_WAY, f"{journal_id}-u{number + 1}", now)
                if way is not None:
                    await self.asking.ask(letter, way.route, now)
                    self.wake()
            except (Refusal, StoreError) as error:
                log.info("%s not held for its author: %s", journal_id, type(error).__name__)

    async def _ask_about_address(self, arrived: Arrived, ways: list[Way], journal_id: str) -> None:
        now = self.now()
        if not self.rate.take(author_of(arrived.seen), now):
            log.info("%s not held: too much mail", journal_id)
            return
        for number, way in enumerate(ways):
            letter_id = f"{journal_id}-u{number + 1}"
            try:
                await self._hold(arrived, way, letter_id, now)
            except StoreError as error:
                log.error("%s not held: %s", letter_id, type(error).__name__)
        self.wake()

    async def _hold(self, arrived: Arrived, way: Way, letter_id: str, now: datetime) -> None:
        route = way.route
        if not await self.asking.has_room(route, UNPROVEN_ADDRESS):
            log.info("%s not held: as many wait for an answer as may", letter_id)
            return
        try:
            check_loop(arrived.seen, self.maker.settings.domain)
            check_open(route)
            letter = await self.maker.letter(arrived, way, letter_id, now)
        except MailLoop:  # a word about it would travel in the same circle
            log.info("%s not held: MailLoop", letter_id)
            return
        except Refusal as refusal:
            log.info("%s not held: %s", letter_id, type(refusal).__name__)
            mailbox = await self.asking.mailbox(route)
            await self.store.accept([self.notices.not_taken(route, mailbox, letter_id, refusal.reply.text, now)])
            return
        await self.asking.ask_about_address(letter, route, author_of(arrived.seen), now)
