"""A letter to a proven member whose own letter was refused: what was wrong with it and what works instead, in their
language.

Their mail server reports the refusal too, but in English and with technical text around it. Each member gets at most
one such letter an hour for the same reason.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.commit import Outbound, commit
from relay.inbound.handled import Handled
from relay.letters.notices import Notices
from relay.letters.refusal_codes import code_of
from relay.policy.rates import Rate
from relay.refusals import LooksAutomatic, MailLoop, Stranger, Transient
from relay.settings import AuthenticitySettings
from relay.store import Effects, Store, StoreError

log = logging.getLogger(__name__)

SAID_NOTHING = (Stranger, Transient, MailLoop, LooksAutomatic)
"""Refusals without a letter: of strangers, of letters that their server sends again, and of possibly automatic mail."""


@dataclass(frozen=True, slots=True)
class RefusalLetters:
    """Writes these letters. ``hourly`` counts them, in memory."""

    authenticity: AuthenticitySettings
    store: Store
    notices: Notices
    outbound: Outbound
    hourly: Rate = field(default_factory=lambda: Rate(1))

    async def tell(self, arrived: Arrived, refused: Handled) -> None:
        """Write to the author of a letter that was refused for all recipients, when authorship is proven. An error of
        the store is logged; the refusal stays the same."""
        try:
            await self._tell(arrived, refused)
        except StoreError as error:
            log.error("%s: its author could not be told why: %s", arrived.id, type(error).__name__)

    async def _tell(self, arrived: Arrived, refused: Handled) -> None:
        route, refusal = refused.route, refused.refusal
        if route is None or refusal is None or isinstance(refusal, SAID_NOTHING):
            return
        # With "none" anybody can write in a member's name: the member would get letters about mail of others.
        if self.authenticity.verify == "none" or arrived.verdict(refused.recipient) is not Verdict.PASS:
            return
        if await arrived.automatic_mail() is not None:
            return
        if not self.hourly.take(f"{route.pair_id}/{route.side}/{code_of(refusal)}", arrived.now):
            return
        letter = self.notices.refused(route, arrived.id, refusal, arrived.now)
        await commit(self.store, self.outbound, Effects(letters=(letter,)))
        log.info("%s: its author is told why it was refused", arrived.id)
