"""What another server's reply means for one letter to one person. Pure.

Only codes are read (RFC 5321 4.2.1, RFC 3463), never words: they hold addresses, and every server has its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from relay.outcomes import Deferred, Failed, Outcome, Sent

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\s|$)", re.ASCII)

UNREACHABLE = "4.4.1"
BROKEN_OFF = "4.4.2"
NO_DNS = "4.4.3"
NO_ROUTE = "4.4.4"
OUR_FAULT = "4.3.0"
OUR_ADDRESS = "4.3.5"
NONSENSE = "4.5.0"
BAD_ADDRESS = "5.1.3"
NO_DOMAIN = "5.1.2"
NULL_MX = "5.1.10"  # RFC 7505 4.2
LOOPS_BACK = "5.4.6"
NO_SMTPUTF8 = "5.6.7"  # RFC 6531 3.5


class Stage(IntEnum):
    """How far a conversation had come."""

    GREETING = 0
    MAIL = 1
    RCPT = 2
    DATA = 3
    DOT = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply: ``code`` three digits, ``text`` the server's words."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """2xx: go on (RFC 5321 4.2.1)."""
        return 200 <= self.code < 300

    @property
    def status(self) -> str:
        """ "550 5.1.1": the code, and the enhanced code when there is one of the same class; never the words."""
        enhanced = _ENHANCED.match(self.text)
        if enhanced is None or enhanced[1][0] != str(self.code)[0]:
            return str(self.code)
        return f"{self.code} {enhanced[1]}"


def judge(stage: Stage, heard: Heard, *, smarthost: bool) -> Outcome:
    """The outcome of a reply at ``stage``; a good one counts only for the dot.

    A 5xx speaks of this recipient only at RCPT, DATA and the dot; from an MX, at MAIL too. Before, and at MAIL of the
    smarthost, it speaks of the server or of our settings: the operator can mend that, so the letter waits.
    """
    if heard.good and stage is Stage.DOT:
        return Sent(heard.status)
    if not 400 <= heard.code < 600:
        return Deferred(NONSENSE)
    if heard.code < 500 or stage is Stage.GREETING or (stage is Stage.MAIL and smarthost):
        return Deferred(heard.status)
    # 552 at RCPT may stand for 452, too many recipients (RFC 5321 4.5.3.1.10). We name one, so its mailbox is full.
    return Failed(heard.status)
