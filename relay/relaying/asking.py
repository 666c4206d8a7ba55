"""A letter that cannot be proven to be the member's is held, and the member asked at their registered address.

Whoever can answer from that mailbox is the member: the token in the question's address is nowhere else. To the outside
the letter was refused like any stranger's (that reply says that a member will find help), so nobody learns who is one.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from relay.message.returned import recognise
from relay.model import Envelope, Identity, PairState, Persona, Route, Side
from relay.relaying.notices import Notices
from relay.settings import Settings
from relay.store import UNPROVEN, Acceptance, Question, Store, Way

log = logging.getLogger("relay.ask")

_DAYS = 7
_MOST_AT_A_TIME = 5
"""Letters of one pair that may wait for an answer: whoever forges them must not flood the member with questions."""
_PREFIX = "c-"

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
class Asking:
    """Asks members, and hears their answers."""

    settings: Settings
    store: Store
    notices: Notices

    async def ask(self, letter: Acceptance, route: Route, now: datetime) -> bool:
        """Hold ``letter`` and ask its registered author. False, and nothing done, when too many questions are open."""
        if await self.store.questions.open_in(route.pair_id) >= _MOST_AT_A_TIME:
            return False
        token = secrets.token_hex(12)
        held = tuple(replace(delivery, held=UNPROVEN) for delivery in letter.deliveries)
        question = Question(token, held[0].id, now + timedelta(days=_DAYS))
        asking = self.notices.asking(route, letter.entry.id, f"{_PREFIX}{token}@{self.settings.domain}", now, _DAYS)
        await self.store.accept([replace(letter, deliveries=held, question=question), asking])
        log.info("%s held: its author is asked", letter.entry.id)
        return True

    async def answered(self, envelope: Envelope, recipients: list[str], now: datetime) -> bool:
        """Whether this is mail to the address of a question. A person's answer lets the held letter go; what a machine
        sends, such as a vacation answer, changes nothing."""
        tokens = [r.partition("@")[0].removeprefix(_PREFIX) for r in recipients if r.startswith(_PREFIX)]
        if not tokens:
            return False
        if not envelope.return_path or recognise(envelope.content) is not None:
            return True
        for token in tokens:
            released = await self.store.questions.answer(token, now)
            if released is not None:
                log.info("%s released: its author answered", released)
        return True
