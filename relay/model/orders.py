"""Orders to the workers that rebuild letters, and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass

from relay.model.mail import Headers, Message
from relay.model.pickled import PickledBesideLetter
from relay.model.scrubbing import NO_ECHOES, Doubt, Echoes, Known, Removal


@dataclass(frozen=True, slots=True)
class RebuildOrder(PickledBesideLetter):
    """The input of a worker that rebuilds one letter for one recipient. ``forbidden``: further words that must not be
    in the result, such as the author's own Message-ID; ``recognise``: automatic mail is not rebuilt, but reported
    (relay.outcomes.Returned); ``null_sender``: it came with the null return path; ``subject``: for a letter
    that has none of its own, because it came as an answer to relay."""

    content: bytes
    known: Known
    headers: Headers
    forbidden: tuple[str, ...] = ()
    recognise: bool = True
    subject: str = ""
    null_sender: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rebuilt letter: the signed octets to send (CRLF, 7-bit), what was removed, what a person has to decide before
    it is sent, what names its recipient and may come back, and what recognises its words then (History).
    ``subject_returned``: the subject is in its recipient's own words, which its author does not know. ``command``: the
    command of the desk that is its only word. ``questions``: what it shows of relay's own questions to members, codes
    and the local parts of reply addresses: it may be an answer."""

    content: bytes
    removals: tuple[Removal, ...]
    doubts: tuple[Doubt, ...] = ()
    echoes: Echoes = NO_ECHOES
    remembered: bytes = b""
    subject_returned: bool = False
    command: str = ""
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerOrder:
    """All that the worker needs to make a letter of the programme from an answer of the operator (``content``).
    ``message`` is that letter with places for subject and words.

    ``known``: the operator's names, as their header gives them, and the reader; ``hidden``: the operator's addresses.
    ``partners``: for each pair of the reader what must not be said of the other member. ``ours``: words that only the
    letter has that is answered. ``shown_subject`` is that letter's, ``subject`` what the reader knows it by, and
    ``no_subject`` what stands in for it.
    """

    content: bytes
    message: Message
    headers: Headers
    known: Known
    hidden: tuple[str, ...]
    partners: tuple[Known, ...] = ()
    ours: tuple[str, ...] = ()
    subject: str = ""
    shown_subject: str = ""
    no_subject: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A letter with somebody's words as it will leave: the exact signed octets, and the subject of those words."""

    content: bytes
    subject: str
    removals: tuple[Removal, ...] = ()
