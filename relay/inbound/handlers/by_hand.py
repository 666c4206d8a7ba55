"""Recognises answers to questions of relay's that were sent to the partner's alias instead of the question's address.

Their words are for relay, and the partner must not get them. The question's own handler decides, as if they had come
there.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, Handler, journal_entry
from relay.inbound.handlers.answers import Read
from relay.message.confirmation.read_answer import A_LETTER, ReadAnswer, YesNo, question_code
from relay.message.desk.read_command import command_alone
from relay.model import PairState
from relay.policy.recipients import Confirmation, DeskReply, InvitationReply, classify
from relay.store import Store

log = logging.getLogger(__name__)

_BARE = 3
"""Words of an answer to a question that is closed. What is longer is a letter."""
_MOST = 4  # questions that one letter may answer


@dataclass(frozen=True, slots=True)
class AnswersByHand:
    """``read`` reads an answer, in a worker; the others are the handlers of the questions' own addresses."""

    store: Store
    read: Read
    confirmation: Handler
    invitation: Handler
    desk_answer: Handler

    async def __call__(self, arrived: Arrived, recipient: str, questions: Sequence[str]) -> Handled | None:
        """The decision about a letter to the alias ``recipient`` that shows ``questions`` (codes, and local parts of
        reply addresses); None when it answers none of them that its author was asked. Raises Refusal."""
        domain = recipient.rpartition("@")[2]
        named = [one for one in questions if "-" in one]
        known = await self.store.question_codes.answered_at([one for one in questions if "-" not in one])
        for address in dict.fromkeys(f"{local}@{domain}" for local in (*known, *named)[:_MOST]):
            done = await self._answered(arrived, recipient, address)
            if done is not None:
                return done
        return None

    async def _answered(self, arrived: Arrived, recipient: str, address: str) -> Handled | None:
        asked = classify(address)
        if not isinstance(asked, Confirmation | InvitationReply | DeskReply) or arrived.authorship is None:
            return None
        reply = await self.read(arrived.envelope.content, question_code(asked.token))
        if not isinstance(reply, ReadAnswer) or not _answers(reply, is_open=await self._is_open(asked, arrived)):
            return None
        if address in map(str.lower, arrived.envelope.recipients):  # it is decided there
            entry = journal_entry(arrived, "answer", "went to its question, too")
            return Handled(recipient, (entry,), entry.id)
        arrived.authorship = arrived.authorship.as_for(recipient, address)
        handler = {Confirmation: self.confirmation, InvitationReply: self.invitation, DeskReply: self.desk_answer}
        (handled,) = await handler[type(asked)](arrived, [address])
        if handled.refusal is not None:  # it is another member's question
            return None
        log.info("%s is an answer that was sent to an alias", handled.journal_id)
        return Handled(recipient, handled.effects, handled.journal_id, kept=handled.kept, afterwards=handled.afterwards)

    async def _is_open(self, asked: Confirmation | InvitationReply | DeskReply, arrived: Arrived) -> bool:
        if isinstance(asked, DeskReply):
            return await self.store.desk_questions.find(asked.token, arrived.now) is not None
        if isinstance(asked, Confirmation):
            return await self.store.questions.find(asked.token, arrived.now) is not None
        invited = await self.store.invitations.find(asked.token)
        return invited is not None and invited.pair.state is PairState.INVITED


def _answers(reply: ReadAnswer, *, is_open: bool) -> bool:
    """Whether this is an answer, and no letter whose author has only taken relay's for one of the partner's."""
    says = reply.answer is not YesNo.OPEN or bool(command_alone(reply.line))
    if not is_open:
        return says and reply.words <= _BARE and not reply.files
    return says or (0 < reply.words <= A_LETTER and not reply.files)
