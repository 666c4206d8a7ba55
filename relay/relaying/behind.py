"""What goes on behind a refusal that sounds like any stranger's: the letter is held, and the member asked.

It begins when the refusal has long been said. Neither its words nor its time may tell that there is a member.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from relay.policy.loops import check_loop
from relay.policy.rate import Rate
from relay.policy.routing import author_of, check_open
from relay.refusals import MailLoop, Refusal
from relay.relaying.asking import Asking
from relay.relaying.making import Arrived, Maker
from relay.relaying.notices import Notices
from relay.store import UNPROVEN_ADDRESS, Store, StoreError, Way

log = logging.getLogger("relay.behind")

_LATER = (0.5, 1.5)
"""Seconds. With none, the refusal was heard after 6.6 ms, and a stranger's after 2.7 ms."""


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
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def ask(self, arrived: Arrived, ways: list[Way], journal_id: str) -> None:
        """Hold a letter whose author nobody can prove, for each of the open ``ways``, and ask its registered author."""
        if ways and arrived.told is None:
            self._later(lambda: self._ask(arrived, ways, journal_id))

    def ask_about_address(self, arrived: Arrived, ways: list[Way], journal_id: str) -> None:
        """Hold a letter from a member's unproven address for each of ``ways``, and ask them at a proven one; or tell
        them there why it was not taken. What a machine sent is no letter of theirs."""
        if arrived.told is None:
            self._later(lambda: self._ask_about_address(arrived, ways, journal_id))

    async def drain(self, patience: float) -> None:
        """Wait at most ``patience`` seconds for what was begun."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=patience)

    def _later(self, work: Callable[[], Awaitable[None]]) -> None:
        async def waited() -> None:
            await asyncio.sleep(random.uniform(*_LATER))  # noqa: S311 -- hides nothing by itself
            try:
                await work()
            except Exception as error:  # the end of the line: nobody waits for it, and a trace may hold addresses
                log.error("what goes on behind a refusal stumbled: %s", type(error).__name__)

        task = asyncio.create_task(waited())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _ask(self, arrived: Arrived, ways: list[Way], journal_id: str) -> None:
        now = self.now()
        try:
            for number, way in enumerate(ways):
                letter = await self.maker.letter(arrived, way, f"{journal_id}-u{number + 1}", now)
                await self.asking.ask(letter, way.route, now)
        except (Refusal, StoreError) as error:
            log.info("%s not held for its author: %s", journal_id, type(error).__name__)
            return
        self.wake()

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
