"""DMARC records and domain alignment (RFC 7489). Pure.

The policy p= is not used: a letter to a member must be proven, whatever its domain asks receivers to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from publicsuffixlist import PublicSuffixList

Organisation = Callable[[str], str]
"""Maps a domain to its organisational domain (RFC 7489 3.2): ``mail.example.co.uk`` to ``example.co.uk``."""

_LONGEST_DOMAIN = 253  # RFC 1035 2.3.4


class Published(StrEnum):
    """Whether a record exists."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dmarc:
    """The record in force for a domain. Strict: only the same domain is aligned, not one of the same organisation."""

    published: Published = Published.NO
    strict_dkim: bool = False
    strict_spf: bool = False


class Alignment(IntEnum):
    """How closely the authenticated domain matches the domain in From."""

    NONE = 0
    RELAXED = 1
    EXACT = 2


def organisations() -> Organisation:
    """Organisational domains by the public suffix list that ships with the library; a public suffix maps to itself."""
    suffixes = PublicSuffixList()
    # The library takes time quadratic in the number of labels.
    return lambda domain: (suffixes.privatesuffix(domain) or domain) if len(domain) <= _LONGEST_DOMAIN else domain


def read_dmarc(records: Sequence[str]) -> Dmarc:
    """Parse the TXT ``records`` of one name. Several DMARC records count as none, like other records (RFC 7489
    6.6.3)."""
    ours = [record for record in records if record.partition(";")[0].replace(" ", "").rstrip("\t") == "v=DMARC1"]
    if len(ours) != 1:
        return Dmarc()
    parsed = dict(_pair(item) for item in ours[0].split(";"))
    return Dmarc(Published.YES, parsed.get("adkim") == "s", parsed.get("aspf") == "s")


def alignment(domain: str, author_domain: str, organisation: Organisation) -> Alignment:
    """The alignment of two domains, both lower case A-labels (RFC 7489 3.1)."""
    if domain == author_domain:
        return Alignment.EXACT
    if domain and organisation(domain) == organisation(author_domain):
        return Alignment.RELAXED
    return Alignment.NONE


def _pair(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name.strip().lower(), value.strip().lower()
