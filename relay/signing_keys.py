"""The current, next and previous DKIM keys: the file keys/dkim.json, written by relay dkim rotate.

Without the file the selectors in relay.toml sign. The file replaces them, until an operator changes them in relay.toml.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime

Selectors = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OldKey:
    """A key that signed until ``since``. Letters that it signed may still be on their way, so its TXT ``record`` must
    stay in DNS until ``until``."""

    selector: str
    record: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Selectors of DKIM keys. ``configured``: in relay.toml; ``signing``: in use; ``coming``: to be used once their
    records are in DNS; ``old``: used before."""

    configured: Selectors
    signing: Selectors
    coming: Selectors = ()
    old: tuple[OldKey, ...] = ()


def read(text: str, configured: Selectors) -> SigningKeys:
    """Parse the file's ``text``. Raises ValueError when it was not made by ``written``."""
    try:
        state = json.loads(text)
        old = tuple(
            OldKey(
                str(one["selector"]),
                str(one["record"]),
                datetime.fromisoformat(one["since"]),
                datetime.fromisoformat(one["until"]),
            )
            for one in state["old"]
        )
        if tuple(state["configured"]) != configured:
            return SigningKeys(configured, configured, (), old)
        return SigningKeys(configured, tuple(map(str, state["signing"])), tuple(map(str, state["coming"])), old)
    except (KeyError, TypeError) as error:
        raise ValueError("this is no list of DKIM keys") from error


def written(keys: SigningKeys) -> str:
    """The file's text for ``keys``; see ``read``."""
    return json.dumps(dataclasses.asdict(keys), default=datetime.isoformat, indent=1) + "\n"
