"""One mail transaction (RFC 5321 3.3): the state after MAIL and RCPT, and the replies to them. Pure.

The reply to RCPT depends on the grammar and our domain only. If it depended on the return path or on whether an alias
exists, anyone could find out who is a member.
"""

from __future__ import annotations

from relay.model import Envelope, Reply
from relay.refusals import NoRelaying, TooLarge, TooManyRecipients
from relay.smtp.server import replies
from relay.smtp.server.grammar import Mailbox, NotAnAddress, NotAParameter, Path, SourceRoute, mailbox, path
from relay.smtp.server.replies import Declined, Goodbye

_BODIES = ("7BIT", "8BITMIME")
_ASKED_TOO_OFTEN = 100  # RCPTs refused for their number before closing: RFC 5321 4.5.3.1.8 wants 100 accepted
_MOST = 10_000  # with limits.recipients 0, to bound memory


class Transaction:
    """From MAIL to the final dot. ``limit`` is the largest letter in octets, ``recipients`` how many are accepted (0:
    any)."""

    def __init__(self, domain: str, limit: int, recipients: int) -> None:
        self._domain = domain
        self._limit = limit
        self._most = recipients or _MOST
        self._return_path: str | None = None
        self._recipients: list[str] = []
        self._over = 0
        self.announced = 0  # octets, from SIZE; 0 without it
        self._utf8 = False

    @property
    def open(self) -> bool:
        """Whether MAIL was accepted."""
        return self._return_path is not None

    @property
    def addressed(self) -> bool:
        """Whether at least one recipient was accepted."""
        return bool(self._recipients)

    def mail(self, argument: str, *, extended: bool) -> Reply:
        """MAIL FROM:<…>. ``extended``: the client greeted with EHLO. Raises Declined or TooLarge."""
        if self.open:
            raise Declined(replies.MAIL_TWICE)
        path = _path(argument, "FROM", replies.MAIL_SYNTAX)
        utf8 = self._parameters(path.parameters, extended=extended)
        sender = _mailbox(path.inside, utf8, replies.BAD_SENDER) if path.inside else ""
        self._return_path, self._utf8 = str(sender), utf8
        return replies.SENDER_OK

    def rcpt(self, argument: str) -> Reply:
        """RCPT TO:<…>. Raises Declined, NoRelaying, TooManyRecipients or Goodbye."""
        if not self.open:
            raise Declined(replies.MAIL_FIRST)
        path = _path(argument, "TO", replies.RCPT_SYNTAX)
        if path.parameters:
            raise Declined(replies.UNKNOWN_PARAMETER)
        recipient = self._ours(path.inside)
        if len(self._recipients) >= self._most:
            self._over += 1
            if self._over > _ASKED_TOO_OFTEN:
                raise Goodbye(replies.TOO_MANY_ASKED)
            raise TooManyRecipients
        self._recipients.append(recipient)
        return replies.RECIPIENT_OK

    def envelope(self, content: bytes, peer: str, helo: str) -> Envelope:
        """The envelope with ``content``. Each recipient once, in the order given."""
        recipients = tuple(dict.fromkeys(self._recipients))
        return Envelope(self._return_path or "", recipients, content, peer, smtputf8=self._utf8, helo=helo)

    def _parameters(self, parameters: dict[str, str | None], *, extended: bool) -> bool:
        """Check the parameters of MAIL. Returns whether SMTPUTF8 was among them (RFC 6531 3.4)."""
        if (parameters and not extended) or parameters.keys() - {"SIZE", "BODY", "SMTPUTF8"}:
            raise Declined(replies.UNKNOWN_PARAMETER)
        size = parameters.get("SIZE", "0")
        if size is None or not (size.isdecimal() and len(size) <= 20):  # RFC 1870 4: up to 20 digits
            raise Declined(replies.PARAMETER_SYNTAX)
        if (parameters.get("BODY", "7BIT") or "").upper() not in _BODIES or parameters.get("SMTPUTF8") is not None:
            raise Declined(replies.PARAMETER_SYNTAX)
        if int(size) > self._limit:
            raise TooLarge
        self.announced = int(size)
        return "SMTPUTF8" in parameters

    def _ours(self, inside: str) -> str:
        if not inside:
            raise Declined(replies.NULL_RECIPIENT)
        if inside.lower() == "postmaster":  # RFC 5321 4.5.1: reserved, and valid without a domain
            return f"postmaster@{self._domain}"
        recipient = _mailbox(inside, self._utf8, replies.BAD_RECIPIENT)
        if recipient.domain != self._domain or recipient.forwarding:
            raise NoRelaying
        return str(recipient)


def _path(argument: str, keyword: str, syntax: Reply) -> Path:
    try:
        return path(argument, keyword)
    except NotAParameter:
        raise Declined(replies.PARAMETER_SYNTAX) from None
    except NotAnAddress:
        raise Declined(syntax) from None


def _mailbox(inside: str, utf8: bool, bad: Reply) -> Mailbox:
    try:
        found = mailbox(inside)
    except SourceRoute:
        raise Declined(replies.ROUTED) from None
    except NotAnAddress:
        raise Declined(bad) from None
    if not utf8 and not inside.isascii():
        raise Declined(replies.NOT_UTF8)
    return found
