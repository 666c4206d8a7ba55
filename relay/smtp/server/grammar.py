"""Strict grammar of addresses in MAIL and RCPT (RFC 5321 4.1.2; RFC 6531 3.3 for non-ASCII characters).

Pure. Text that does not match as a whole is not an address; nothing is trimmed, guessed or repaired, because two
programs that repair differently can be played against each other.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import idna

# C0 and C1 controls, line and paragraph separators and surrogates occur in no address.
_BEYOND = "\u00a0-\u2027\u202a-\ud7ff\ue000-\U0010ffff"
_ATOM = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{_BEYOND}-]+"
_DOT_STRING = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED_STRING = rf'"(?:[\x20\x21\x23-\x5b\x5d-\x7e{_BEYOND}]|\\[\x20-\x7e])*"'
_LABEL = rf"[A-Za-z0-9{_BEYOND}](?:[A-Za-z0-9{_BEYOND}-]*[A-Za-z0-9{_BEYOND}])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_A_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # at most 63 octets: RFC 1035 2.3.4
_A_LABELS = re.compile(rf"{_A_LABEL}(?:\.{_A_LABEL})*")
_LITERAL = r"\[[A-Za-z0-9:.-]+\]"
_MAILBOX = re.compile(rf"(?P<local>{_DOT_STRING}|{_QUOTED_STRING})@(?P<domain>{_DOMAIN}|{_LITERAL})")
# A source route (RFC 5321 C) is recognised only to be refused with its own reply.
_ROUTE = re.compile(r"@[^:<>]+:.+")
_PARAMETER = re.compile(r"(?P<key>[A-Za-z0-9][A-Za-z0-9-]*)(?:=(?P<value>[\x21-\x3c\x3e-\x7e]+))?")

_LONGEST_LOCAL = 64  # RFC 5321 4.5.3.1.1
_LONGEST_DOMAIN = 255  # RFC 5321 4.5.3.1.2
_LONGEST_PATH = 254  # RFC 5321 4.5.3.1.3: 256 with the angle brackets


class NotAnAddress(ValueError):  # noqa: N818 -- says what the text is
    """The text does not match the grammar. Does not hold the text: it may be hostile, or somebody's address."""


class SourceRoute(NotAnAddress):
    """The path names hosts to route through (RFC 5321 appendix C)."""


class NotAParameter(ValueError):  # noqa: N818
    """A parameter of MAIL or RCPT is malformed or repeated."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """``local`` as written; ``domain`` in lower-case A-labels (RFC 5890), or an address literal in brackets."""

    local: str
    domain: str

    @property
    def ascii(self) -> bool:
        """Whether the address can be sent without SMTPUTF8."""
        return self.local.isascii()

    @property
    def forwarding(self) -> bool:
        """Whether the local part holds another address: ``user%other``, ``other!user``, ``"user@other"``. Some servers
        once forwarded to it (RFC 5321 appendix F.2, RFC 1123 5.2.16)."""
        return any(mark in self.local for mark in "%!@")

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Path:
    """The argument of MAIL or RCPT: the text between the angle brackets, and the parameters, keys in upper case."""

    inside: str
    parameters: dict[str, str | None]


def path(argument: str, keyword: str) -> Path:
    """Parse ``FROM:<…> KEY=value …``; ``keyword`` is "FROM" or "TO".

    Blanks after the colon are allowed, because many senders write them. Raises NotAnAddress when there is no such path,
    NotAParameter for what follows it.
    """
    head, colon, rest = argument.partition(":")
    rest = rest.lstrip(" ")
    if not colon or head.rstrip(" ").upper() != keyword or not rest.startswith("<"):
        raise NotAnAddress
    close = _closing(rest)
    inside, after = rest[1:close], rest[close + 1 :]
    if after and not after.startswith(" "):
        raise NotAnAddress
    return Path(inside, parameters(after))


def parameters(text: str) -> dict[str, str | None]:
    """Parse ``KEY=value KEY`` (RFC 5321 4.1.2, esmtp-param). Raises NotAParameter."""
    found: dict[str, str | None] = {}
    for word in text.split(" "):
        if not word:
            continue
        match = _PARAMETER.fullmatch(word)
        if match is None or match["key"].upper() in found:
            raise NotAParameter
        found[match["key"].upper()] = match["value"]
    return found


def mailbox(text: str) -> Mailbox:
    """Parse ``local@domain``. Raises NotAnAddress, or SourceRoute for ``@host:local@domain``."""
    if text.startswith("@") and _ROUTE.fullmatch(text):
        raise SourceRoute
    match = _MAILBOX.fullmatch(text) if len(text) <= _LONGEST_PATH else None
    if match is None or len(match["local"].encode()) > _LONGEST_LOCAL:
        raise NotAnAddress
    found = Mailbox(match["local"], domain(match["domain"]))
    if len(str(found).encode()) > _LONGEST_PATH:
        raise NotAnAddress
    return found


def domain(text: str) -> str:
    """A domain or address literal in canonical form: lower case, A-labels (RFC 5891). Raises NotAnAddress."""
    if text.startswith("["):
        return _literal(text)
    try:
        found = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    except UnicodeError:  # includes idna.IDNAError
        raise NotAnAddress from None
    if len(found) > _LONGEST_DOMAIN or not _A_LABELS.fullmatch(found):
        raise NotAnAddress
    return found


def _closing(text: str) -> int:
    """The index of the ">" that ends the path, not one inside a quoted local part."""
    if '"' not in text and ">" in text:
        return text.index(">")
    quoted = skip = False
    for index, char in enumerate(text):
        if skip:
            skip = False
        elif quoted and char == "\\":
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == ">" and not quoted:
            return index
    raise NotAnAddress


def _literal(text: str) -> str:
    """An address literal, ``[192.0.2.1]`` or ``[IPv6:2001:db8::1]`` (RFC 5321 4.1.3)."""
    inside = text[1:-1]
    try:
        if inside[:5].upper() == "IPV6:":
            return f"[IPv6:{ipaddress.IPv6Address(inside[5:])}]"
        return f"[{ipaddress.IPv4Address(inside)}]"
    except ValueError:
        raise NotAnAddress from None
