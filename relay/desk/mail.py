"""Handles mail to the addresses of the desk.

A proven member's first line is a command. A letter that lands here by mistake is refused, and the reply says where it
should go. Everybody else gets the reply that strangers get; a member who is not proven is asked afterwards. A report
is acted on even then, before anybody is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from relay.authentication.verdict import Verdict
from relay.desk.carry_out import ask_author, carry_out
from relay.desk.commands import COMMANDS
from relay.desk.request import Desk, Outcome, Request, open_parts
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed, journal_entry
from relay.inbound.handlers.answers import Read
from relay.inbound.handlers.pair_letter import without_return_path
from relay.inbound.quarantine import Quarantine
from relay.message.confirmation.read_answer import ReadAnswer
from relay.message.desk.read_command import REPORT, Written, read_command
from relay.model import JournalEntry
from relay.outcomes import Returned
from relay.policy.mailboxes import other_spellings
from relay.policy.rates import Rate
from relay.policy.recipients import Desk as Address
from relay.policy.recipients import classify
from relay.policy.routing import author_of, check_loop
from relay.refusals import (
    AuthorshipUnknown,
    LetterAtDesk,
    LooksAutomatic,
    NotAuthentic,
    Refusal,
    TooMuchMail,
    Transient,
    UnknownAlias,
    Unproven,
)
from relay.store import Effects, Member, PairsReported, Part, reachable

log = logging.getLogger(__name__)

_LETTER = 25
"""Words: whoever writes more than that, and begins with no command, wrote a letter."""
_ARGUMENT = 4
"""Words that may follow a command, when more than its line was written."""


@dataclass(frozen=True, slots=True)
class DeskMail:
    """The handler of the desk's addresses. ``read`` reads the first line, in a worker; ``read_strangers`` does in the
    strangers' pool; ``rate`` has a bucket for each member."""

    desk: Desk
    read: Read
    read_strangers: Read
    rate: Rate
    quarantine: Quarantine
    wake: Callable[[], None]

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each of ``recipients``."""
        if arrived.envelope.return_path == "":
            return await without_return_path(arrived, recipients)
        author = author_of(arrived.routing_headers)
        return [await self._one(arrived, recipient, author) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str, author: str) -> Handled:
        verdict = self._verdict(arrived, recipient)
        member = await self._member(author, alike=verdict is Verdict.PASS)
        if verdict is Verdict.FAIL:
            return Handled(recipient, refusal=NotAuthentic(), afterwards=self._afterwards(arrived, recipient, member))
        if verdict is not Verdict.PASS:
            return Handled(recipient, refusal=Unproven(), afterwards=self._afterwards(arrived, recipient, member))
        if member is None:
            return Handled(recipient, refusal=UnknownAlias(), afterwards=self._afterwards(arrived, recipient, None))
        try:
            check_loop(arrived.routing_headers, self.desk.settings.domain)
            if not self.rate.take(str(member.number), arrived.now):
                raise TooMuchMail
            return await self._proven(arrived, recipient, member, author)
        except Transient:
            raise
        except Refusal as refusal:
            return Handled(recipient, refusal=refusal)

    def _verdict(self, arrived: Arrived, recipient: str) -> Verdict:
        verdict = arrived.verdict(recipient)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        accepted = self.desk.settings.authenticity.on_unproven == "accept"
        return Verdict.PASS if verdict is Verdict.UNPROVEN and accepted else verdict

    async def _member(self, author: str, *, alike: bool) -> Member | None:
        """The member with the proven address ``author``, or ``alike``: with another spelling of it."""
        other = other_spellings(author, self.desk.settings.authenticity.plus_tags) if alike else ""
        return await self.desk.store.members.writing_from(author, other)

    async def _proven(self, arrived: Arrived, recipient: str, member: Member, author: str) -> Handled:
        reply = await self.read(arrived.envelope.content, "")
        if isinstance(reply, Returned):
            if not reply.certain:
                raise LooksAutomatic
            return absorbed(arrived, recipient, reply.words)
        if _is_letter(recipient, reply):
            raise LetterAtDesk(_where_to(member))
        written = _command(recipient, reply)
        part = await self._answered(arrived, member)
        request = Request(
            *(written.name, written.argument, member, author, part, arrived.next_id(), arrived.now),
            content=arrived.envelope.content,
        )
        return handled(arrived, recipient, request, await carry_out(self.desk, request))

    async def _answered(self, arrived: Arrived, member: Member) -> Part | None:
        """The part in the pair that a letter of relay's was about which this mail answers."""
        received = arrived.routing_headers
        cited = (*received.in_reply_to, *reversed(received.references))
        pairs = await self.desk.store.programme_letters.pairs_of(cited)
        return next((part for pair_id in pairs if (part := member.part_in(pair_id)) is not None), None)

    def _afterwards(self, arrived: Arrived, recipient: str, member: Member | None) -> Callable[[], Awaitable[None]]:
        """What follows a refusal: a member who was not proven is asked. The same work is done for everybody."""
        about = REPORT if recipient.lower().startswith(f"{REPORT}@") else "desk"
        job = partial(self._ask, arrived, recipient, member)
        return partial(self.quarantine.later, arrived, job, f"{about}/{member.number}" if member else "")

    def _asks(self, arrived: Arrived, recipient: str) -> bool:
        """Whether a member who is not proven is asked about a command other than REPORT."""
        failed = arrived.verdict(recipient) is Verdict.FAIL
        return not failed and self.desk.settings.authenticity.on_unproven == "confirm"

    async def _ask(self, arrived: Arrived, recipient: str, member: Member | None) -> None:
        reply = await self.read_strangers(arrived.envelope.content, "")
        mailbox = reachable(member) if member is not None else None
        if member is None or mailbox is None or isinstance(reply, Returned):
            return
        written = _command(recipient, reply)
        reports = written.name == REPORT
        if written.name not in COMMANDS or not (reports or self._asks(arrived, recipient)):
            return
        part = await self._answered(arrived, member)
        request = Request(
            *(written.name, written.argument, member, mailbox, part, f"{arrived.id}-u1", arrived.now),
            content=arrived.envelope.content,
            proven=False,
        )
        failed = arrived.verdict(recipient) is Verdict.FAIL
        if failed and await self.desk.store.reports.by(member.number):
            return  # what they have reported stands
        outcome = await (ask_author if failed else carry_out)(self.desk, request)
        acts = any(isinstance(change, PairsReported) for change in outcome.changes)
        key = f"{REPORT if reports else 'desk'}/{member.number}"
        if not acts and not self.quarantine.questions.take(key, arrived.now):
            log.warning("%s: not asked about a command, because the member was asked too often", arrived.id)
            return
        entry = _entry(arrived, request)
        await self.desk.store.commit(Effects(outcome.letters, (entry,), changes=outcome.changes))
        self.wake()


