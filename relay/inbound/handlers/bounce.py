"""Handles mail to a return path: bounces, delivery status notifications, receipts (RFC 3464, RFC 8098). Never relayed.

A report names mailboxes and servers in all its parts, so only the class of failure is used: in the journal and in a
short notice of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed, journal_entry
from relay.letters.notices import Notices
from relay.outcomes import Failed, Returned, ReturnKind
from relay.policy.recipients import ReturnPath, classify
from relay.refusals import NotAuthentic, UnknownAlias
from relay.store import CameBack, Store, StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bounces:
    """The handler of return paths. ``notices`` writes to the author of a letter that came back; ``suspend`` decides,
    from the letter's id, the reason and the time, whether its recipient is suspended."""

    store: Store
    notices: Notices
    suspend: Callable[[str, str, datetime], Awaitable[None]]

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each return path. A return path that was never issued is refused like an unknown address."""
        return [await self._one(arrived, recipient) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str) -> Handled:
        path = classify(recipient)
        assert isinstance(path, ReturnPath)
        letter_id = await self.store.queue.returned(path.token)
        nobodys = arrived.envelope.return_path == ""
        if letter_id is None:
            return Handled(recipient, refusal=NotAuthentic() if nobodys else UnknownAlias())
        automatic = await arrived.automatic_mail()
        if automatic is None and not nobodys:  # a person's mail to an address that takes no letters
            return Handled(recipient, refusal=UnknownAlias())
        return await self._reported(arrived, recipient, automatic or Returned(ReturnKind.ANSWER), letter_id)

    async def _reported(self, arrived: Arrived, recipient: str, automatic: Returned, letter_id: str) -> Handled:
        log.info(
            "%s absorbed: a report (%s %s) about %s",
            arrived.id,
            automatic.kind,
            automatic.status,
            letter_id or "a letter",
        )
        if automatic.kind is ReturnKind.COMPLAINT and automatic.certain:
            return await complained(arrived, recipient, letter_id, self.notices)
        if automatic.kind is not ReturnKind.FAILED or not letter_id:
            return absorbed(arrived, recipient, automatic.words)
        reason = f"returned {automatic.status}"
        notice = await self.notices.undeliverable(letter_id, Failed(reason), arrived.now)
        report = CameBack(letter_id, reason, journal_entry(arrived, "automatic", automatic.words), notice)

        async def afterwards() -> None:
            try:
                await self.suspend(letter_id, reason, arrived.now)
            except StoreError as error:  # the next report tries again
                log.error("%s: its recipient could not be checked: %s", letter_id, type(error).__name__)

        return Handled(recipient, (report,), report.entry.id, afterwards=afterwards)


async def complained(arrived: Arrived, recipient: str, letter_id: str, notices: Notices) -> Handled:
    """A provider reports that somebody marked a mail of ours as spam (RFC 5965): absorbed, because the report encloses
    the letter and names its reader, and the operator told of it. ``letter_id`` "": nobody knows which mail."""
    handled = absorbed(arrived, recipient, ReturnKind.COMPLAINT.value)
    try:
        letter = await notices.complaint(letter_id, arrived.now)
    except StoreError as error:  # the journal has it all the same
        log.error("%s: the operator could not be told of a complaint: %s", arrived.id, type(error).__name__)
        return handled
    return handled if letter is None else replace(handled, effects=(*handled.effects, letter))
