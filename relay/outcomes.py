"""How a try to deliver ended, in the words the queue, the sender and the store share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """The next server took responsibility."""

    status: str = "250"


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: try again. ``status`` is code and enhanced status only, never the far side's words."""

    status: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Never: the author must hear. ``status`` is code and enhanced status only."""

    status: str


Outcome = Sent | Deferred | Failed
