"""What comes back to us: reports about our deliveries, and machines that answer. Absorbed, noted, never passed on.

A report names mailboxes, servers and words of theirs in every part of it, so nothing of it but the class of failure
goes any further: into the journal, and into a short notice of our own.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from relay.letters.notices import Notices
from relay.message.returned import recognise
from relay.model import Envelope, Glance, JournalEntry, Route
from relay.outbound.suspension import Suspending
from relay.outcomes import Failed, Returned, ReturnKind
from relay.refusals import LooksAutomatic, MailLoop
from relay.store import CameBack, Store

log = logging.getLogger("relay.returned")


@dataclass(frozen=True, slots=True)
class Returns:
    """Takes in what nobody wrote. ``notices`` tell the author of a letter that did not arrive after all."""

    store: Store
    notices: Notices
    suspending: Suspending

    async def absorbed(
        self, envelope: Envelope, told: Returned | None, recipients: list[str], entry_id: str, now: datetime
    ) -> bool:
        """Whether the envelope was a report or automatic mail that no member is the author of, and is now dealt with.

        What comes to a return path of ours is one, unless somebody with a return path of their own wrote it like a
        person. What comes with the null return path to any other address is one when it looks like one, whether or not
        that address exists: the answer must not tell (RFC 5321 4.5.5). ``told`` is what it was recognised as.
        """
        if told is None and envelope.return_path != "":
            return False
        tokens = [r.rpartition("@")[0].removeprefix("b-") for r in recipients if r.startswith("b-")]
        letters = [letter for token in tokens if (letter := await self.store.queue.returned(token)) is not None]
        if letters:
            await self._reported(told or Returned(ReturnKind.ANSWER), letters[0], _entry(entry_id, envelope, now, told))
            return True
        if told is None or envelope.return_path != "" or tokens:
            return False
        log.info("%s absorbed: automatic mail (%s)", entry_id, told.kind)
        await self.store.journal.record(_entry(entry_id, envelope, now, told))
        return True

    async def answered(
        self, envelope: Envelope, told: Returned | None, route: Route, entry_id: str, now: datetime
    ) -> bool:
        """Whether the proven author's letter is a machine's answer: it says where somebody is and who they are, and is
        no letter of theirs. Raises LooksAutomatic when it only looks like one, for then a person can say it otherwise.
        """
        if told is None:
            return False
        if not told.certain:
            raise LooksAutomatic
        log.info("%s absorbed: automatic mail (%s)", entry_id, told.kind)
        await self.store.journal.record(_entry(entry_id, envelope, now, told, route))
        return True

    async def operators_own(self, envelope: Envelope, seen: Glance, entry_id: str, now: datetime) -> bool:
        """Whether mail for the operator is the operator's own machine answering what we sent there: it would come to
        the same mailbox, and be answered again. Raises MailLoop when it is our own mail that was sent on to us."""
        settings = self.notices.settings
        if f"postmaster@{settings.domain}" in seen.authors:
            raise MailLoop
        operator = settings.programme.operator.lower()
        if not operator or operator not in (*seen.authors, envelope.return_path.lower()):
            return False
        told = recognise(envelope.content, null_sender=envelope.return_path == "")
        answer = any(cited.lower().endswith("@" + settings.domain) for cited in (*seen.in_reply_to, *seen.references))
        if told is None and not answer:
            return False
        log.info("%s absorbed: the operator's mailbox answers", entry_id)
        await self.store.journal.record(_entry(entry_id, envelope, now, told))
        return True

    async def _reported(self, told: Returned, letter_id: str, entry: JournalEntry) -> None:
        log.info("%s absorbed: a report (%s %s) about %s", entry.id, told.kind, told.status, letter_id or "a letter")
        if told.kind is not ReturnKind.FAILED or not letter_id:
            await self.store.journal.record(entry)
            return
        reason = f"returned {told.status}"
        notice = await self.notices.undeliverable(letter_id, Failed(reason), entry.accepted_at)
        if await self.store.queue.came_back(CameBack(letter_id, reason, entry, notice)):
            log.warning("%s failed (%s) after it was delivered to the next server", letter_id, told.status)
            await self.suspending.after(letter_id, reason, entry.accepted_at)


def _entry(
    id: str, envelope: Envelope, now: datetime, told: Returned | None, route: Route | None = None
) -> JournalEntry:
    return JournalEntry(
        id=id,
        pair_id=route.pair_id if route else None,
        side=route.side if route else None,
        kind="automatic",
        accepted_at=now,
        size_in=len(envelope.content),
        size_out=0,
        reason=f"{told.kind} {told.status}".strip() if told else "",
        settled_at=now,
    )
