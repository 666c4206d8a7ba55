"""Tells a member that their partner is away at the moment, when the partner's mailbox answers a letter by itself.

Only for members who allowed it, at most once in 30 days, and never with a word of the automatic message, which is
absorbed as always and not answered. Its last day is told when exactly one can be understood.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Effect
from relay.letters.notices import Notices
from relay.letters.partner_away import partner_told
from relay.letters.time_zones import zone_of
from relay.message.automatic.absence_end import Ends, last_day
from relay.model import Pair, Side
from relay.outcomes import Returned, ReturnKind, Sign
from relay.states import EXCHANGING
from relay.store import Part, RouteLookup, Store, VacationTold

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VacationAnswers:
    """What absence messages of members' mailboxes cause."""

    store: Store
    notices: Notices

    async def effects(self, arrived: Arrived, returned: Returned, lookup: RouteLookup) -> tuple[Effect, ...]:
        """The letter to the other member about an absence message that answers a letter of theirs, and the note that it
        was written; () when there is none to be written. Raises StoreError, StationeryError."""
        absence = returned.kind is ReturnKind.ANSWER and returned.certain and returned.sign is Sign.ABSENCE
        route, now = lookup.route, arrived.now
        if not absence or not lookup.known_ids or not route.address_proven or route.pair_state not in EXCHANGING:
            return ()
        pair = await self.store.directory.pair(route.pair_id)
        if pair is None or not await self.store.absences.may_tell(pair.id, route.side, now):
            return ()
        until = await self._until(returned, pair, route.side, now)
        letters = await partner_told(Part(pair, route.side), until, self.store, self.notices.writer, now)
        log.info("%s: an absence message of the %s of pair %s is mentioned", arrived.id, route.side, pair.id)
        return (*letters, VacationTold(pair.id, route.side, now)) if letters else ()

    async def _until(self, returned: Returned, pair: Pair, side: Side, now: datetime) -> date | None:
        """The last day of the absence by the member's own clock, if the message says one."""
        ends, manner, writer = Ends(returned.until, returned.back), pair.manner(side), self.notices.writer
        if not (ends.until or ends.back):
            return None
        today = now.astimezone(zone_of(manner.time_zone or writer.settings.programme.time_zone)).date()
        languages = dict.fromkeys((manner.language, *writer.templates.languages()))
        # In a thread: the names of all months are read from disk, once.
        return await asyncio.to_thread(last_day, ends, today, [one for one in languages if one])
