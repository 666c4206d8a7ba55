"""What a worker can be asked for, and what it may answer."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from types import NoneType
from typing import Generic, TypeVar

from relay.message.automatic.recognise import BODY_OCTETS
from relay.message.confirmation.read_answer import ANSWER_OCTETS, ReadAnswer
from relay.message.read.headers import MAX_OCTETS
from relay.model import Headers, Message, RebuildOrder, Rebuilt
from relay.outcomes import Returned

A_co = TypeVar("A_co", covariant=True)


class Order(Generic[A_co]):
    """What ``Workers.run`` takes; the parameter is the type of the answer. Orders are pickled, so their classes stand
    at the top of a module."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RecognizeOrder(Order[Returned | None]):
    """Is ``content`` (raw octets) a machine's mail (relay.message.automatic.recognise)? None: a person's letter.

    Only as much of it is kept, and sent to the worker, as is looked at.
    """

    content: bytes
    null_sender: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[: MAX_OCTETS + BODY_OCTETS])


@dataclass(frozen=True, slots=True)
class ComposeOrder(Order[bytes]):
    """Write and sign a mail of our own; its octets. For notices that carry a whole mail of somebody else's: the words
    of ``shown`` (raw octets), if any, are put below ours."""

    message: Message
    headers: Headers
    shown: bytes = b""


@dataclass(frozen=True, slots=True)
class ReadAnswerOrder(Order[Returned | ReadAnswer]):
    """What does ``content`` (raw octets) say to the question with ``code``? Or which machine's mail is it?

    Only as much of it is kept, and sent to the worker, as is looked at.
    """

    content: bytes
    code: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", self.content[: MAX_OCTETS + max(ANSWER_OCTETS, BODY_OCTETS)])


ANSWERS: dict[type, tuple[type, ...]] = {
    RebuildOrder: (Rebuilt, Returned),
    RecognizeOrder: (Returned, NoneType),
    ComposeOrder: (bytes,),
    ReadAnswerOrder: (Returned, ReadAnswer),
}
"""For each kind of order the types that the server takes from a worker. Other types than these: see answers.py."""


def pickled(order: object) -> bytes:
    """An order as it is sent to a worker."""
    return pickle.dumps(order, pickle.HIGHEST_PROTOCOL)
