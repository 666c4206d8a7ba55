"""How relay writes to a member, as columns of their row: language, time zone, discreet."""

from __future__ import annotations

from dataclasses import dataclass

from relay.model import Manner, Side
from relay.store.engine.database import Database
from relay.store.signing_again import SignAgain
from relay.vault import Vault

ONE_COLUMN = "language || ' ' || time_zone || ' ' || discreet"
"""The columns of ``member`` as one value, for ``read_manner``."""
_SAID = {"on": True, "off": False}


def stored(manner: Manner) -> tuple[str, str, str]:
    """The values of the columns language, time_zone and discreet; "" stands for what nobody has said."""
    discreet = "" if manner.discreet is None else "on" if manner.discreet else "off"
    return manner.language, manner.time_zone, discreet


def read_manner(value: str) -> Manner:
    """The manner of a row with ONE_COLUMN."""
    language, time_zone, discreet = value.split(" ")
    return Manner(language, time_zone, _SAID.get(discreet))


def joined(before: Manner, given: Manner) -> Manner:
    """``before`` with what ``given`` says."""
    discreet = before.discreet if given.discreet is None else given.discreet
    return Manner(given.language or before.language, given.time_zone or before.time_zone, discreet)


@dataclass(frozen=True, slots=True)
class TimeZoneGiven:
    """The member on ``side`` of a pair says where their clock is: a Change (changes.py)."""

    pair_id: str
    side: Side
    time_zone: str

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Write it."""
        whose = f"SELECT {self.side.value} FROM pair WHERE id = ?"  # noqa: S608 -- mentor or mentee
        sql = f"UPDATE member SET time_zone = ? WHERE number = ({whose})"  # noqa: S608
        db.execute(sql, (self.time_zone, self.pair_id))
