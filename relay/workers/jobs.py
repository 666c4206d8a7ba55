"""The function that a worker runs for each kind of order; all are pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from relay.anonymise.appended.program_lines import is_program_line
from relay.message.automatic.dmarc_report import read_dmarc_report
from relay.message.automatic.recognise import Mail, recognise, recognise_mail
from relay.message.confirmation.read_answer import ReadAnswer, YesNo, read_answer
from relay.message.desk.read_command import read_command
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signers
from relay.message.write.shown_mail import put, with_words_of
from relay.model import DmarcReport, Passed, RebuildOrder, Rebuilt
from relay.outcomes import Returned
from relay.rebuild import rebuild
from relay.rebuild_answer import rebuild_answer
from relay.refusals import CannotAnonymise, Refusal
from relay.workers.answers import Answer
from relay.workers.orders import PassOnOrder, ReadAnswerOrder, ReadDmarcOrder, RecognizeOrder, ShowOrder, unpickled


def _rebuild(order: RebuildOrder, signers: Signers) -> Rebuilt | Returned:
    mail = Mail(order.content)
    if order.recognise:
        returned = recognise_mail(mail, null_sender=order.null_sender, addressed=_names(order))
        if returned is not None:
            return returned
    return rebuild(order, signers.relayed, mail.header_section, mail.tree)


def _names(order: RebuildOrder) -> tuple[str, ...]:
    """By what a person would greet the recipient: each word of the pseudonym, and of the names they know."""
    known = order.known
    return tuple(
        word
        for name in (known.recipient_persona.name, *known.recipient.known_as)
        for word in name.split()
        if len(word) > 2
    )


def _recognise(order: RecognizeOrder, _: Signers) -> Returned | None:
    return recognise(order.content, null_sender=order.null_sender)


def _read_answer(order: ReadAnswerOrder, _: Signers) -> Returned | ReadAnswer:
    """Automatic mail, unless only its wording looks automatic and it says yes or no, or begins with a command."""
    returned = recognise(order.content)
    reply = read_answer(order.content, order.code)
    if reply.line and reply.answer is YesNo.OPEN and is_program_line(reply.line):  # "Sent from my iPhone", and no more
        reply = replace(reply, line="", below="")
    says = reply.answer is not YesNo.OPEN or bool(read_command(reply.line).name and reply.line)
    if returned is not None and (returned.certain or not says):
        return returned
    return reply


def _read_dmarc_report(order: ReadDmarcOrder, _: Signers) -> DmarcReport | None:
    return read_dmarc_report(order.content)


def _show(order: ShowOrder, signers: Signers) -> Passed:
    message, subject = (
        with_words_of(order.message, order.shown, order.known_subject)
        if order.shown
        else (put(order.message, order.known_subject, "", quoted=True), order.known_subject)
    )
    return Passed(signers.programme.sign(compose(message, order.headers)), subject)


def _pass_on(order: PassOnOrder, signers: Signers) -> Passed | Returned:
    returned = recognise(order.answer.content)
    return returned if returned is not None else rebuild_answer(order.answer, signers.programme)


# A new kind of job is an order class, its answers (orders.py) and one line here. Each may raise Refusal.
JOBS: dict[type, Callable[[Any, Signers], Answer]] = {
    RebuildOrder: _rebuild,
    RecognizeOrder: _recognise,
    ShowOrder: _show,
    PassOnOrder: _pass_on,
    ReadAnswerOrder: _read_answer,
    ReadDmarcOrder: _read_dmarc_report,
}


def done(octets: bytes, letter: bytes, signers: Signers) -> Answer | Refusal:
    """The answer to a pickled order and the letter beside it. Never raises: the letter is hostile input, and only a
    refusal may leave the worker."""
    try:
        order = unpickled(octets, letter)
        return JOBS[type(order)](order, signers)
    except Refusal as refusal:
        return refusal
    except (MemoryError, RecursionError):
        return CannotAnonymise("this letter is too large or too deeply nested; please send it again as plain text")
    except Exception:
        return CannotAnonymise("this letter could not be understood; please send it again as plain text")
