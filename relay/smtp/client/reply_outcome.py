"""Maps a server's reply to the outcome of one delivery. Pure.

Only codes are used (RFC 5321 4.2.1, RFC 3463), never the text: it may hold addresses, and differs between servers.
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
NOT_ENCRYPTED = "4.7.10"  # encryption needed (RFC 5248 registry, X.7.10)
NOT_TRUSTED = "4.7.5"  # cryptographic failure (RFC 3463 3.8)

_STORAGE = 552
_VAGUE = ("", "5.0.0", "5.2.0", "5.3.0")
_SMALL = 1024 * 1024  # octets

PROTECTIONS = ("tls", "sts", "dane")
"""What can require an encrypted connection: delivery.tls, the domain's MTA-STS policy, or its TLSA records."""


class Stage(IntEnum):
    """The command, or other step, that a reply answers."""

    GREETING = 0
    MAIL = 1
    RCPT = 2
    DATA = 3
    DOT = 4


@dataclass(frozen=True, slots=True)
class ServerReply:
    """One reply (RFC 5321 4.2): a ``code`` of three digits, and the server's ``text``, lines joined by LF."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """Whether the code is 2xx (RFC 5321 4.2.1)."""
        return 200 <= self.code < 300

    @property
    def status(self) -> str:
        """ "550 5.1.1": the code, and the enhanced code when there is one of the same class; never the text."""
        enhanced = _ENHANCED.match(self.text)
        if enhanced is None or enhanced[1][0] != str(self.code)[0]:
            return str(self.code)
        return f"{self.code} {enhanced[1]}"


def outcome_of(stage: Stage, reply: ServerReply, *, smarthost: bool, octets: int = 0) -> Outcome:
    """The outcome of ``reply`` at ``stage``, for a letter of ``octets``. A 2xx is an outcome only after the final dot.

    A 5xx concerns this recipient only at RCPT, DATA and the dot; from an MX, at MAIL too. Earlier, and at MAIL of the
    smarthost, it concerns the server or our settings, which the operator can correct: the letter is deferred. A 552 at
    MAIL answers the SIZE given there (RFC 1870 6.1), so it concerns the letter.
    """
    if reply.good and stage is Stage.DOT:
        return Sent(reply.status)
    if not 400 <= reply.code < 600:
        return Deferred(NONSENSE)
    about_us = stage is Stage.MAIL and smarthost and reply.code != _STORAGE
    if reply.code < 500 or stage is Stage.GREETING or about_us:
        return Deferred(reply.status)
    return Failed(_precise(stage, reply, octets) if reply.code == _STORAGE else reply.status)


def _precise(stage: Stage, reply: ServerReply, octets: int) -> str:
    """The status of a 552, which means both "too large" and "mailbox full" (RFC 5321 4.2.3), as Exim, qmail and Yahoo
    say it without an enhanced code that tells which.

    At RCPT it is the mailbox: it may also mean 452, too many recipients (RFC 5321 4.5.3.1.10), but we send one. A small
    letter is too large for no server.
    """
    enhanced = reply.status.partition(" ")[2]
    if enhanced not in _VAGUE:
        return reply.status
    return "552 5.2.2" if stage is Stage.RCPT or (stage is Stage.DOT and octets < _SMALL) else "552 5.3.4"


def protected(asked_by: str, status: str) -> str:
    """The status of a letter that was not sent because the connection lacks the protection that ``asked_by``, one of
    PROTECTIONS, requires: "tls 4.7.10"."""
    return f"{asked_by} {status}"


def unprotected(status: str) -> bool:
    """Whether ``status`` says that a letter was not sent because no connection had the required protection."""
    return status.partition(" ")[0] in PROTECTIONS


_MEANINGS = {
    UNREACHABLE: "the next server does not answer",
    BROKEN_OFF: "the connection to the next server broke, or the server stopped answering",
    NO_DNS: "DNS did not answer",
    NO_ROUTE: "no server of the domain could be found",
    OUR_FAULT: "an error of relay's own, which the log names",
    OUR_ADDRESS: "the return path is not an address, an error of relay's own",
    NONSENSE: "the next server sent something that is not SMTP",
    protected("tls", NOT_ENCRYPTED): "the next server offers no encryption, and delivery.tls requires it",
    protected("tls", NOT_TRUSTED): "TLS with the next server failed, or its certificate does not verify",
    protected("sts", NOT_ENCRYPTED): "the domain's MTA-STS policy requires encryption, and its server offers none",
    protected("sts", NOT_TRUSTED): "the domain's MTA-STS policy requires a valid certificate; its server has none",
    protected("sts", NO_ROUTE): "the domain's MTA-STS policy lists none of its mail servers",
    protected("dane", NOT_ENCRYPTED): "the domain publishes TLSA records (DANE), and its server offers no encryption",
    protected("dane", NOT_TRUSTED): "the server's certificate does not match the domain's TLSA records (DANE)",
    protected("dane", NO_DNS): "the domain's TLSA records (DANE) cannot be looked up, or fail DNSSEC",
}


def meaning(status: str) -> str:
    """What a status of our own means, for operators; "" for a server's."""
    return _MEANINGS.get(status, "")


def from_a_server(status: str) -> bool:
    """Whether ``status`` came from a server: then it begins with a reply code. Our own statuses are enhanced codes
    alone."""
    return status[:3].isdigit()
