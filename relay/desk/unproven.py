"""Mail to the desk that is not proven: it is refused, and what follows is done some seconds later.

A report acts, and a member is asked whether they wrote it. The mail is kept before it is refused, until that is done:
if there was no room for that, or relay was stopped in between, a job does it. For a stranger's mail the same work is
done without effect, so that neither the refusal nor its time shows who is a member.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from relay.authentication.verdict import Verdict
from relay.desk.carry_out import ask_author, carry_out
from relay.desk.commands import COMMANDS
from relay.desk.request import Desk, Request
from relay.desk.written import command_entry, command_in, is_addressed, part_answered
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled
from relay.inbound.handlers.answers import Read
from relay.inbound.quarantine import Quarantine
from relay.message.desk.read_command import REPORT
from relay.message.read.headers import split
from relay.message.read.routing_headers import read_routing_headers
from relay.outcomes import Returned
from relay.refusals import Refusal
from relay.store import Effects, MailFinished, MailKept, Member, PairsReported, UnprovenMail, reachable

log = logging.getLogger(__name__)

_AGAIN = timedelta(minutes=1)
_GIVE_UP = timedelta(days=1)
"""How long after its arrival a mail is tried whose consequences cannot be carried out."""


@dataclass(frozen=True, slots=True)
class UnprovenDesk:
    """Refuses mail that is not proven, and does what follows. ``read`` reads the first line, in the strangers' pool."""

    desk: Desk
    read: Read
    quarantine: Quarantine
    wake: Callable[[], None]

    def refused(self, arrived: Arrived, recipient: str, member: Member | None, refusal: Refusal) -> Handled:
        """The refusal of a mail to ``recipient`` from an address of ``member``, or a stranger's."""
        mail = UnprovenMail(
            f"{arrived.next_id()}-u1",
            recipient,
            member.number if member is not None else None,
            arrived.verdict(recipient) is Verdict.FAIL,
            arrived.now,
            arrived.envelope.content,
        )
        about = REPORT if is_addressed(recipient.lower(), REPORT) else "desk"
        whose = f"{about}/{member.number}" if member is not None else ""

        async def afterwards() -> None:
            self.quarantine.later(arrived, partial(self.follow, mail), whose)

        return Handled(recipient, refusal=refusal, kept=MailKept(mail), afterwards=afterwards)

    async def follow(self, mail: UnprovenMail) -> None:
        """Do what follows the refusal of ``mail``. Raises StoreError, Refusal, StationeryError."""
        reply = await self.read(mail.content, "")
        member = await self.desk.store.members.numbered(mail.member) if mail.member is not None else None
        mailbox = reachable(member) if member is not None else None
        if member is None or mailbox is None or isinstance(reply, Returned):
            return await self._finished(mail)
        written = command_in(mail.recipient, reply)
        reports = written.name == REPORT
        if written.name not in COMMANDS or not (reports or self._asks(mail)):
            return await self._finished(mail)
        received = read_routing_headers(mail.content, split(mail.content))
        part = await part_answered(self.desk, member, received)
        request = Request(
            *(written.name, written.argument, member, mailbox, part, mail.id, mail.arrived_at),
            content=mail.content,
            proven=False,
            addressed=is_addressed(mail.recipient, written.name),
            named=written.begun,
        )
        if mail.failed and await self.desk.store.reports.by(member.number):
            return await self._finished(mail)  # what they have reported stands
        outcome = await (ask_author if mail.failed else carry_out)(self.desk, request)
        acts = any(isinstance(change, PairsReported) for change in outcome.changes)
        key = f"{REPORT if reports else 'desk'}/{member.number}"
        if not acts and not self.quarantine.questions.take(key, mail.arrived_at):
            log.warning("%s: not asked about a command, because the member was asked too often", mail.id)
            return await self._finished(mail)
        entry = command_entry(request, mail.arrived_at, len(mail.content))
        changes = (*outcome.changes, MailFinished(mail.id))
        await self.desk.store.commit(Effects(outcome.letters, (entry,), changes=changes))
        self.wake()
        return None

    async def finish(self, now: datetime) -> datetime | None:
        """Do what follows the refusal of mails that was not done when they arrived. Returns when to look again; None
        when none is kept."""
        failed = False
        for id in await self.desk.store.unproven_mails.left(now):
            try:
                mail = await self.desk.store.unproven_mails.kept(id)
                if mail is not None:
                    log.warning("%s: nobody has acted on this mail since it was refused; relay does now", id)
                    await self.follow(mail)
            except Exception as error:  # the others must be done; its text may hold parts of the mail
                log.error("%s: work after its refusal failed: %s", id, type(error).__name__)
                failed = not await self._given_up(id, now)
        return now + _AGAIN if failed else await self.desk.store.unproven_mails.next_at()

    def _asks(self, mail: UnprovenMail) -> bool:
        """Whether a member who is not proven is asked about a command other than REPORT."""
        return not mail.failed and self.desk.settings.authenticity.on_unproven == "confirm"

    async def _given_up(self, id: str, now: datetime) -> bool:
        """Give up a mail whose consequences cannot be carried out, if it was tried for long enough."""
        return await self.desk.store.unproven_mails.drop_old(id, now - _GIVE_UP)

    async def _finished(self, mail: UnprovenMail) -> None:
        await self.desk.store.commit(Effects(changes=(MailFinished(mail.id),)))
