"""A letter that cannot be taken for the member's own yet is held, and the member asked at an address that is proven.

That is a letter whose author nobody can prove, and one from an address that is registered and not proven yet. Whoever
can answer from the mailbox that was asked is the member: the token in the question's address is nowhere else. To the
outside the letter was refused like any stranger's (that reply says that a member will find help), so nobody learns who
is one.

An answer about one letter lets that letter go. It does not prove the address it came from: it shows that somebody knew
of the letter, not who reads the mailbox. That is shown by an answer from there.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from relay.letters.notices import Notices
from relay.message.addresses import answer_address, answer_token
from relay.message.returned import recognise
from relay.model import Envelope, Route
from relay.settings import Settings
from relay.store import (
    ANSWER_WITHIN,
    UNPROVEN,
    UNPROVEN_ADDRESS,
    Acceptance,
    Answered,
    Proven,
    Question,
    Store,
    reachable,
)

log = logging.getLogger("relay.ask")

_MOST_AT_A_TIME = 5
"""Letters of one member that may wait for an answer: whoever forges them must not flood the member with questions."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks members, and hears their answers."""

    settings: Settings
    store: Store
    notices: Notices

    async def has_room(self, route: Route, why: str) -> bool:
        """Whether one more letter may wait; ``why`` is UNPROVEN or UNPROVEN_ADDRESS."""
        return await self.store.questions.open_in(route.pair_id, route.side, why) < _MOST_AT_A_TIME

    async def ask(self, letter: Acceptance, route: Route, now: datetime) -> bool:
        """Hold ``letter``, whose author nobody can prove, and ask the member. False, and nothing done, when too many
        questions are open."""
        if not await self.has_room(route, UNPROVEN):
            return False
        token, days = secrets.token_hex(12), ANSWER_WITHIN.days
        to = answer_address(token, self.settings.domain)
        asking = self.notices.asking(route, letter.entry.id, to, now, days)
        await self._hold(letter, UNPROVEN, Question(token, letter.deliveries[0].id, now + ANSWER_WITHIN), asking)
        return True

    async def ask_about_address(self, letter: Acceptance, route: Route, author: str, now: datetime) -> bool:
        """Hold ``letter``, which came from the unproven address ``author``, and ask the member at a proven one. It
        waits until they answer or prove the address. False, and nothing done, when too many wait."""
        if not await self.has_room(route, UNPROVEN_ADDRESS):
            return False
        token = secrets.token_hex(12)
        answer_to = answer_address(token, self.settings.domain)
        asking = self.notices.asking_about_address(route, await self.mailbox(route), letter.entry.id, answer_to, now)
        await self._hold(letter, UNPROVEN_ADDRESS, Question(token, letter.deliveries[0].id, None, author), asking)
        return True

    async def mailbox(self, route: Route) -> str:
        """Where the author of ``route`` can be told something: never at an address that is not proven."""
        member = await self.store.members.on(route.pair_id, route.side)
        return (reachable(member) if member is not None else None) or route.author.addresses[0]

    async def _hold(self, letter: Acceptance, why: str, question: Question, asking: Acceptance) -> None:
        held = tuple(replace(delivery, held=why) for delivery in letter.deliveries)
        await self.store.accept([replace(letter, deliveries=held, question=question), asking])
        log.info("%s held (%s): its author is asked", letter.entry.id, why)

    async def answered(self, envelope: Envelope, recipients: list[str], now: datetime) -> bool:
        """Whether this is mail to the address of a question. A person's answer lets the held letter go, or proves the
        address it was sent to; what a machine sends, such as a vacation answer, changes nothing."""
        tokens = [token for recipient in recipients if (token := answer_token(recipient)) is not None]
        if not tokens:
            return False
        if not envelope.return_path or recognise(envelope.content) is not None:
            return True
        for token in tokens:
            answered = await self.store.questions.answer(token, now)
            if answered is not None:
                await self._released(answered, now)
            elif (proven := await self.store.members.prove(token, now)) is not None:
                await self._proven(proven, now)
        return True

    async def _proven(self, proven: Proven, now: datetime) -> None:
        log.info("an address of the %s of pair %s is proven: answered from there", proven.side, proven.pair.id)
        sent = sum(letter.released for letter in proven.letters)
        await self.store.accept([self.notices.address_proven(proven, sent, now)])
        for letter in proven.letters:
            await self._released(letter, now)

    async def _released(self, letter: Answered, now: datetime) -> None:
        if letter.released:
            log.info("%s released: its author answered", letter.journal_id)
            return
        log.info("%s given up: its author answered, but the pair is closed by now", letter.journal_id)
        entry = await self.store.journal.show(letter.journal_id)
        notice = None if entry is None else await self.notices.closed_meanwhile(entry[0], now)
        if notice is not None:
            await self.store.accept([notice])
