"""MTA-STS (RFC 8461): what a domain's TXT record and policy file say. Pure."""

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
    """The file is not a policy; the domain has none then."""


class Mode(StrEnum):
    """What is to be done about a server that does not meet the policy: nothing is sent to it; it is sent to, and the
    fault noted; there is no policy."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """A domain's policy: ``mx`` are the patterns that its servers' names match, in lower case."""

    mode: Mode
    max_age: timedelta
    mx: frozenset[str]

    def allows(self, host: str) -> bool:
        """Whether the policy names the server ``host`` (A-labels). "*." stands for one label (RFC 8461 4.1)."""
        host = host.lower()
        label, _, rest = host.partition(".")
        return host in self.mx or (bool(label and rest) and f"*.{rest}" in self.mx)


def policy_id(records: Sequence[str]) -> str:
    """The id of the policy that the TXT records at _mta-sts.DOMAIN announce; "" when they announce none, or more than
    one (RFC 8461 3.1)."""
    ours = [record for record in records if _fields(record)[0] == f"v={_VERSION}"]
    if len(ours) != 1:
        return ""
    ids = [field.removeprefix("id=") for field in _fields(ours[0]) if field.startswith("id=")]
    return ids[0] if ids and _ID.fullmatch(ids[0]) else ""


def read_policy(text: str) -> Policy:
    """The policy that a file says (RFC 8461 3.2); of a field that stands there twice the first counts, and fields that
    are not known are ignored. Raises NotAPolicy."""
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
