"""Handles answers to confirmation requests: did you write this letter, is this your address?

An answer counts when its author is the member who was asked: proven at one of their addresses, or writing from the
mailbox that was asked, since only that mailbox received the reply address. Yes and no take effect at once. An unclear
answer is asked about once more, then left to the coordinator. Automatic mail changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed, journal_entry
from relay.letters.notices import Notices
from relay.letters.questions import Questions
from relay.message.confirmation.read_answer import ReadAnswer, YesNo, question_code
from relay.outcomes import Returned
from relay.policy.mailboxes import is_same
from relay.policy.recipients import Confirmation, classify
from relay.policy.routing import author_of
from relay.refusals import AuthorshipUnknown, NotAuthentic
from relay.store import ASKED_AT_MOST, Acceptance, Answer, Decision, OpenConfirmation, Store

log = logging.getLogger(__name__)

Read = Callable[[bytes, str], Awaitable[Returned | ReadAnswer]]
"""Reads an answer (octets) to the confirmation request with this code, in a worker."""


@dataclass(frozen=True, slots=True)
class Confirmations:
    """The handler of answers to confirmation requests."""

    store: Store
    notices: Notices
    read: Read
    plus_tags: tuple[str, ...] = ()

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each answer."""
        return [await self._one(arrived, recipient) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str) -> Handled:
        asked = classify(recipient)
        assert isinstance(asked, Confirmation)
        question = await self.store.questions.find(asked.token, arrived.now)
        if question is None:
            # It was answered, decided or has expired. A reply would answer late automatic mail too.
            log.info("%s absorbed: it answers no open question", arrived.id)
            return _journalled(arrived, recipient, None, "no open question")
        if arrived.envelope.return_path == "":
            return absorbed(arrived, recipient, "null return path")
        verdict = arrived.verdict(recipient)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        author = author_of(arrived.routing_headers)
        if not self._may_answer(question, author, verdict):
            return Handled(recipient, refusal=NotAuthentic())
        reply = await self.read(arrived.envelope.content, question_code(asked.token))
        if isinstance(reply, Returned):
            log.info("%s absorbed: automatic mail (%s)", arrived.id, reply.kind)
            return absorbed(arrived, recipient, reply.words)
        if verdict is Verdict.FAIL and not reply.code_written:
            return Handled(recipient, refusal=NotAuthentic())
        return await self._decided(arrived, recipient, question, reply)

    def _may_answer(self, question: OpenConfirmation, author: str, verdict: Verdict) -> bool:
        """Whether ``author`` is the member who was asked, by ``verdict``. With FAIL the answer must also hold the code,
        which only the confirmation request holds."""
        own = (*question.addresses, question.mailbox)
        if verdict is Verdict.PASS and any(is_same(author, address, self.plus_tags) for address in own):
            return True
        return author == question.mailbox.lower()

    async def _decided(
        self, arrived: Arrived, recipient: str, question: OpenConfirmation, reply: ReadAnswer
    ) -> Handled:
        decision = _decision(question, reply)
        if decision is None:  # only a person decides now
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


def _decision(question: OpenConfirmation, reply: ReadAnswer) -> Decision | None:
    """What the answer decides; None when only a person may decide."""
    if question.asked > ASKED_AT_MOST:
        return None
    if reply.answer is YesNo.YES:
        return Decision.YES
    if reply.answer is YesNo.NO:
        return Decision.NO
    return Decision.ASK_AGAIN if question.asked < ASKED_AT_MOST else Decision.LEAVE


def _journalled(arrived: Arrived, recipient: str, question: OpenConfirmation | None, reason: str) -> Handled:
    """An answer whose only effect is its journal entry."""
    whose = (question.pair.id, question.side) if question else ()
    entry = journal_entry(arrived, "answer", reason, *whose)
    return Handled(recipient, (entry,), entry.id)
