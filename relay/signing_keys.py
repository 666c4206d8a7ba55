"""The current, next and previous DKIM keys: the file keys/dkim.json, written by relay dkim rotate.

There are two sets of keys, for two kinds of mail. Without the file the selectors in relay.toml sign. The file replaces
them, until an operator changes them in relay.toml.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Selectors = tuple[str, ...]


class Mail(StrEnum):
    """The kinds of mail, each signed with keys of its own."""

    RELAYED = "relayed"
    PROGRAMME = "programme"
    """What relay itself writes. Without keys of its own it is signed with those of relayed letters."""


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
    """Selectors of DKIM keys for one kind of mail. ``configured``: in relay.toml; ``signing``: in use, () while mail of
    the programme's has no keys of its own; ``coming``: to be used once their records are in DNS; ``old``: used before.
    """

    configured: Selectors
    signing: Selectors
    coming: Selectors = ()
    old: tuple[OldKey, ...] = ()

    @property
    def selectors(self) -> frozenset[str]:
        """Those that sign or will sign."""
        return frozenset((*self.signing, *self.coming))


def read(text: str, mail: Mail) -> SigningKeys | None:
    """The keys for ``mail`` in the file's ``text``; None when it says nothing about them. Raises ValueError when the
    text was not made by ``written``."""
    try:
        state = _part(json.loads(text), mail)
        if state is None:
            return None
        old = tuple(
            OldKey(
                str(one["selector"]),
                str(one["record"]),
                datetime.fromisoformat(one["since"]),
                datetime.fromisoformat(one["until"]),
            )
            for one in state["old"]
        )
        configured, signing, coming = (tuple(map(str, state[name])) for name in ("configured", "signing", "coming"))
        return SigningKeys(configured, signing, coming, old)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("this is no list of DKIM keys") from error


def written(keys: Mapping[Mail, SigningKeys]) -> str:
    """The file's text for ``keys``; see ``read``. Those for relayed letters are at the top of it, where a relay without
    keys for other mail looks for them."""
    top = {mail: dataclasses.asdict(one) for mail, one in keys.items()}
    state: dict[str, Any] = {**top.pop(Mail.RELAYED, {}), **{mail.value: part for mail, part in top.items()}}
    return json.dumps(state, default=datetime.isoformat, indent=1) + "\n"


def _part(state: dict[str, Any], mail: Mail) -> dict[str, Any] | None:
    """What the file holds about ``mail``."""
    if mail is not Mail.RELAYED:
        return state.get(mail)
    others = frozenset(Mail)
    return state if not state or state.keys() - others else None
