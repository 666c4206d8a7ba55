"""Handles mail to the addresses of the desk.

A proven member's first line is a command. A letter that lands here by mistake is refused, and the reply says where it
should go. Everybody else gets the reply that strangers get (unproven.py).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from relay.authentication.verdict import Verdict
from relay.desk.carry_out import carry_out
from relay.desk.request import Desk, Outcome, Request, open_parts
from relay.desk.unproven import UnprovenDesk
from relay.desk.written import command_entry, command_in, is_addressed, part_answered
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed
from relay.inbound.handlers.answers import Read
from relay.inbound.handlers.pair_letter import without_return_path
from relay.message.confirmation.read_answer import ReadAnswer
from relay.message.desk.read_command import HELP, REPORT, mentions, read_command
from relay.outcomes import Returned
from relay.policy.mailboxes import other_spellings
from relay.policy.rates import Rate
from relay.policy.recipients import desk as desk_address
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
from relay.store import Member, RouteLookup

log = logging.getLogger(__name__)

_LETTER = 25
"""A mail of more words that does not begin with a command is a letter."""
_ARGUMENT = 4
"""Words that may follow a command, when more than its line was written."""


@dataclass(frozen=True, slots=True)
class DeskMail:
    """The handler of the desk's addresses. ``read`` reads the first line, in a worker; ``rate`` has a bucket for each
    member; ``unproven`` refuses mail that is not proven."""

    desk: Desk
    read: Read
    rate: Rate
    unproven: UnprovenDesk

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
            return self.unproven.refused(arrived, recipient, member, NotAuthentic())
        if verdict is not Verdict.PASS:
            return self.unproven.refused(arrived, recipient, member, Unproven())
        if member is None:
            return self.unproven.refused(arrived, recipient, None, UnknownAlias())
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
            return await self._strayed(arrived, recipient, member, author)
        written = command_in(recipient, reply)
        part = await part_answered(self.desk, member, arrived.routing_headers)
        request = Request(
            *(written.name, written.argument, member, author, part, arrived.next_id(), arrived.now),
            content=arrived.envelope.content,
            addressed=is_addressed(recipient, written.name),
            named=written.begun,
        )
        return handled(arrived, recipient, request, await carry_out(self.desk, request))

    async def _strayed(self, arrived: Arrived, recipient: str, member: Member, author: str) -> Handled:
        """The refusal of a letter, with the route by which its author is told in their language, too."""
        parts = open_parts(member)
        partner = parts[0].pair.persona(parts[0].side.other) if parts else None
        refusal = LetterAtDesk(self._where_to(partner.alias) if partner is not None and len(parts) == 1 else "")
        if partner is None:
            return Handled(recipient, refusal=refusal)
        found = await self.desk.store.look_up(author, [partner.alias], await arrived.letter_key())
        lookup = found[partner.alias]
        return Handled(recipient, refusal=refusal, route=lookup.route if isinstance(lookup, RouteLookup) else None)

    def _where_to(self, alias: str) -> str:
        """For the reply: where a letter should have gone, and where a person is. It may be a plea for help, about the
        very partner."""
        help, domain = self.desk.settings.programme.help, self.desk.settings.domain
        is_person = help.isascii() and "@" in help and " " not in help and help.lower() != desk_address(HELP, domain)
        person = help if is_person else f"postmaster@{domain}"
        return (
            f"this address takes a command on the first line, and no person reads it; a letter to your partner goes to "
            f"{alias}, and words to a person to {person}"
        )


def handled(arrived: Arrived, recipient: str, request: Request, outcome: Outcome) -> Handled:
    """The decision about a mail that held a command."""
    entry = command_entry(request, arrived.now, len(arrived.envelope.content))
    return Handled(recipient, (entry, *outcome.letters, *outcome.changes), request.id)


def _is_letter(recipient: str, reply: ReadAnswer) -> bool:
    """Whether a mail is a letter for somebody, and no command: it is long or has files, and does not begin like a
    command, or goes on like a sentence. Whatever is written to report@ is a report, and a first line that names the
    command of the address is about that: who tells leave@ why they leave must not be told to write to their partner."""
    short = reply.words <= _LETTER and not reply.files
    if short or is_addressed(recipient, REPORT):
        return False
    own = recipient.partition("@")[0]
    if own != HELP and not reply.files and mentions(reply.line, own):
        return False
    begun = read_command(reply.line)
    return not begun.name or (begun.name != REPORT and len(begun.argument.split()) > _ARGUMENT)
