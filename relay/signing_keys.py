"""Which DKIM keys sign, which come next, and which signed lately: the file keys/dkim.json, written by a change of keys.

Without the file the selectors of relay.toml sign. With it they stand for those that took their place, until somebody
changes them in relay.toml.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime

Selectors = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OldKey:
    """A key that signed until ``since``. What it signed may still be on its way, so ``record``, the text of its TXT
    record, must stand in DNS ``until`` then."""

    selector: str
    record: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """``configured`` are the selectors of relay.toml; ``signing`` sign; ``coming`` will, once their records stand in
    DNS; ``old`` signed before."""

    configured: Selectors
    signing: Selectors
    coming: Selectors = ()
    old: tuple[OldKey, ...] = ()


def read(text: str, configured: Selectors) -> SigningKeys:
    """The keys that ``text`` tells of. Raises ValueError when it is not as ``written`` writes it."""
    try:
        told = json.loads(text)
        old = tuple(
            OldKey(
                str(one["selector"]),
                str(one["record"]),
                datetime.fromisoformat(one["since"]),
                datetime.fromisoformat(one["until"]),
            )
            for one in told["old"]
        )
        if tuple(told["configured"]) != configured:
            return SigningKeys(configured, configured, (), old)
        return SigningKeys(configured, tuple(map(str, told["signing"])), tuple(map(str, told["coming"])), old)
    except (KeyError, TypeError) as error:
        raise ValueError("this tells of no DKIM keys") from error


def written(keys: SigningKeys) -> str:
    """What ``read`` reads."""
    return json.dumps(dataclasses.asdict(keys), default=datetime.isoformat, indent=1) + "\n"
