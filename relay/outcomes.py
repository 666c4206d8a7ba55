"""How a try to deliver ended, and what came back about it, in the words the queue, the sender and the store share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sent:
    """The next server took responsibility."""

    status: str = "250"


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: try again. ``status`` is code and enhanced status only, never the far side's words."""

    status: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Never: the author must hear. ``status`` is code and enhanced status only."""

    status: str


Outcome = Sent | Deferred | Failed


class ReturnKind(StrEnum):
    """What a mail that comes back is: never a letter, whatever it says."""

    FAILED = "failed"  # a letter of ours did not arrive, and will not
    DELAYED = "delayed"  # it is still being tried
    DELIVERED = "delivered"  # it arrived, or went on to somewhere that gives no reports
    RECEIPT = "receipt"  # somebody opened it, or deleted it unread (RFC 8098)
    COMPLAINT = "complaint"  # somebody pressed "this is spam" (RFC 5965)
    CALENDAR = "calendar"  # a calendar answered an invitation (RFC 5546 3.2.3)
    ANSWER = "answer"  # every other machine: away, ticket number, challenge, unsubscribe


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that a machine sent because of a mail. ``status`` is an enhanced status code (RFC 3463) such as "5.1.1"
    when it tells one, else ""; ``certain`` is False when only its words betray it, so that a person may have written
    it after all."""

    kind: ReturnKind
    status: str = ""
    certain: bool = True

    @property
    def words(self) -> str:
        """Kind and status as the journal tells them: "failed 5.1.1"."""
        return f"{self.kind} {self.status}".strip()
