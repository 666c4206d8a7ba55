"""One step of relay quickstart: what it is about, whether it is done, the commands that do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """``done``: says whether nothing is to do. ``commands``: what ``act`` does, as a person would type it. ``act`` may
    raise StepError or OSError. ``by_hand``: why a person has to do it, "" when ``act`` does."""

    what: str
    done: Callable[[], bool]
    commands: tuple[str, ...]
    act: Callable[[], object]
    by_hand: str = ""
