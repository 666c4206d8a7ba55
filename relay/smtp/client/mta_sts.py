"""MTA-STS (RFC 8461): parses a domain's TXT record and policy file. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_VERSION = "STSv1"
_ID = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)
_MAX_AGE = re.compile(r"[0-9]{1,10}", re.ASCII)
_PATTERN = re.compile(r"(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.ASCII)
_LONGEST = 31_557_600  # seconds, about a year (RFC 8461 3.2)


class NotAPolicy(Exception):  # noqa: N818
    """The file is not a valid policy; treat the domain as one without a policy."""


class Mode(StrEnum):
    """What to do with a server that does not meet the policy (RFC 8461 5): send nothing to it (``enforce``), send and
    log (``testing``). ``none``: the domain has no policy any more."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """A domain's policy. ``max_age`` is how long it is valid; ``mx`` are patterns for its servers' names, in lower
    case."""

    mode: Mode
    max_age: timedelta
    mx: frozenset[str]

    def allows(self, host: str) -> bool:
        """Whether the policy lists the server ``host`` (A-labels). "*." matches one label (RFC 8461 4.1)."""
        host = host.lower()
        label, _, rest = host.partition(".")
        return host in self.mx or (bool(label and rest) and f"*.{rest}" in self.mx)


def policy_id(records: Sequence[str]) -> str:
    """The policy id in the TXT records at _mta-sts.DOMAIN; "" when none of them, or more than one, announces a policy
    (RFC 8461 3.1)."""
    announcing = [record for record in records if _fields(record)[0] == f"v={_VERSION}"]
    if len(announcing) != 1:
        return ""
    ids = [field.removeprefix("id=") for field in _fields(announcing[0]) if field.startswith("id=")]
    return ids[0] if ids and _ID.fullmatch(ids[0]) else ""


def read_policy(text: str) -> Policy:
    """Parse a policy file (RFC 8461 3.2). When a field is repeated, the first one is used; unknown fields are ignored.
    Raises NotAPolicy."""
    values: dict[str, str] = {}
    patterns: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        if not colon:
            raise NotAPolicy
        if key.strip() == "mx":
            patterns.append(value.strip().rstrip(".").lower())
        values.setdefault(key.strip(), value.strip())
    mode, age = values.get("mode", ""), values.get("max_age", "")
    if values.get("version") != _VERSION or mode not in set(Mode) or not _MAX_AGE.fullmatch(age):
        raise NotAPolicy
    mx = frozenset(pattern for pattern in patterns if _PATTERN.fullmatch(pattern))
    if not mx and mode != Mode.NONE:
        raise NotAPolicy
    return Policy(Mode(mode), timedelta(seconds=min(int(age), _LONGEST)), mx)


def _fields(record: str) -> list[str]:
    return [field.strip(" \t") for field in record.split(";")]
