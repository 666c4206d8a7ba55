"""Changes that a member's command makes, applied in the transaction that accepts the mail it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.model import Event
from relay.store.engine.database import Database
from relay.store.events import record
from relay.store.signing_again import SignAgain
from relay.vault import Vault


class Change(Protocol):
    """One change of the database. It was decided by what was read before; when that has changed meanwhile, ``apply``
    raises StoreChanged, and nothing of the mail is accepted: it is decided again."""

    def apply(self, db: Database, vault: Vault, sign: SignAgain) -> None:
        """Carry it out. Raises StoreError, MoveError."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Records events."""

    events: Sequence[Event]

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Record them."""
        record(db, vault, list(self.events))
