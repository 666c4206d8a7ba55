"""What looking a relay over finds, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this relay; ``remedy`` is what to do, "" when nothing has to be done."""

    level: Level
    what: str
    remedy: str = ""


def fine(what: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.OK, what)


def warn(what: str, remedy: str) -> Finding:
    """It works, and should be better."""
    return Finding(Level.WARNING, what, remedy)


def wrong(what: str, remedy: str) -> Finding:
    """It does not work, or must not go on."""
    return Finding(Level.ERROR, what, remedy)


def sound(findings: Iterable[Finding]) -> bool:
    """Whether none of them is an error."""
    return all(finding.level is not Level.ERROR for finding in findings)
