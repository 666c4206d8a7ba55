"""Carries out a member's command: finds the pair it is about, asks back where that is needed, and records it."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace

from relay.desk.commands import COMMANDS, command_of
from relay.desk.help import help_letter
from relay.desk.named import named_part, nearly_named
from relay.desk.request import ANSWER_WITHIN, Command, Desk, Outcome, Request
from relay.letters.write import Letter
from relay.message.confirmation.read_answer import question_code
from relay.message.desk.read_command import mentions
from relay.model import Event, EventKind
from relay.policy.recipients import desk_reply, new_token
from relay.store import About, Acceptance, DeskQuestion, Happened, Part, QuestionAsked

log = logging.getLogger(__name__)

_POLITE = 2
"""Words behind a command that needs none."""
_FEW = 4
"""Words in a mail to a command's own address that change nothing."""


async def carry_out(desk: Desk, request: Request) -> Outcome:
    """Carry out the command of a request, or ask its author about it. Raises StoreError, StationeryError."""
    command = command_of(request)
    if command is None:
        return help_letter(desk, request, unknown=bool(request.command or request.argument))
    if command.states and not command.at_once:
        sentence = _is_sentence(command, request)
        chosen = None if sentence else _part(command, request)
        if chosen is None:
            return await (_of_sentence if sentence else _which)(desk, command, request)
        request = replace(request, part=chosen, argument=request.argument if command.argument else "")
    elif request.argument and not command.argument:
        if len(request.argument.split()) > _POLITE and not request.addressed:  # a sentence that begins like a command
            return help_letter(desk, request, unknown=True)
        request = replace(request, argument="")
    if not request.proven and not command.at_once:
        return _ask(desk, request, About.AUTHOR)
    if command.confirmed and not request.confirmed:
        return await _confirm(desk, command, request)
    outcome = await command.run(desk, request)
    log.info("%s: %s by mail", request.id, command.name)
    return replace(outcome, changes=(Happened([_given(request)]), *outcome.changes))


async def ask_author(desk: Desk, request: Request) -> Outcome:
    """Ask whose command it is, and do nothing yet, not even what does not wait for a proof. Raises StationeryError."""
    return _ask(desk, request, About.AUTHOR)


def _part(command: Command, request: Request) -> Part | None:
    """The part that a request is about: the pair that was named, or answered about, or the only one there is."""
    parts = command.parts(request.member)
    if request.argument and not command.argument:
        named = named_part(parts, request.argument)
        if named is not None or not _by_the_way(request):
            return named
    if request.part is not None:
        return next((part for part in parts if part.pair.id == request.part.pair.id), None)
    return parts[0] if len(parts) == 1 else None


async def _which(desk: Desk, command: Command, request: Request) -> Outcome:
    """No pair can be meant, several may be, or the words behind the command name none of them."""
    parts = command.parts(request.member)
    named = bool(request.argument) and not command.argument
    if named and not (_by_the_way(request) or nearly_named(parts, request.argument)):
        return help_letter(desk, request, unknown=True)
    if parts and (named or request.part is None):
        return _ask(desk, replace(request, part=None, argument=""), About.PAIR)
    return Outcome((desk.tell("desk-nothing", request, why="no-pair", name=""),))


def _is_sentence(command: Command, request: Request) -> bool:
    """Whether somebody told the command's own address in a sentence what they want, instead of in a word."""
    told = request.addressed and bool(request.argument) and not command.argument and not _by_the_way(request)
    meant = told and (request.named or mentions(request.argument, command.name))
    return meant and not nearly_named(command.parts(request.member), request.argument)


async def _of_sentence(desk: Desk, command: Command, request: Request) -> Outcome:
    """A sentence may also say the opposite, so its author is asked whether the command shall be carried out."""
    request = replace(request, argument="")
    chosen = _part(command, request)
    if chosen is None:
        return await _which(desk, command, request)
    request = replace(request, part=chosen)
    if not request.proven:
        return _ask(desk, request, About.AUTHOR)
    return await _confirm(desk, command, request)


def _by_the_way(request: Request) -> bool:
    """Whether the few words in a mail to a command's own address need not be a name: "Kind regards"."""
    return request.addressed and len(request.argument.split()) <= _FEW


async def _confirm(desk: Desk, command: Command, request: Request) -> Outcome:
    """Ask whether the command shall really be carried out, if it can be."""
    if command.begin is None:
        return _ask(desk, request, About.CONFIRM)
    begun = await command.begin(desk, request)
    if isinstance(begun, Outcome):
        return begun
    asked = _ask(desk, replace(request, mailbox=begun.mailbox), About.CONFIRM)
    return Outcome((*asked.letters, *begun.letters), (*begun.changes, *asked.changes))


def _ask(desk: Desk, request: Request, about: About) -> Outcome:
    """Ask the author of a request. Who is not proven is asked at their first address."""
    part, token = request.part, new_token()
    whose = (part.pair.id, part.side) if part is not None else ("", None)
    question = DeskQuestion(
        secrets.token_hex(8), token, request.member.number, request.mailbox, about, request.command,
        request.argument, *whose,
    )  # fmt: skip
    letter = ask_letter(desk, request, question)
    return Outcome((letter,), (QuestionAsked(question, request.now + ANSWER_WITHIN),))


def ask_letter(desk: Desk, request: Request, question: DeskQuestion, *, again: bool = False) -> Acceptance:
    """The letter that asks a question. Raises StationeryError."""
    part = request.first
    names = [one.pair.persona(one.side.other).name for one in COMMANDS[question.command].parts(request.member)]
    name = part.pair.persona(part.side.other).name if request.part is not None else ""
    values = {
        "code": question_code(question.token),
        "asks": question.about.value,
        "command": question.command,
        "name": name,
        "names": names,
        "again": again,
        "days": ANSWER_WITHIN.days,
    }
    manner, answer_to = part.pair.manner(part.side), desk_reply(question.token, desk.settings.domain)
    letter = Letter("desk-question", request.mailbox, manner, values, part.pair.id, request.id, answer_to=answer_to)
    return desk.writer.write(replace(letter, side=part.side.other), request.now)


def _given(request: Request) -> Event:
    """The event of a command."""
    part = request.part
    whose = (part.pair.id, part.side) if part is not None else (request.first.pair.id, request.first.side)
    facts = {"command": request.command}
    return Event(EventKind.COMMAND, request.now, *whose, request.member.number, None, facts)
