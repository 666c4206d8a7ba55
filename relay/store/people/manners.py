"""How relay writes to a member, as columns of their row: language, time zone, discreet."""

from __future__ import annotations

from relay.model import Manner

MANNER_COLUMNS = "language, time_zone, discreet"
"""Columns of ``member`` from which ``stored`` comes."""
ONE_COLUMN = "language || ' ' || time_zone || ' ' || discreet"
"""The same as one value, for ``read_manner``."""
_SAID = {"on": True, "off": False}


def stored(manner: Manner) -> tuple[str, str, str]:
    """The values of MANNER_COLUMNS; "" stands for what nobody has said."""
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
