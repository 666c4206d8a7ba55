"""A command of the desk in a mail that was not sent to the desk: alone in a letter, or instead of an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from relay.inbound.arrived import Arrived
from relay.inbound.handled import Handled
from relay.model import Side


@dataclass(frozen=True, slots=True)
class Commanded:
    """The ``command`` of the member on ``side`` of a pair, who wrote from ``mailbox``."""

    command: str
    pair_id: str
    side: Side
    mailbox: str


CarryOut = Callable[[Arrived, str, Commanded], Awaitable[Handled]]
"""Carries out a command that arrived at an address (desk/elsewhere.py)."""
