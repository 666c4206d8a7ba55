"""Handles answers to invitations: will you take part in a pair?

A yes is kept; with the second one the pair is active, and both get their welcome letters. A no declines the pair, also
after a yes, as long as the pair has not begun. Neither member learns what the other answered. An unclear answer is
asked about once more, then left to the coordinator. A late answer changes nothing, and its author hears that.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from relay.inbound.arrived import Arrived
from relay.inbound.commanded import CarryOut, Commanded
from relay.inbound.handled import Handled, journal_entry
from relay.inbound.handlers.answers import AnswerReader, command_instead, decision_of, unanswerable
from relay.letters.invitations import InvitationLetters
from relay.letters.notices import Notices
from relay.message.confirmation.read_answer import ReadAnswer, YesNo
from relay.policy.recipients import InvitationReply, classify
from relay.states import PairState
from relay.store import Acceptance, Consent, Decision, InvitationAnswer, Invited, Store

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
        elif command:
            asked_for = Commanded(command, invited.pair.id, invited.side, invited.mailbox)
            return await self.carry_out(arrived, recipient, asked_for)
        return await self._decided(arrived, recipient, invited, reply)

    async def _decided(self, arrived: Arrived, recipient: str, invited: Invited, reply: ReadAnswer) -> Handled:
        decision = decision_of(invited, reply)
        over = invited.pair.state is not PairState.INVITED
        reason = "invitation is over" if over else "too late" if decision is None else str(decision)
        entry = journal_entry(arrived, "answer", reason, invited.pair.id, invited.side)
        log.info("%s answers an invitation: %s", arrived.id, reason)
        letters = InvitationLetters(self.notices)
        if over:
            return Handled(recipient, (entry, letters.over(invited, entry.id, arrived.now)), entry.id)
        if decision is None:
            return Handled(recipient, (entry,), entry.id)
        if invited.answer is Consent.YES and decision is Decision.ASK_AGAIN:
            decision = Decision.LEAVE  # other words after a yes: a person reads them
        told = tuple(await self._letters(arrived, entry.id, invited, decision))
        if invited.answer is Consent.YES and decision is not Decision.NO:
            return Handled(recipient, (entry, *told), entry.id)
        digest = hashlib.sha256(arrived.envelope.content).digest()
        answer = InvitationAnswer(invited, decision, arrived.now, digest, told)
        return Handled(recipient, (entry, answer), entry.id)

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
