"""Handles mail to postmaster@ and abuse@: forwarded to the operator of this relay (RFC 5321 4.5.1, RFC 2142 4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed
from relay.inbound.response_timing import pad_to_interval
from relay.letters.notices import Notices
from relay.model import Headers, Message
from relay.policy.peers import network
from relay.policy.rates import Rate
from relay.refusals import MailLoop, TooMuchMail, UnknownAlias
from relay.settings import Settings
from relay.store import Acceptance, Part

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OperatorMail:
    """The handler of the operator's addresses. ``rate`` has a bucket per network; ``compose`` builds, in a worker, the
    mail that carries the original."""

    settings: Settings
    notices: Notices
    rate: Rate
    compose: Callable[[Message, Headers, bytes], Awaitable[bytes]]

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Forward it once for all of ``recipients``, which reach the same people. Raises UnknownAlias when no operator
        is set, MailLoop, TooMuchMail."""
        if f"postmaster@{self.settings.domain}" in arrived.routing_headers.authors:
            raise MailLoop
        if not self.settings.programme.operator:
            raise UnknownAlias
        if not self.rate.take(f"operator/{network(arrived.envelope.peer)}", arrived.now):
            raise TooMuchMail
        if await self._is_operators_own_answer(arrived):
            log.info("%s absorbed: the operator's mailbox answers", arrived.id)
            automatic = await arrived.automatic_mail()
            reason = automatic.words if automatic else ""
            return [absorbed(arrived, recipient, reason) for recipient in recipients]
        begun = asyncio.get_running_loop().time()
        envelope, part = arrived.envelope, await self._part(arrived)
        letter = await self.notices.to_operator(envelope, arrived.next_id(), arrived.now, self.compose, part)
        await pad_to_interval(begun)  # how long it takes must not tell who is a member
        first, *others = recipients
        return [Handled(first, (letter,), letter.entry.id), *(_with(arrived, other, letter) for other in others)]

    async def _part(self, arrived: Arrived) -> Part | None:
        """The part in a pair of the member whose address the mail bears; None for anybody else's."""
        if len(arrived.routing_headers.authors) != 1:
            return None
        member = await self.notices.store.members.having(arrived.routing_headers.authors[0])
        return member.parts[0] if member is not None and member.parts else None

    async def _is_operators_own_answer(self, arrived: Arrived) -> bool:
        """Whether the operator's mailbox answers automatically to what we forwarded: forwarding that would loop."""
        operator, seen = self.settings.programme.operator.lower(), arrived.routing_headers
        if operator not in (*seen.authors, arrived.envelope.return_path.lower()):
            return False
        cited = (*seen.in_reply_to, *seen.references)
        if any(one.lower().endswith("@" + self.settings.domain) for one in cited):
            return True
        return await arrived.automatic_mail() is not None


def _with(arrived: Arrived, recipient: str, letter: Acceptance) -> Handled:
    """A further operator address of the same envelope: the one forwarded mail serves it."""
    entry = replace(
        letter.entry,
        id=arrived.next_id(),
        size_out=0,
        reason=f"handed over as {letter.entry.id}",
        settled_at=arrived.now,
    )
    return Handled(recipient, (entry,), entry.id)
