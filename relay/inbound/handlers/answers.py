"""Reads the answer to a question of relay's, if its author is the member who was asked.

That is an author who is proven at one of the member's addresses, or who writes from the mailbox that was asked, since
only that mailbox received the reply address. Automatic mail is no answer.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from relay.authentication.verdict import Verdict
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled, absorbed, journal_entry
from relay.message.confirmation.answer_line import is_yes_at_home
from relay.message.confirmation.read_answer import ReadAnswer, YesNo, question_code
from relay.message.desk.read_command import command_alone
from relay.outcomes import Returned
from relay.policy.mailboxes import is_same
from relay.policy.routing import author_of
from relay.refusals import AuthorshipUnknown, NotAuthentic
from relay.store import ASKED_AT_MOST, Decision

log = logging.getLogger(__name__)

LATE_AN_HOUR = 3
"""Answers to closed questions of one member that are answered: a mailbox that answers by itself is not for ever."""
Read = Callable[[bytes, str], Awaitable[Returned | ReadAnswer]]
"""Reads an answer (octets) to the question with this code, in a worker."""


class Asked(Protocol):
    """A question to a member: its token, the ``mailbox`` that was asked, the member's proven ``addresses`` in lower
    case, and how often it was ``asked``, 3 when only a person decides."""

    @property
    def token(self) -> str: ...
    @property
    def mailbox(self) -> str: ...
    @property
    def addresses(self) -> frozenset[str]: ...
    @property
    def asked(self) -> int: ...


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads answers. ``plus_tags``: domains where the tag of an address does not count (policy.mailboxes)."""

    read: Read
    plus_tags: tuple[str, ...] = ()

    async def __call__(self, arrived: Arrived, recipient: str, question: Asked) -> ReadAnswer | Handled:
        """The answer; for mail that is none, the decision about it. Raises AuthorshipUnknown."""
        if arrived.envelope.return_path == "":
            return absorbed(arrived, recipient, "null return path")
        verdict = arrived.verdict(recipient)
        if verdict is Verdict.TEMPERROR:
            raise AuthorshipUnknown
        author = author_of(arrived.routing_headers)
        if not self._may_answer(question, author, verdict):
            return Handled(recipient, refusal=NotAuthentic())
        reply = await self.read(arrived.envelope.content, question_code(question.token))
        if isinstance(reply, Returned):
            log.info("%s absorbed: automatic mail (%s)", arrived.id, reply.kind)
            return absorbed(arrived, recipient, reply.words)
        if verdict is Verdict.FAIL and not reply.code_written:
            return Handled(recipient, refusal=NotAuthentic())
        return reply

    def _may_answer(self, question: Asked, author: str, verdict: Verdict) -> bool:
        """Whether ``author`` is the member who was asked, by ``verdict``. With FAIL the answer must also hold the code,
        which only the question holds."""
        own = (*question.addresses, question.mailbox)
        if verdict is Verdict.PASS and any(is_same(author, address, self.plus_tags) for address in own):
            return True
        return author == question.mailbox.lower()


def command_instead(question: Asked, reply: ReadAnswer) -> str:
    """The command of the desk that somebody wrote instead of an answer, and nothing else on the line; "" for none. Who
    was asked at an address that is not proven cannot command anything."""
    proven = question.mailbox.lower() in question.addresses
    return command_alone(reply.line) if proven and reply.answer is YesNo.OPEN else ""


def decision_of(question: Asked, reply: ReadAnswer, language: str) -> Decision | None:
    """What the answer of somebody to whom relay writes in ``language`` decides; None when only a person may decide."""
    if question.asked > ASKED_AT_MOST:
        return None
    if reply.answer is YesNo.YES or (reply.answer is YesNo.OPEN and is_yes_at_home(reply.line, language)):
        return Decision.YES
    if reply.answer is YesNo.NO:
        return Decision.NO
    return Decision.ASK_AGAIN if question.asked < ASKED_AT_MOST else Decision.LEAVE


def unanswerable(arrived: Arrived, recipient: str) -> Handled:
    """An answer to a question that does not exist any more. A reply would answer late automatic mail too."""
    log.info("%s absorbed: it answers no open question", arrived.id)
    entry = journal_entry(arrived, "answer", "no open question")
    return Handled(recipient, (entry,), entry.id)
