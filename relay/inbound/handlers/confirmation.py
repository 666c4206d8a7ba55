"""Handles answers to confirmation requests: did you write this letter, is this your address?

Yes and no take effect at once. An unclear answer is asked about once more, then left to the coordinator.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from relay.inbound.arrived import Arrived
from relay.inbound.commanded import CarryOut, Commanded
from relay.inbound.handled import Handled, journal_entry
from relay.inbound.handlers.answers import AnswerReader, command_instead, decision_of, unanswerable
from relay.inbound.handlers.role_answers import RoleAnswers
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.message.confirmation.read_answer import ReadAnswer
from relay.policy.recipients import Confirmation, classify
from relay.store import Acceptance, Answer, Decision, OpenConfirmation, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Confirmations:
    """The handler of answers to confirmation requests. ``carry_out`` carries out a command of the desk."""

    store: Store
    notices: Notices
    read: AnswerReader
    carry_out: CarryOut

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each answer."""
        return [await self._one(arrived, recipient) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str) -> Handled:
        asked = classify(recipient)
        assert isinstance(asked, Confirmation)
        question = await self.store.questions.find(asked.token, arrived.now)
        if question is None:
            role = await self.store.role_mailboxes.find(asked.token, arrived.now)
            if role is not None:
                return await RoleAnswers(self.notices.writer, self.read)(arrived, recipient, role)
            return unanswerable(arrived, recipient)  # it was answered, decided or has expired
        reply = await self.read(arrived, recipient, question)
        if isinstance(reply, Handled):
            return reply
        if command := command_instead(question, reply):
            return await self._commanded(arrived, recipient, question, command)
        return await self._decided(arrived, recipient, question, reply)

    async def _commanded(self, arrived: Arrived, recipient: str, question: OpenConfirmation, command: str) -> Handled:
        """A command instead of an answer. The question stays open, unless it was whether that command was meant."""
        asked = Commanded(command, question.pair.id, question.side, question.mailbox)
        handled = await self.carry_out(arrived, recipient, asked)
        if not question.word_alone:
            return handled
        return replace(handled, effects=(*handled.effects, Answer(question, Decision.NO, arrived.now)))

    async def _decided(
        self, arrived: Arrived, recipient: str, question: OpenConfirmation, reply: ReadAnswer
    ) -> Handled:
        decision = decision_of(question, reply)
        if question.word_alone and decision is Decision.LEAVE:  # there is nothing that a person could find out
            decision = Decision.NO
        if decision is None:
            return _journalled(arrived, recipient, question, "too late")
        log.info("%s answers a question: %s", arrived.id, decision)
        line = _journalled(arrived, recipient, question, str(decision))
        letters = tuple(await self._letters(arrived, line.journal_id, question, decision))
        answer = Answer(question, decision, arrived.now, letters)
        return Handled(recipient, (*line.effects, answer), line.journal_id)

    async def _letters(
        self, arrived: Arrived, id: str, question: OpenConfirmation, decision: Decision
    ) -> list[Acceptance]:
        """The notices that follow from ``decision``."""
        letters, now = Questions(self.notices), arrived.now
        if decision is Decision.YES:
            return await letters.answered_yes(question, id, now)
        if decision is Decision.NO:
            return await letters.answered_no(question, id, now, arrived.envelope.content)
        if decision is Decision.ASK_AGAIN:
            return [letters.asked_again(question, id, now)]
        return await letters.left_to_coordinator(question, id, now, arrived.envelope.content)


def _journalled(arrived: Arrived, recipient: str, question: OpenConfirmation, reason: str) -> Handled:
    """An answer whose only effect is its journal entry."""
    entry = journal_entry(arrived, "answer", reason, question.pair.id, question.side)
    return Handled(recipient, (entry,), entry.id)
