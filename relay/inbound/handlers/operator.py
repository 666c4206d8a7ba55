"""Handles mail to postmaster@ and abuse@, which reaches the operator of this relay (RFC 5321 4.5.1, RFC 2142 4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed
from relay.inbound.handlers.bounce import complained
from relay.inbound.response_timing import pad_to_interval
from relay.letters.conversations import Arriving, ConversationLetters
from relay.letters.notices import Notices
from relay.outcomes import ReturnKind
from relay.policy.peers import network
from relay.policy.rates import Rate
from relay.policy.recipients import ReturnPath, classify
from relay.refusals import MailLoop, TooMuchMail, UnknownAlias
from relay.settings import Settings
from relay.store import Acceptance, Part, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OperatorMail:
    """The handler of the operator's addresses: each mail begins a conversation. ``rate`` has a bucket per network;
    ``notices`` tells of complaints."""

    settings: Settings
    store: Store
    letters: ConversationLetters
    rate: Rate
    notices: Notices

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
        report = await arrived.automatic_mail()
        if report is not None and report.kind is ReturnKind.COMPLAINT and report.certain:
            return await self._complained(arrived, recipients, report.senders)
        begun = asyncio.get_running_loop().time()
        parts = await self._parts(arrived)
        talk = self.letters.begun(parts[0] if parts else None, _answerable(arrived))
        letter = await self.letters.to_operator(arriving(arrived), talk, proven=False, others=parts)
        await pad_to_interval(begun)  # how long it takes must not tell who is a member
        first, *others = recipients
        return [Handled(first, (letter,), letter.entry.id), *(_with(arrived, other, letter) for other in others)]

    async def _complained(self, arrived: Arrived, recipients: Sequence[str], senders: Sequence[str]) -> list[Handled]:
        """A complaint by a provider's feedback loop: it encloses a letter, so only what it is about is told."""
        ours = [one for one in senders if one.endswith(f"@{self.settings.domain}")]
        tokens = [path.token for path in map(classify, ours) if isinstance(path, ReturnPath)]
        letters = [await self.store.queue.returned(token) for token in tokens]
        letter_id = next((one for one in letters if one), "")
        log.info("%s absorbed: a complaint about %s", arrived.id, letter_id or "a mail of ours")
        first, *others = recipients
        told = await complained(arrived, first, letter_id, self.notices)
        return [told, *(absorbed(arrived, other, ReturnKind.COMPLAINT.value) for other in others)]

    async def _parts(self, arrived: Arrived) -> tuple[Part, ...]:
        """The parts in pairs of the member whose address the mail bears; none for anybody else's."""
        if len(arrived.routing_headers.authors) != 1:
            return ()
        member = await self.store.members.having(arrived.routing_headers.authors[0])
        return member.parts if member is not None else ()

    async def _is_operators_own_answer(self, arrived: Arrived) -> bool:
        """Whether the operator's mailbox answers automatically to what we forwarded: forwarding that would loop."""
        operator, seen = self.settings.programme.operator.lower(), arrived.routing_headers
        if operator not in (*seen.authors, arrived.envelope.return_path.lower()):
            return False
        cited = (*seen.in_reply_to, *seen.references)
        if any(one.lower().endswith("@" + self.settings.domain) for one in cited):
            return True
        return await arrived.automatic_mail() is not None


def arriving(arrived: Arrived, key: tuple[str, ...] = ()) -> Arriving:
    """What a letter of a conversation needs to know of the mail; takes the envelope's next id."""
    return Arriving(arrived.envelope, arrived.routing_headers, arrived.next_id(), arrived.now, key)


def _answerable(arrived: Arrived) -> str:
    """The address that the author of a mail can be answered at; "" when it names nobody, or nobody waits for answers
    (RFC 5321 4.5.5)."""
    authors = arrived.routing_headers.authors
    return authors[0] if len(authors) == 1 and arrived.envelope.return_path else ""


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
