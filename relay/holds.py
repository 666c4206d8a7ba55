"""Decisions of a person about held letters: release, or refuse with a notice to the author.

Decisions by an author's answer (inbound/handlers/confirmation.py) and by the clock (scheduling/) are carried out by the
same function, store.holds.decide, and recorded in the same way.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from relay.model import PairState
from relay.store import UNPROVEN, Answered, Decided, Decider, Hold, HoldDecision, Store, Waiting

if TYPE_CHECKING:  # relay held list needs none of its templates
    from relay.letters.notices import Notices

log = logging.getLogger(__name__)

PERSONS = (HoldDecision.RELEASED, HoldDecision.REFUSED)
"""The decisions that a person can make."""


class HoldError(Exception):
    """The decision cannot be made; the message says what happened to the letter."""


async def hold_of(id: str, store: Store) -> Hold:
    """The open hold of the letter or delivery ``id``. Raises HoldError, which says what was decided if anything was."""
    hold = await store.holds.find(id)
    if hold is not None:
        return hold
    decided = [one for one in await store.holds.of_letter(id) if one.decision is not None]
    if not decided or decided[-1].decided_at is None:
        raise HoldError(f"{id} is not held; relay held list shows what is")
    last = decided[-1]
    at = f"{last.decided_at:%Y-%m-%d %H:%M} UTC"
    raise HoldError(f"{id} is not held any more: {last.decision} at {at}; relay held list shows what is")


async def decide(
    hold: Hold, decision: HoldDecision, by: str, reason: str, now: datetime, *, store: Store, notices: Notices | None
) -> Answered:
    """Carry out a ``decision`` of the person ``by`` about ``hold``, and record their ``reason``.

    With ``notices`` the author of a refused letter gets one, unless authorship is unproven (UNPROVEN). Raises
    StoreError, and HoldError when the letter's pair is reported, or somebody else has decided meanwhile.
    """
    if decision not in PERSONS:
        raise HoldError(f"a person can release or refuse a letter, but not decide {decision}")
    pair = await store.directory.pair(hold.pair_id) if hold.pair_id else None
    if decision is HoldDecision.RELEASED and pair is not None and pair.state is PairState.REPORTED:
        raise HoldError(
            f"{hold.journal_id} stays held, because pair {pair.id} is reported: decide about the pair first, with "
            "relay pair resume or relay pair end"
        )
    follow_up = None
    told = notices is not None and decision is HoldDecision.REFUSED and hold.why != UNPROVEN
    if told and notices is not None and hold.row is not None and not hold.row.notice:
        found = await store.journal.show(hold.journal_id)
        follow_up = None if found is None else await notices.not_passed_on(found[0], now)
    given = Decided(hold.delivery_id, decision, Decider.PERSON, now, by, reason, follow_up)
    answered = await store.holds.decide(given)
    if answered is None:
        raise HoldError(f"{hold.journal_id} is not held any more: somebody else has decided meanwhile")
    log.info("%s %s by a person", hold.journal_id, decision)
    return answered


async def give_up_late(late: Waiting, now: datetime, *, store: Store, notices: Notices) -> None:
    """Destroy a held letter whose author did not decide in time, with a notice to them. Does nothing when somebody has
    decided meanwhile. Raises StoreError."""
    found = await store.journal.show(late.journal_id)
    follow_up = None if found is None else await notices.not_sent(found[0], "late", now)
    given = Decided(late.delivery_id, HoldDecision.UNCONFIRMED, Decider.CLOCK, now, follow_up=follow_up)
    if await store.holds.decide(given) is not None:
        log.info("%s given up: its author did not decide in time", late.journal_id)
