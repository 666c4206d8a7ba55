"""The kinds of jobs that workers do: for each an order, a pure function, and what it may answer."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType
from typing import Any, Generic, TypeVar

from relay.message.answers import ANSWER_OCTETS, ReadAnswer, read_answer
from relay.message.answers import Answer as Said
from relay.message.compose import compose
from relay.message.headers import MAX_OCTETS, split
from relay.message.returned import BODY_OCTETS, recognise
from relay.message.sign import Signer
from relay.model import Headers, Message, RebuildOrder, Rebuilt
from relay.outcomes import Returned
from relay.rebuild import rebuild
from relay.refusals import CannotAnonymise, Refusal
from relay.workers.answers import Answer

A_co = TypeVar("A_co", covariant=True)


class Order(Generic[A_co]):
    """What ``Workers.run`` takes; the parameter is the type of the answer. Orders are pickled, so their classes stand
    at the top of a module."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RecognizeOrder(Order[Returned | None]):
    """Is ``content`` (raw octets) a machine's mail (relay.message.returned)? None: a person's letter.

    Only as much of it is kept, and sent to the worker, as is looked at.
    """

    content: bytes
    null_sender: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[: MAX_OCTETS + BODY_OCTETS])


@dataclass(frozen=True, slots=True)
class ComposeOrder(Order[bytes]):
    """Write and sign a mail of our own; its octets. For notices that carry a whole mail of somebody else's."""

    message: Message
    headers: Headers


@dataclass(frozen=True, slots=True)
class ReadAnswerOrder(Order[Returned | ReadAnswer]):
    """What does ``content`` (raw octets) say to the question with ``code``? Or which machine's mail is it?

    Only as much of it is kept, and sent to the worker, as is looked at.
    """

    content: bytes
    code: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[: MAX_OCTETS + max(ANSWER_OCTETS, BODY_OCTETS)])


@dataclass(frozen=True, slots=True)
class JobKind:
    """``run`` does the job, and may raise Refusal; ``answers`` are the types that the server takes from a worker."""

    run: Callable[[Any, Signer], Answer]
    answers: tuple[type, ...]


def _rebuild(order: RebuildOrder, signer: Signer) -> Rebuilt | Returned:
    head = split(order.content)
    if order.recognise:
        returned = recognise(order.content, null_sender=order.null_sender, head=head)
        if returned is not None:
            return returned
    return rebuild(order, signer, head)


def _recognise(order: RecognizeOrder, _: Signer) -> Returned | None:
    return recognise(order.content, null_sender=order.null_sender)


def _read_answer(order: ReadAnswerOrder, _: Signer) -> Returned | ReadAnswer:
    """A machine's mail, unless only its words look so and they say yes or no."""
    returned = recognise(order.content)
    said = read_answer(order.content, order.code)
    if returned is not None and (returned.certain or said.answer is Said.OPEN):
        return returned
    return said


def _compose(order: ComposeOrder, signer: Signer) -> bytes:
    return signer.sign(compose(order.message, order.headers))


# A new kind of job is an order class and one line here. Answers of other types than these: relay.workers.answers.
JOBS: dict[type, JobKind] = {
    RebuildOrder: JobKind(_rebuild, (Rebuilt, Returned)),
    RecognizeOrder: JobKind(_recognise, (Returned, NoneType)),
    ComposeOrder: JobKind(_compose, (bytes,)),
    ReadAnswerOrder: JobKind(_read_answer, (Returned, ReadAnswer)),
}


def pickled(order: object) -> bytes:
    """An order as it is sent to a worker."""
    return pickle.dumps(order, pickle.HIGHEST_PROTOCOL)


def done(octets: bytes, signer: Signer) -> Answer | Refusal:
    """The answer to a pickled order. Never raises: what comes in is foreign, and only a refusal may go out."""
    try:
        order = pickle.loads(octets)  # noqa: S301 -- the server wrote it
        return JOBS[type(order)].run(order, signer)
    except Refusal as refusal:
        return refusal
    except (MemoryError, RecursionError):
        return CannotAnonymise("this letter is too large or too deeply nested; please send it again as plain text")
    except Exception:
        return CannotAnonymise("this letter could not be understood; please send it again as plain text")
