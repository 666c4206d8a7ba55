"""Handles answers to invitations: will you take part in a pair?

A yes is kept; with the second one the pair is active, and both get their welcome letters. A no declines the pair, also
after a yes, as long as the pair has not begun. Neither member learns what the other answered. An unclear answer is
asked about once more, then left to the coordinator. A late answer changes nothing, and its author hears that.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from relay.anonymise.pen_name import usable
from relay.inbound.arrived import Arrived
from relay.inbound.commanded import CarryOut, Commanded
from relay.inbound.handled import Handled, journal_entry
from relay.inbound.handlers.answers import AnswerReader, command_instead, decision_of, unanswerable
from relay.letters.invitations import InvitationLetters
from relay.letters.notices import Notices
from relay.letters.time_zones import zone_in
from relay.message.confirmation.pen_name import pen_name_in
from relay.message.confirmation.read_answer import ReadAnswer, YesNo
from relay.model import Side
from relay.policy.recipients import InvitationReply, classify
from relay.states import PairState
from relay.store import Acceptance, Consent, Decision, InvitationAnswer, Invited, Store, TimeZoneGiven

_LEAVE = "leave"  # "stop", in answer to an invitation, is a no

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InvitationReplies:
    """The handler of answers to invitations. ``carry_out`` carries out a command of the desk."""

    store: Store
    notices: Notices
    read: AnswerReader
    carry_out: CarryOut

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each answer."""
        return [await self._one(arrived, recipient) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str) -> Handled:
        asked = classify(recipient)
        assert isinstance(asked, InvitationReply)
        invited = await self.store.invitations.find(asked.token)
        if invited is None:
            return unanswerable(arrived, recipient)
        reply = await self.read(arrived, recipient, invited)
        if isinstance(reply, Handled):
            return reply
        command = command_instead(invited, reply) if invited.pair.state is PairState.INVITED else ""
        if command == _LEAVE:
            reply = replace(reply, answer=YesNo.NO)
        elif command and not invited.asks:  # a guardian does not command in the place of the member
            asked_for = Commanded(command, invited.pair.id, invited.side, invited.mailbox)
            return await self.carry_out(arrived, recipient, asked_for)
        return await self._decided(arrived, recipient, invited, reply)

    async def _decided(self, arrived: Arrived, recipient: str, invited: Invited, reply: ReadAnswer) -> Handled:
        decision = decision_of(invited, reply, invited.pair.manner(invited.side).language)
        over = invited.pair.state is not PairState.INVITED
        reason = "invitation is over" if over else "too late" if decision is None else str(decision)
        entry = journal_entry(arrived, "answer", reason, invited.pair.id, invited.side)
        log.info("%s answers an invitation: %s", arrived.id, reason)
        letters = InvitationLetters(self.notices)
        if decision is not Decision.NO and (zone := await self._zone(invited, reply)):
            told_zone = letters.clock_noted(invited, entry.id, zone, arrived.now)
            change = TimeZoneGiven(invited.pair.id, invited.side, zone)
            return Handled(recipient, (entry, change, told_zone), entry.id)
        if over:
            return Handled(recipient, (entry, letters.over(invited, entry.id, arrived.now)), entry.id)
        if decision is None:
            return Handled(recipient, (entry,), entry.id)
        if invited.answer is Consent.YES and decision is Decision.ASK_AGAIN:
            decision = Decision.LEAVE  # other words after a yes: a person reads them
        pen_name = ""
        told: tuple[Acceptance, ...] = ()
        if decision is Decision.YES and invited.answer is not Consent.YES:
            told = () if invited.asks else tuple(letters.which_clock(invited, entry.id, arrived.now))
            if not invited.asks and (wanted := pen_name_in(reply.below)):
                pen_name = wanted if await self._usable(arrived, invited, wanted) else ""
                told += () if pen_name else (letters.name_not_used(invited, entry.id, arrived.now),)
        named = _named(invited, pen_name) if pen_name else invited
        told = (*await self._letters(arrived, entry.id, named, decision), *told)
        if invited.answer is Consent.YES and decision is not Decision.NO:
            return Handled(recipient, (entry, *told), entry.id)
        digest = hashlib.sha256(arrived.envelope.content).digest()
        answer = InvitationAnswer(invited, decision, arrived.now, digest, told, pen_name)
        return Handled(recipient, (entry, answer), entry.id)

    async def _zone(self, invited: Invited, reply: ReadAnswer) -> str:
        """The time zone that somebody names who has said yes and was asked for it; "" for other words."""
        if invited.asks or invited.answer is not Consent.YES or reply.answer is not YesNo.OPEN:
            return ""
        programme = self.notices.writer.settings.programme
        if invited.pair.manner(invited.side).time_zone or programme.time_zone:
            return ""
        languages = tuple(self.notices.writer.templates.languages())
        return await asyncio.to_thread(zone_in, reply.line, languages)  # the first look takes half a second

    async def _usable(self, arrived: Arrived, invited: Invited, name: str) -> bool:
        """Whether the member can have this pen name."""
        identities = await self.store.directory.identities(invited.pair.id)
        if identities is None:
            return False
        own, partner = identities if invited.side is Side.MENTOR else identities[::-1]
        own = replace(own, learned=(*own.learned, *arrived.routing_headers.author_names))
        taken = {*await self.store.directory.taken(), self.notices.writer.settings.programme.name}
        return await asyncio.to_thread(usable, name, (own, partner), taken)

    async def _letters(self, arrived: Arrived, id: str, invited: Invited, decision: Decision) -> list[Acceptance]:
        """The letters that follow from ``decision``."""
        letters, now = InvitationLetters(self.notices), arrived.now
        if decision is Decision.YES:
            return letters.accepted(invited, id, now)
        if decision is Decision.NO:
            return await letters.declined(invited, id, now)
        if decision is Decision.ASK_AGAIN:
            return [letters.asked_again(invited, id, now)]
        return await letters.left_to_coordinator(invited, id, now, arrived.envelope.content)


def _named(invited: Invited, name: str) -> Invited:
    """The invitation of a member who has chosen this name."""
    pair, persona = invited.pair, replace(invited.pair.persona(invited.side), name=name)
    named = replace(pair, mentor=persona) if invited.side is Side.MENTOR else replace(pair, mentee=persona)
    return replace(invited, pair=named)
