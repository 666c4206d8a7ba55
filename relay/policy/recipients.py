"""Classifies the local parts of our domain and generates new addresses; no other module knows their forms.

    Alias            quiet-river.k7t3mp9wq2xrd  stands for one member of one pair
    ReturnPath       b-6f1c… (24 hex digits)    receives reports about one delivery (RFC 5321 4.5.5)
    Confirmation     c-9a02… (24 hex digits)    receives the answer to one confirmation request
    InvitationReply  i-3c41… (24 hex digits)    receives the answer to an invitation to a pair
    Conversation     o-5b7d… (24 hex digits)    what the operator and somebody else write to each other
    Operator         postmaster, abuse          must reach a person (RFC 5321 4.5.1, RFC 2142 4)
    Reports          dmarc                      receives DMARC aggregate reports (RFC 7489 7.2)
    Desk             help, pause, leave …       takes the commands of members
    DeskReply        d-8e15… (24 hex digits)    receives the answer to a question about a command
    Nobody           none of these              a quoted local part, or non-ASCII characters

The classes do not overlap: only an alias holds a dot, and ``new_alias`` generates only what ``classify`` reads as one.
Only the store can tell whether an address of a class exists.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

REPORTS = "dmarc"
OPERATORS = frozenset({"postmaster", "abuse"})
COMMANDS = frozenset({"help", "pause", "resume", "away", "leave", "report", "who", "copy", "forget", "address", "lang"})

# A dot-string of at most 64 octets (RFC 5321 4.1.2, 4.5.3.1.1).
_DOT_STRING = re.compile(r"(?=.{1,64}\Z)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# No vowels, so that no word or name appears by accident; no 0, 1 or l, so that it can be read out.
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
_SUFFIX = 13  # 62 bits: an alias cannot be guessed
_READABLE = 40
_DIGITS = "[0-9a-f]{24}"  # of a token


@dataclass(frozen=True, slots=True)
class Alias:
    """An address in the form of an alias, in lower case; it need not exist."""

    address: str


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """The return path generated with ``token``."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The reply address of the confirmation request with ``token``."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class InvitationReply:
    """The reply address of the invitation with ``token``."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """The address of the operator's conversation with ``token``."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Desk:
    """An address of the desk, which takes the ``command`` of that name; ``address`` in lower case."""

    address: str
    command: str


@dataclass(frozen=True, slots=True)
class DeskReply:
    """The reply address of the question about a command with ``token``."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Operator:
    """An address of the operator of this relay."""

    address: str


@dataclass(frozen=True, slots=True)
class Reports:
    """The address for DMARC aggregate reports."""

    address: str


@dataclass(frozen=True, slots=True)
class Nobody:
    """An address of no form that we generate."""

    address: str


Recipient = (
    Alias | ReturnPath | Confirmation | InvitationReply | Conversation | Desk | DeskReply | Operator | Reports | Nobody
)


def classify(address: str) -> Recipient:
    """The class of ``address``, which is of our domain, in any case. Total: every string has exactly one class."""
    address = address.lower() if address.isascii() else address
    local = address.rpartition("@")[0]
    if local in OPERATORS:
        return Operator(address)
    if local == REPORTS:
        return Reports(address)
    if local in COMMANDS:
        return Desk(address, local)
    if made := _TOKEN.fullmatch(local):
        return _MADE[made[1]](address, made[2])
    return Alias(address) if _DOT_STRING.fullmatch(local) else Nobody(address)


_MADE: dict[str, Callable[[str, str], Recipient]] = {
    "b": ReturnPath,
    "c": Confirmation,
    "d": DeskReply,
    "i": InvitationReply,
    "o": Conversation,
}
_TOKEN = re.compile(f"([{''.join(_MADE)}])-({_DIGITS})")


def new_token() -> str:
    """96 random bits in hex, for a return path, a question or a conversation."""
    return secrets.token_hex(12)


def return_path(token: str, domain: str) -> str:
    """The return path of the delivery with ``token``."""
    return f"b-{token}@{domain}"


def confirmation(token: str, domain: str) -> str:
    """The reply address of the confirmation request with ``token``."""
    return f"c-{token}@{domain}"


def invitation(token: str, domain: str) -> str:
    """The reply address of the invitation with ``token``."""
    return f"i-{token}@{domain}"


def desk(command: str, domain: str) -> str:
    """The address of the desk for ``command``."""
    return f"{command}@{domain}"


def desk_reply(token: str, domain: str) -> str:
    """The reply address of the question about a command with ``token``."""
    return f"d-{token}@{domain}"


def conversation(token: str, domain: str) -> str:
    """The address of the conversation with ``token``."""
    return f"o-{token}@{domain}"


def reports_address(domain: str) -> str:
    """Where DMARC aggregate reports go."""
    return f"{REPORTS}@{domain}"


def new_alias(name: str, domain: str) -> str:
    """A new alias for the persona ``name``: a readable part, then an unguessable one.

    Example: "Quiet River" → "quiet-river.k7t3mp9wq2xrd@relay.example.org".
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    readable = "-".join(re.findall(r"[a-z0-9]+", plain))[:_READABLE].strip("-") or "letters"
    alias = f"{readable}.{random_letters(_SUFFIX)}@{domain}"
    assert isinstance(classify(alias), Alias)  # it holds a dot: nothing else does
    return alias


def accepted_forms() -> tuple[str, ...]:
    """The forms of the addresses that can exist, as POSIX extended regular expressions up to the "@", for any case.

    By them a mail server in front refuses what relay never makes. They do not tell which addresses exist."""
    words = "|".join(sorted({*OPERATORS, *COMMANDS, REPORTS}))
    return (rf"^[a-z0-9-]+\.[{_LETTERS}]{{{_SUFFIX}}}@", f"^[{''.join(_MADE)}]-{_DIGITS}@", f"^({words})@")


def random_letters(count: int) -> str:
    """``count`` random letters and digits of 4.8 bits each, readable aloud and valid in an address."""
    drawn = secrets.randbelow(len(_LETTERS) ** count)  # one call for all letters, which is faster for large imports
    letters = []
    for _ in range(count):
        drawn, letter = divmod(drawn, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)
