"""Finds the one author of a letter: the mailbox on which three parsers of its From field agree (RFC 5322 3.6.2).

If two programs parse the field differently, one person is authenticated and another one is shown. So there is an author
only when our lenient parser, the standard library's, and a strict one find the same addr-spec. The strict one allows
RFC 5322 without obsolete forms, with leniency only in display names.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from email.utils import getaddresses

from relay.message.read.addresses import mailboxes, normalise
from relay.message.read.header_words import decoded, raw_text

MAX_FROM = 2048  # octets
_MOST = 8  # mailboxes in the field, all of them the same

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\x80-\U0010ffff]"
_IN_COMMENT = r"(?:[^()\\]++|\\.)"
for _ in range(3):  # levels of nested comments allowed
    _IN_COMMENT = rf"(?:[^()\\]++|\\.|\((?>{_IN_COMMENT}*)\))"
_COMMENT = rf"\((?>{_IN_COMMENT}*)\)"
_CFWS = rf"(?>(?:[ \t]++|{_COMMENT})*)"
_DOT_ATOM = rf"{_ATEXT}++(?>(?:\.{_ATEXT}++)*)"
# Unneeded quotes are harmless: with and without them it is the same local part (RFC 5321 4.1.2).
_LOCAL = rf"(?:({_DOT_ATOM})|\"([A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.\-]++)\")"
_SPEC = rf"{_CFWS}{_LOCAL}{_CFWS}@{_CFWS}({_DOT_ATOM}){_CFWS}"
# Unquoted dots are common in names ("Dr. J. Doe"), brackets in prefixes by gateways.
_NAME = rf"(?:{_ATEXT}++|[.\[\]]|\"(?>(?:[^\"\\]++|\\.)*)\"|[ \t]++|{_COMMENT})"
_NAMED = rf"(?>(?:(?>{_NAME}+),)*)(?>{_NAME}*)<{_SPEC}>{_CFWS}"
_MAILBOX = re.compile(rf"(?:{_NAMED}|{_SPEC}(?>(?:<{_SPEC}>{_CFWS})?))(?:[,;]?+[ \t]*+\Z|,)")

# A few plain words and an address: all three parsers read this the same way.
_PLAIN_WORD = rb"[A-Za-z0-9]++"
_PLAIN_NAME = rb"%s(?>(?: %s)*)" % (_PLAIN_WORD, _PLAIN_WORD)
_PLAIN_SPEC = rb"[A-Za-z0-9_]++(?>(?:[.+_-][A-Za-z0-9_]++)*)@[A-Za-z0-9-]++(?>(?:\.[A-Za-z0-9-]++)*)"
_PLAIN = re.compile(rb"(?:%s|\"%s\") <(%s)>|(%s)" % (_PLAIN_NAME, _PLAIN_NAME, _PLAIN_SPEC, _PLAIN_SPEC))

_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_QUOTED = re.compile(r"\"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]++)\"(?=@)")
_NO_WORD = r"""\s<>@,;:()"\[\]\\'"""
_ADDRESS_LIKE = re.compile(rf"(?<![^{_NO_WORD}])[^{_NO_WORD}]++@[^.{_NO_WORD}]++\.[^{_NO_WORD}]++")
_AS_EVER = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}
"""Newer versions of the library split mailboxes at commas inside comments (CVE-2023-27043)."""


def author_of_from(value: bytes) -> str | None:
    """The normalised addr-spec of the one mailbox in a From field, which may occur there repeatedly. None when the
    field has more than MAX_FROM octets, names nobody or several, or when a parser finds another address or has to alter
    it."""
    if len(value) > MAX_FROM:
        return None
    if (plain := _PLAIN.fullmatch(value)) is not None:
        return _normal((plain[1] or plain[2]).decode("ascii")) or None
    return _agreed(value)


def _agreed(value: bytes) -> str | None:
    """The mailbox on which the three parsers agree."""
    text = raw_text(value).replace("\r\n", "").replace("\n", "")  # RFC 5322 2.2.3
    specs = _strictly(text) if not _CONTROLS.search(text) else []
    named = {_normal(f"{local}@{domain}") for local, domain in specs}
    if len(named) != 1 or not all(_as_written(part, value) for spec in specs for part in spec):
        return None
    if named != set(mailboxes(text)) or named != _by_the_library(text) or not _hidden_in_words(text) <= named:
        return None
    return named.pop() or None


def _strictly(text: str) -> list[tuple[str, str]]:
    """The local parts and domains of a mailbox-list (RFC 5322 3.4); [] when it is invalid. A display name may contain
    commas ("Doe, Jane <jane@example.org>"), and may be the addr-spec itself."""
    specs: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        mailbox = _MAILBOX.match(text, at)
        if mailbox is None or len(specs) > _MOST:
            return []
        at, parts = mailbox.end(), mailbox.groups()
        specs += [(plain or quoted, domain) for plain, quoted, domain in zip(*[iter(parts)] * 3, strict=True) if domain]
    return specs


def _as_written(part: str, value: bytes) -> bool:
    """Whether the local part or domain occurs in the field exactly as parsed: nothing repaired, nothing to
    normalise."""
    return part.isascii() or (part.encode() in value and unicodedata.is_normalized("NFC", part))


def _by_the_library(text: str) -> set[str]:
    """The addr-specs that Python's email package finds."""
    return {_normal(_QUOTED.sub(r"\1", spec)) for _, spec in getaddresses([text], **_AS_EVER) if "@" in spec}


def _hidden_in_words(text: str) -> set[str]:
    """Addresses visible only to programs that decode encoded words before they parse mailboxes, which RFC 2047 6.2
    forbids."""
    if "=?" not in text:
        return set()
    shown = set(_ADDRESS_LIKE.findall(decoded(text.encode("utf-8", "replace"))))
    return {_normal(address) for address in shown.difference(_ADDRESS_LIKE.findall(text))}


def _normal(spec: str) -> str:
    try:
        return normalise(spec)
    except ValueError:
        return ""
