"""Outcomes of delivery tries, and kinds of automatic mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sent:
    """The next server accepted the letter. ``tls``: how the connection was protected, such as "dane-ee"; "" if not."""

    status: str = "250"
    tls: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Temporary failure: try again. ``status`` is the reply code and enhanced status only, never the server's text."""

    status: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Permanent failure. ``status`` is the reply code and enhanced status only."""

    status: str


Outcome = Sent | Deferred | Failed


class ReturnKind(StrEnum):
    """Kinds of automatic mail."""

    FAILED = "failed"  # a letter of ours was not delivered, and will not be
    DELAYED = "delayed"  # it is still being tried
    DELIVERED = "delivered"  # it arrived, or went on to a server that sends no reports
    RECEIPT = "receipt"  # the recipient opened it, or deleted it unread (RFC 8098)
    COMPLAINT = "complaint"  # the recipient marked it as spam (RFC 5965)
    ANSWER = "answer"  # all other automatic mail: away, ticket number, challenge, unsubscribe


class Sign(StrEnum):
    """By what a mail looks automatic that no machine marked as such; of one that is marked, only whether it is an
    absence message."""

    WORDS = "words"  # its subject, or the words of a report or receipt
    ABSENCE = "absence"  # an absence message
    BULK = "bulk"  # an answer that its program marked as bulk mail


@dataclass(frozen=True, slots=True)
class Returned:
    """An automatic mail, usually caused by a mail of ours. ``status`` is an enhanced status code (RFC 3463) such as
    "5.1.1" if it states one, else ""; ``certain`` is False when only its text looks automatic, so that a person may
    have written it; ``sign`` then says what it looks like. ``senders``: the return paths that a complaint names
    (RFC 5965 3.2). ``until`` and ``back``: the words of a marked absence message in which its last day may stand, or
    the first one after it (message/automatic/absence_end.py).
    """

    kind: ReturnKind
    status: str = ""
    certain: bool = True
    sign: Sign = Sign.WORDS
    senders: tuple[str, ...] = ()
    until: tuple[str, ...] = field(default=(), repr=False)
    back: tuple[str, ...] = field(default=(), repr=False)

    @property
    def words(self) -> str:
        """Kind and status as shown in the journal: "failed 5.1.1"."""
        return f"{self.kind} {self.status}".strip()