def handled(arrived: Arrived, recipient: str, request: Request, outcome: Outcome) -> Handled:
    """The decision about a mail that held a command."""
    entry = _entry(arrived, request)
    return Handled(recipient, (entry, *outcome.letters, *outcome.changes), request.id)


def _entry(arrived: Arrived, request: Request) -> JournalEntry:
    """The journal entry of a mail that held a command."""
    part, written = request.first, request.command or "unknown"
    return replace(journal_entry(arrived, "command", written, part.pair.id, part.side), id=request.id)


def _command(recipient: str, reply: ReadAnswer) -> Written:
    address = classify(recipient)
    assert isinstance(address, Address)
    return read_command(reply.line, address.command)


def _is_letter(recipient: str, reply: ReadAnswer) -> bool:
    """Whether a mail is a letter for somebody, and no command: it is long or has files, and does not begin like a
    command, or goes on like a sentence. Whatever is written to report@ is a report."""
    short = reply.words <= _LETTER and not reply.files
    if short or recipient.startswith(f"{REPORT}@"):
        return False
    begun = read_command(reply.line)
    return not begun.name or (begun.name != REPORT and len(begun.argument.split()) > _ARGUMENT)


def _where_to(member: Member) -> str:
    """Where a letter should have gone, for the reply."""
    parts = open_parts(member)
    if len(parts) != 1:
        return ""
    partner = parts[0].pair.persona(parts[0].side.other)
    return f"this address takes a command on the first line, and no letters; write to {partner.alias} instead"
