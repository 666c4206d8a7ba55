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
    """Which command, or what else, a reply answers."""

    GREETING = 0
    MAIL = 1
    RCPT = 2
    DATA = 3
    DOT = 4


@dataclass(frozen=True, slots=True)
class ServerReply:
    """One reply (RFC 5321 4.2): ``code`` of three digits, ``text`` the server's words, its lines joined by LF."""

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


def outcome_of(stage: Stage, reply: ServerReply, *, smarthost: bool) -> Outcome:
    """What ``reply`` at ``stage`` means for the letter. A 2xx is an outcome only at the dot.

    A 5xx is about this recipient only at RCPT, DATA and the dot; from an MX, at MAIL too. Before, and at MAIL of the
    smarthost, it is about the server or our settings: the operator can mend that, so the letter is deferred.
    """
    if reply.good and stage is Stage.DOT:
        return Sent(reply.status)
    if not 400 <= reply.code < 600:
        return Deferred(NONSENSE)
    if reply.code < 500 or stage is Stage.GREETING or (stage is Stage.MAIL and smarthost):
        return Deferred(reply.status)
    # 552 at RCPT may stand for 452, too many recipients (RFC 5321 4.5.3.1.10). We name one, so its mailbox is full.
    return Failed(reply.status)


def from_a_server(status: str) -> bool:
    """Whether a server replied with ``status``: then a reply code stands first. Our own statuses are enhanced codes
    alone."""
    return status[:3].isdigit()
