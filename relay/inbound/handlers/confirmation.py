"""Handles answers to confirmation requests: did you write this letter, is this your address?

Yes and no take effect at once. An unclear answer is asked about once more, then left to the coordinator.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.commanded import CarryOut, Commanded
from relay.inbound.handled import Handled, Handler, journal_entry
from relay.inbound.handlers.answers import LATE_AN_HOUR, AnswerReader, command_instead, decision_of, unanswerable
from relay.inbound.handlers.role_answers import RoleAnswers
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.message.confirmation.read_answer import ReadAnswer, YesNo
from relay.message.confirmation.written_again import is_written_again
from relay.message.read.header_words import decoded
from relay.message.read.headers import first, split
from relay.policy.rates import Rate
from relay.policy.recipients import Confirmation, classify
from relay.policy.routing import author_of
from relay.store import ASKED_AT_MOST, Acceptance, Answer, Decision, OpenConfirmation, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Confirmations:
    """The handler of answers to confirmation requests. ``carry_out`` carries out a command of the desk; ``letters`` is
    the handler of aliases, for an answer that is a letter."""

    store: Store
    notices: Notices
    read: AnswerReader
    carry_out: CarryOut
    letters: Handler
    late: Rate = field(default_factory=lambda: Rate(LATE_AN_HOUR))

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
            return await self._late(arrived, recipient)  # it was answered, decided or has expired
        reply = await self.read(arrived, recipient, question)
        if isinstance(reply, Handled):
            return reply
        if command := command_instead(question, reply):
            return await self._commanded(arrived, recipient, question, command)
        if await self._is_written_again(arrived, recipient, question, reply):
            return await self._written_again(arrived, recipient, question)
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
        if question.decides and reply.conditional:  # the letter would leave with what its author wants out of it
            reply = replace(reply, answer=YesNo.OPEN)
        decision = decision_of(question, reply, question.pair.manner(question.side).language)
        if question.word_alone and decision is Decision.LEAVE:  # there is nothing that a person could find out
            decision = Decision.NO
        if decision is None:
            return _journalled(arrived, recipient, question, "too late")
        log.info("%s answers a question: %s", arrived.id, decision)
        line = _journalled(arrived, recipient, question, str(decision))
        letters = tuple(await self._letters(arrived, line.journal_id, question, decision))
        if reply.is_long and question.journal_id and decision in (Decision.YES, Decision.NO):
            letters = (*letters, Questions(self.notices).beside(question, line.journal_id, arrived.now))
        answer = Answer(question, decision, arrived.now, letters)
        return Handled(recipient, (*line.effects, answer), line.journal_id)

    async def _is_written_again(
        self, arrived: Arrived, recipient: str, question: OpenConfirmation, reply: ReadAnswer
    ) -> bool:
        """Whether the author of a letter who was asked whether it may leave as it is has written it anew instead."""
        asked = question.decides and not question.word_alone and question.asked <= ASKED_AT_MOST
        proven = arrived.verdict(recipient) is Verdict.PASS
        if not asked or not proven or reply.answer is not YesNo.OPEN or not reply.is_long:
            return False
        found = await self.store.journal.show(question.journal_id)
        held = await self.read.read(found[1], "") if found is not None and found[1] else None
        if found is None or not found[1] or not isinstance(held, ReadAnswer):
            return False
        arrived.subject = decoded(first(split(found[1])[0], "subject") or b"")
        return is_written_again(reply.own, held.own)

    async def _written_again(self, arrived: Arrived, recipient: str, question: OpenConfirmation) -> Handled:
        """The new version goes the way of every letter, and the first is given up when that one is accepted."""
        alias = question.pair.persona(question.side.other).alias.lower()
        assert arrived.authorship is not None
        arrived.authorship, arrived.taken_as_letter = arrived.authorship.as_for(recipient, alias), True
        (handled,) = await self.letters(arrived, [alias])
        if handled.refusal is not None or not handled.letter:
            return replace(handled, recipient=recipient)
        log.info("%s is a letter that is written anew", handled.journal_id)
        waits = any(isinstance(one, Acceptance) and one.question is not None for one in handled.effects)
        told = Questions(self.notices).written_again(question, handled.journal_id, arrived.now, waits=waits)
        answer = Answer(question, Decision.NO, arrived.now, (told,))
        return replace(handled, recipient=recipient, effects=(*handled.effects, answer))

    async def _late(self, arrived: Arrived, recipient: str) -> Handled:
        """An answer to a question that is closed: a proven member hears that it changes nothing."""
        if arrived.envelope.return_path == "" or arrived.verdict(recipient) is not Verdict.PASS:
            return unanswerable(arrived, recipient)
        author = author_of(arrived.routing_headers)
        member = await self.store.members.writing_from(author)
        reply = await self.read.read(arrived.envelope.content, "") if member is not None else None
        if member is None or not isinstance(reply, ReadAnswer) or not self.late.take(str(member.number), arrived.now):
            return unanswerable(arrived, recipient)
        log.info("%s answers a question that is closed", arrived.id)
        part = member.parts[0]
        entry = journal_entry(arrived, "answer", "no open question", part.pair.id, part.side)
        told = self.notices.too_late(part, author, entry.id, arrived.now)
        return Handled(recipient, (entry, told), entry.id)

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
