"""What a domain asks for under _dmarc, and which domains belong together (RFC 7489). Pure.

Its p= does not matter here: to write to a member is a thing to be proven, whatever a domain asks others to do with what
is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from publicsuffixlist import PublicSuffixList

Organisation = Callable[[str], str]
"""From a domain to its organisational domain (RFC 7489 3.2): ``mail.example.co.uk`` to ``example.co.uk``."""

_LONGEST_DOMAIN = 253  # RFC 1035 2.3.4


class Published(StrEnum):
    """Whether a record is there."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dmarc:
    """The record in force for a domain. Strict: only the very same domain counts, not one of the same organisation."""

    published: Published = Published.NO
    strict_dkim: bool = False
    strict_spf: bool = False


class Alignment(IntEnum):
    """How near the domain that was proven is to the one in From."""

    NONE = 0
    RELAXED = 1
    EXACT = 2


def organisations() -> Organisation:
    """The organisational domain of a domain, by the public suffix list that comes with the library; of what is a public
    suffix itself, the same."""
    suffixes = PublicSuffixList()
    # The library takes time quadratic in the number of labels.
    return lambda domain: (suffixes.privatesuffix(domain) or domain) if len(domain) <= _LONGEST_DOMAIN else domain


def read_dmarc(records: Sequence[str]) -> Dmarc:
    """From the TXT ``records`` of one name. Several, or one that is no DMARC record, are as good as none
    (RFC 7489 6.6.3)."""
    ours = [record for record in records if record.partition(";")[0].replace(" ", "").rstrip("\t") == "v=DMARC1"]
    if len(ours) != 1:
        return Dmarc()
    said = dict(_pair(item) for item in ours[0].split(";"))
    return Dmarc(Published.YES, said.get("adkim") == "s", said.get("aspf") == "s")


def alignment(domain: str, author_domain: str, organisation: Organisation) -> Alignment:
    """Both lower case, as A-labels (RFC 7489 3.1)."""
    if domain == author_domain:
        return Alignment.EXACT
    if domain and organisation(domain) == organisation(author_domain):
        return Alignment.RELAXED
    return Alignment.NONE


def _pair(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name.strip().lower(), value.strip().lower()
