"""A member chooses the language that relay writes to them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from relay.model import EventKind, MemberState
from relay.store.engine.database import Database
from relay.store.errors import StoreChanged
from relay.store.events import record
from relay.store.people.moves import of_member
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_SET = "UPDATE member SET language = ? WHERE number = ? AND state <> ?"


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The member with this number chooses a ``language`` (BCP 47)."""

    member: int
    language: str
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Set it. Raises StoreChanged when they were forgotten meanwhile."""
        if db.execute(_SET, (self.language, self.member, MemberState.FORGOTTEN.value)).rowcount != 1:
            raise StoreChanged("the member was forgotten meanwhile")
        record(db, vault, [of_member(db, EventKind.LANGUAGE, self.member, self.now, to=self.language)])
