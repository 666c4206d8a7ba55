"""The orders that a worker executes, and the types of their answers."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from types import NoneType
from typing import Generic, TypeVar

from relay.message.automatic.recognise import BODY_OCTETS
from relay.message.confirmation.read_answer import ANSWER_OCTETS, ReadAnswer
from relay.message.read.headers import MAX_OCTETS
from relay.model import AnswerOrder, DmarcReport, Headers, Message, Passed, RebuildOrder, Rebuilt
from relay.outcomes import Returned

A_co = TypeVar("A_co", covariant=True)


class Order(Generic[A_co]):
    """An argument of ``Workers.run``; the type parameter is the type of its answer. Orders are pickled, so their
    classes must be at module level."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RecognizeOrder(Order[Returned | None]):
    """Recognises automatic mail (relay.message.automatic.recognise) in ``content`` (raw octets). None: a person's
    letter.

    Keeps and sends to the worker only the octets that are examined.
    """

    content: bytes
    null_sender: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[: MAX_OCTETS + BODY_OCTETS])


@dataclass(frozen=True, slots=True)
class ShowOrder(Order[Passed]):
    """Compose and sign a mail of our own that shows another person's whole mail: subject and words of ``shown`` (raw
    octets) are put into their places in ``message``; "" for a mail that cannot be read. ``known_subject``: what the
    conversation is about so far."""

    message: Message
    headers: Headers
    shown: bytes = b""
    known_subject: str = ""


@dataclass(frozen=True, slots=True)
class PassOnOrder(Order[Passed | Returned]):
    """Make a letter of the programme from an answer of the operator, unless it is automatic mail."""

    answer: AnswerOrder


@dataclass(frozen=True, slots=True)
class ReadAnswerOrder(Order[Returned | ReadAnswer]):
    """What does ``content`` (raw octets) answer to the confirmation request with ``code``? Or is it automatic mail?

    Keeps and sends to the worker only the octets that are examined.
    """

    content: bytes
    code: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[: MAX_OCTETS + max(ANSWER_OCTETS, BODY_OCTETS)])


@dataclass(frozen=True, slots=True)
class ReadDmarcOrder(Order[DmarcReport | None]):
    """Read the DMARC aggregate report in ``content`` (raw octets). None: there is none that can be read."""

    content: bytes


ANSWERS: dict[type, tuple[type, ...]] = {
    RebuildOrder: (Rebuilt, Returned),
    RecognizeOrder: (Returned, NoneType),
    ShowOrder: (Passed,),
    PassOnOrder: (Passed, Returned),
    ReadAnswerOrder: (Returned, ReadAnswer),
    ReadDmarcOrder: (DmarcReport, NoneType),
}
"""The types that the server accepts from a worker, by kind of order. For new types see answers.py."""


def pickled(order: object) -> tuple[bytes, bytes | memoryview]:
    """An order as it is sent to a worker: its pickle, and the letter where that is passed beside it."""
    beside: list[pickle.PickleBuffer] = []
    octets = pickle.dumps(order, pickle.HIGHEST_PROTOCOL, buffer_callback=beside.append)
    return octets, beside[0].raw() if beside else b""


def unpickled(octets: bytes, letter: bytes) -> object:
    """The order. Only for what the server wrote."""
    return pickle.loads(octets, buffers=[letter])  # noqa: S301
