"""Handles letters to a conversation's address: the operator's answers are sent on to the member or stranger who wrote
to postmaster@.

A letter counts as the operator's when it is proven to be from programme.operator; in a conversation of a person with
a role, when it is from that person (relay/roles.py). Everybody else is refused like a stranger. Automatic mail changes
nothing and is never sent on. An answer to who reported something is noted, so that nobody else is told.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from relay.anonymise.header_names import learned
from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.commanded import CarryOut, Commanded
from relay.inbound.handled import Handled, absorbed
from relay.inbound.handlers.answers import Read
from relay.inbound.handlers.operator import arriving
from relay.letters.conversations import ConversationLetters
from relay.message.desk.read_command import command_alone
from relay.model import AnswerOrder, Identity, Known, Passed, Persona, Side
from relay.outcomes import Returned
from relay.policy.mailboxes import is_same
from relay.policy.rates import Rate
from relay.policy.recipients import Conversation as Address
from relay.policy.recipients import classify, conversation
from relay.policy.routing import author_of, check_loop
from relay.refusals import (
    AuthorshipUnknown,
    LooksAutomatic,
    NobodyToAnswer,
    NotAuthentic,
    NotTheirAlias,
    Refusal,
    TooMuchMail,
    Transient,
    UnknownAlias,
    Unproven,
)
from relay.roles import CONTACT, DEPUTY, OPERATOR, Roles
from relay.settings import Settings
from relay.store import Conversation, Member, ReportAnswered, Store, reachable

log = logging.getLogger(__name__)

_SIGNED_WORD = 8
"""Words in an answer that is a command and a signature."""


@dataclass(frozen=True, slots=True)
class Conversations:
    """The handler of conversations. ``pass_on`` turns an answer into a letter of the programme, in a worker; ``rate``
    has a bucket for each side of a conversation. ``read`` reads the first line of an answer, in a worker; ``carry_out``
    carries out a command of the desk."""

    settings: Settings
    store: Store
    letters: ConversationLetters
    pass_on: Callable[[AnswerOrder], Awaitable[Passed | Returned]]
    rate: Rate
    read: Read
    carry_out: CarryOut

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each address."""
        return [await self._one(arrived, recipient) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str) -> Handled:
        address = classify(recipient)
        assert isinstance(address, Address)
        if arrived.envelope.return_path == "":
            return await self._report(arrived, recipient)
        verdict = arrived.verdict(recipient)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        if verdict is Verdict.FAIL:
            return Handled(recipient, refusal=NotAuthentic())
        since = arrived.now - timedelta(seconds=self.settings.retention.conversations)
        talk = await self.store.conversations.find(address.token, since)
        member = await self._member(talk)
        desk = await self._desk(talk)
        try:
            if self._is(author_of(arrived.routing_headers), desk):
                return await self._by_operator(arrived, recipient, talk, member)
            return await self._to_operator(arrived, recipient, talk, member, desk)
        except Transient:
            raise
        except Refusal as refusal:
            return Handled(recipient, refusal=refusal)

    async def _desk(self, talk: Conversation | None) -> str:
        """The address of who has the operator's side of a conversation; "" for nobody."""
        if talk is None or talk.part is None:
            return self.settings.programme.operator
        return await Roles(self.settings, self.store).holder(talk.role, talk.part.pair)

    def _is(self, author: str, address: str) -> bool:
        return bool(address) and is_same(author, address, self.settings.authenticity.plus_tags)

    async def _report(self, arrived: Arrived, recipient: str) -> Handled:
        """Mail with the null return path is never a letter (RFC 5321 4.5.5), whether or not the address exists."""
        automatic = await arrived.automatic_mail()
        if automatic is None:
            return Handled(recipient, refusal=NotAuthentic())
        return absorbed(arrived, recipient, automatic.words)

    async def _by_operator(
        self, arrived: Arrived, recipient: str, talk: Conversation | None, member: Member | None
    ) -> Handled:
        """Pass the operator's answer on. Raises Refusal."""
        if arrived.verdict(recipient) is not Verdict.PASS:
            raise Unproven
        to = None if talk is None else _mailbox(talk, member)
        if talk is None or not to:
            raise NobodyToAnswer
        self._count(arrived, talk, "operator")
        mail = arriving(arrived, (await arrived.letter_key()).written)
        order = self.letters.order(mail, talk, to, self._known(arrived, talk, to), await self._partners(member))
        passed = await self.pass_on(order)
        if isinstance(passed, Returned):
            return _automatic(arrived, recipient, passed)
        letter = self.letters.passed_on(mail, talk, to, order, passed)
        log.info("%s: an answer of the operator's is passed on", letter.entry.id)
        part, heard = talk.part, talk.role in (CONTACT, DEPUTY, OPERATOR)
        answered = (
            [ReportAnswered(part.pair.id, part.side, arrived.now, talk.role)] if part is not None and heard else []
        )
        return Handled(recipient, (letter, *answered), letter.entry.id)

    async def _to_operator(
        self, arrived: Arrived, recipient: str, talk: Conversation | None, member: Member | None, desk: str
    ) -> Handled:
        """Hand what the other side answers to the operator. Raises Refusal."""
        author = author_of(arrived.routing_headers)
        theirs = [one.address for one in member.addresses if one.proven] if member is not None else []
        if talk is None or not desk:
            raise UnknownAlias
        if not any(self._is(author, address) for address in (*theirs, talk.mailbox)):
            raise NotTheirAlias
        self._count(arrived, talk, "other")
        returned = await arrived.automatic_mail()
        if returned is not None:
            return _automatic(arrived, recipient, returned)
        proven = arrived.verdict(recipient) is Verdict.PASS
        if proven and talk.part is not None and (command := await self._command(arrived)):
            asked = Commanded(command, talk.part.pair.id, talk.part.side, author)
            return await self.carry_out(arrived, recipient, asked)
        others = member.parts if member is not None else ()
        mail = arriving(arrived, (await arrived.letter_key()).written)
        talk = replace(talk, mailbox=author if proven else talk.mailbox)
        letter = await self.letters.to_operator(mail, talk, proven=proven, others=others, desk=desk)
        log.info("%s: an answer is handed to the operator", letter.entry.id)
        return Handled(recipient, (letter,), letter.entry.id)

    async def _command(self, arrived: Arrived) -> str:
        """The command of the desk that is all the author wrote; "" for none."""
        reply = await self.read(arrived.envelope.content, "")
        if isinstance(reply, Returned) or reply.words > _SIGNED_WORD:
            return ""
        return command_alone(reply.line)

    def _count(self, arrived: Arrived, talk: Conversation, by: str) -> None:
        check_loop(arrived.routing_headers, self.settings.domain)
        if not self.rate.take(f"{talk.token}/{by}", arrived.now):
            raise TooMuchMail

    async def _member(self, talk: Conversation | None) -> Member | None:
        if talk is None or talk.part is None:
            return None
        return await self.store.members.on(talk.part.pair.id, talk.part.side)

    def _known(self, arrived: Arrived, talk: Conversation, to: str) -> Known:
        """The operator, by the names in the letter's header, and the reader."""
        programme, part = self.settings.programme, talk.part
        nobody = Persona("", "")
        operator = Persona(programme.name, conversation(talk.token, self.settings.domain))
        reader = part.pair.persona(part.side) if part is not None else nobody
        known = Known(Identity(()), operator, Identity((to,)), reader, "allow", self._unknown_files)
        # Only the operator's own addresses are hidden: other addresses at that domain are the programme's, and public.
        return learned(known, replace(arrived.routing_headers, reply_to=()))

    @property
    def _unknown_files(self) -> str:
        """The setting for files that relay cannot read; "ask" becomes "refuse", since the operator is never asked."""
        return "pass" if self.settings.programme.unknown_files == "pass" else "refuse"

    async def _partners(self, member: Member | None) -> tuple[Known, ...]:
        """What must not reach the reader about their partners, one Known per pair."""
        found = []
        for part in member.parts if member is not None else ():
            identities = await self.store.directory.identities(part.pair.id)
            if identities is None:
                continue
            mentor, mentee = identities
            reader, partner = (mentor, mentee) if part.side is Side.MENTOR else (mentee, mentor)
            personas = part.pair.persona(part.side.other), part.pair.persona(part.side)
            found.append(Known(partner, personas[0], reader, personas[1], "allow", self._unknown_files))
        return tuple(found)


def _mailbox(talk: Conversation, member: Member | None) -> str | None:
    """The address of the other side: the one they wrote from, if it is proven, else the member's address for letters.
    None when there is none."""
    if talk.part is None:
        return talk.mailbox or None
    if member is None:
        return None
    proven = [one.address for one in member.addresses if one.proven and one.address.lower() == talk.mailbox.lower()]
    return proven[0] if proven else reachable(member)


def _automatic(arrived: Arrived, recipient: str, returned: Returned) -> Handled:
    if not returned.certain:
        return Handled(recipient, refusal=LooksAutomatic())
    log.info("%s absorbed: automatic mail (%s)", arrived.id, returned.kind)
    return absorbed(arrived, recipient, returned.words)
