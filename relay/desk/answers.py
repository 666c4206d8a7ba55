"""Handles answers to questions about commands: shall we really, was it you, which pair do you mean?

Yes carries the command out, no leaves everything as it is. Other words are asked about once more; then the question is
closed, and nothing is done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from relay.authentication.verdict import Verdict
from relay.desk.carry_out import ask_letter, carry_out
from relay.desk.commands import COMMANDS
from relay.desk.mail import handled
from relay.desk.named import named_part
from relay.desk.request import Desk, Outcome, Request
from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled
from relay.inbound.handlers.answers import LATE_AN_HOUR, AnswerReader, command_instead, decision_of, unanswerable
from relay.message.confirmation.read_answer import ReadAnswer
from relay.message.desk.read_command import command_alone, mentions
from relay.policy.rates import Rate
from relay.policy.recipients import DeskReply, classify
from relay.policy.routing import author_of
from relay.store import ASKED_AT_MOST, About, Decision, DeskQuestion, Member, Part, QuestionClosed

log = logging.getLogger(__name__)

_LEAVE, _FORGET, _COPY = "leave", "forget", "copy"
_FOR_EVER = (_LEAVE, _FORGET)
_LINES = 20  # of an answer that are looked at


@dataclass(frozen=True, slots=True)
class DeskAnswers:
    """The handler of these answers."""

    desk: Desk
    read: AnswerReader
    late: Rate = field(default_factory=lambda: Rate(LATE_AN_HOUR))

    async def __call__(self, arrived: Arrived, recipients: Sequence[str]) -> list[Handled]:
        """Decide about each answer."""
        return [await self._one(arrived, recipient) for recipient in recipients]

    async def _one(self, arrived: Arrived, recipient: str) -> Handled:
        asked = classify(recipient)
        assert isinstance(asked, DeskReply)
        question = await self.desk.store.desk_questions.find(asked.token, arrived.now)
        if question is None:
            return await self._late(arrived, recipient)
        reply = await self.read(arrived, recipient, question)
        if isinstance(reply, Handled):
            return reply
        request = _request(arrived, question, await self.desk.store.members.numbered(question.member))
        other = command_instead(question, reply)
        if other and other != question.command:  # instead of an answer
            done = await carry_out(self.desk, replace(request, command=other, argument="", confirmed=False))
            outcome = Outcome(done.letters, (QuestionClosed(question), *done.changes))
        else:
            outcome = await self._decided(request, question, reply)
        return handled(arrived, recipient, request, outcome)

    async def _late(self, arrived: Arrived, recipient: str) -> Handled:
        """An answer to a question that is closed: a member hears that it changes nothing, or their command is done."""
        if arrived.envelope.return_path == "" or arrived.verdict(recipient) is not Verdict.PASS:
            return unanswerable(arrived, recipient)
        author = author_of(arrived.routing_headers)
        member = await self.desk.store.members.writing_from(author)
        reply = await self.read.read(arrived.envelope.content, "") if member is not None else None
        if member is None or not isinstance(reply, ReadAnswer) or not self.late.take(str(member.number), arrived.now):
            return unanswerable(arrived, recipient)
        request = Request(command_alone(reply.line), "", member, author, None, arrived.next_id(), arrived.now)
        request = replace(request, content=arrived.envelope.content)
        if request.command:
            return handled(arrived, recipient, request, await carry_out(self.desk, request))
        log.info("%s answers a question that is closed", request.id)
        told = self.desk.tell("desk-not-done", request, command="", why="late")
        return handled(arrived, recipient, request, Outcome((told,)))

    async def _decided(self, request: Request, question: DeskQuestion, reply: ReadAnswer) -> Outcome:
        decision, request = _decision(request, question, reply)
        log.info("%s answers a question about a command: %s", request.id, decision or "too late")
        special = COMMANDS[question.command].answered
        done = await special(self.desk, request, question, decision) if special is not None else None
        if done is not None:
            closed = QuestionClosed(question, again=decision is Decision.ASK_AGAIN)
            return Outcome(done.letters, (closed, *done.changes))
        if decision is Decision.YES:
            done = await carry_out(self.desk, request)
            return Outcome(done.letters, (QuestionClosed(question), *done.changes))
        if decision is Decision.ASK_AGAIN:
            return Outcome(
                (ask_letter(self.desk, request, question, again=True),), (QuestionClosed(question, again=True),)
            )
        told = self.desk.tell(
            "desk-not-done", request, command=question.command, why="no" if decision is Decision.NO else "unclear"
        )
        dropped = COMMANDS[question.command].dropped if question.about is About.CONFIRM else None
        return Outcome((told,), (QuestionClosed(question), *(dropped(request) if dropped else ())))


def _request(arrived: Arrived, question: DeskQuestion, member: Member) -> Request:
    """The command that a question is about, as a request that its author has confirmed."""
    return Request(
        question.command,
        question.argument,
        member,
        question.mailbox,
        member.part_in(question.pair_id),
        arrived.next_id(),
        arrived.now,
        content=arrived.envelope.content,
        confirmed=question.about is About.CONFIRM,
    )


def _takes_back(question: DeskQuestion, reply: ReadAnswer) -> bool:
    """Whether a yes to what cannot be undone comes with a condition, or with a wish for a copy first."""
    if question.about is not About.CONFIRM or question.command not in _FOR_EVER:
        return False
    copy = question.command == _FORGET and any(mentions(line, _COPY) for line in reply.own.splitlines()[:_LINES])
    return reply.conditional or copy


def _decision(request: Request, question: DeskQuestion, reply: ReadAnswer) -> tuple[Decision | None, Request]:
    """What an answer decides, and the request with the pair that it names."""
    part = request.first
    language = part.pair.manner(part.side).language
    if question.about is not About.PAIR:
        decision = decision_of(question, reply, language)
        unsure = decision is Decision.YES and question.asked < ASKED_AT_MOST and _takes_back(question, reply)
        return Decision.ASK_AGAIN if unsure else decision, request
    parts: list[Part] = COMMANDS[question.command].parts(request.member)
    named = named_part(parts, reply.line)
    if named is None:
        decision = decision_of(question, reply, language)
        return Decision.ASK_AGAIN if decision is Decision.YES else decision, request
    return Decision.YES, replace(request, part=named, confirmed=False)
