"""A finding of relay check: what is so, how bad it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is. An ERROR makes relay check exit with 1."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about a relay. ``remedy`` is what the operator does about it, "" for nothing."""

    level: Level
    what: str
    remedy: str = ""


def fine(what: str) -> Finding:
    """A finding that needs no action."""
    return Finding(Level.OK, what)


def warn(what: str, remedy: str) -> Finding:
    """A finding about something that works, but should be changed."""
    return Finding(Level.WARNING, what, remedy)


def wrong(what: str, remedy: str) -> Finding:
    """A finding about something that does not work, or must not stay as it is."""
    return Finding(Level.ERROR, what, remedy)


def sound(findings: Iterable[Finding]) -> bool:
    """Whether none of them is an error."""
    return all(finding.level is not Level.ERROR for finding in findings)
