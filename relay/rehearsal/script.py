"""The script of a rehearsal: who does what and when, one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from relay.rehearsal.clock import parse_time

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_ALIAS = re.compile(r"alias:[^:]+:(?:mentor|mentee)")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
LAST_QUESTION = "question:LAST"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter ``sender`` writes to ``to``: an address, "alias:PAIR:SIDE" or LAST_QUESTION. ``content`` are the octets
    of a whole mail, None when it has ``subject`` and ``text``. ``proven``: it counts as its author's."""

    sender: str
    to: str
    subject: str = ""
    text: str = ""
    content: bytes | None = None
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Bounced:
    """The newest letter to ``address`` comes back with ``status`` (RFC 3463)."""

    address: str
    status: str


@dataclass(frozen=True, slots=True)
class Typed:
    """An operator's command: the words behind ``relay``."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What happens at ``at`` (aware UTC), from line ``number`` of the script."""

    number: int
    at: datetime
    act: Written | Bounced | Typed


class ScriptError(Exception):
    """A script that cannot be played; ``faults`` are lines for people, each with the number of the script's line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_script(file: Path, start: datetime) -> list[Entry]:
    """Every entry, in order of time. Raises ScriptError with all faults at once, OSError when it cannot be read."""
    entries: list[Entry] = []
    faults: list[str] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = _entry(number, line, start, file.parent)
            if entry.at < max([start, *(one.at for one in entries[-1:])]):
                raise ValueError("its time is before the start, or before the line above")
            entries.append(entry)
        except (ValueError, OSError) as error:
            faults.append(f"line {number}: {error}")
    if faults:
        raise ScriptError(faults)
    return entries


def _entry(number: int, line: str, start: datetime, folder: Path) -> Entry:
    try:
        table = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(table, dict):
        raise ValueError("it is no JSON object")
    at = parse_time(_text(table, "at"), start)
    kinds: dict[str, Callable[[], Written | Bounced | Typed]] = {
        "from": lambda: _written(table, folder),
        "bounce": lambda: _bounced(table),
        "run": lambda: _typed(table),
    }
    found = [read for key, read in kinds.items() if key in table]
    if len(found) != 1:
        raise ValueError('it needs one of "from", "bounce" and "run"')
    act = found[0]()
    if table:
        raise ValueError(f"it has keys that are not known: {', '.join(sorted(table))}")
    return Entry(number, at, act)


def _written(table: dict[str, object], folder: Path) -> Written:
    sender, to = _text(table, "from"), _text(table, "to")
    if not _ADDRESS.fullmatch(sender):
        raise ValueError(f"{sender!r} is no address")
    if to != LAST_QUESTION and not (_ALIAS.fullmatch(to) or _ADDRESS.fullmatch(to)):
        raise ValueError(f"{to!r} is no address, no alias:PAIR:mentor or alias:PAIR:mentee, and not {LAST_QUESTION}")
    proven = table.pop("proven", True)
    if not isinstance(proven, bool):
        raise ValueError('"proven" is true or false')
    if "eml" in table:
        return Written(sender, to, content=(folder / _text(table, "eml")).read_bytes(), proven=proven)
    return Written(sender, to, _text(table, "subject", ""), _text(table, "text", ""), proven=proven)


def _bounced(table: dict[str, object]) -> Bounced:
    address, status = _text(table, "bounce"), _text(table, "status")
    if not _STATUS.fullmatch(status):
        raise ValueError(f"{status!r} is no status such as 5.1.1")
    return Bounced(address.lower(), status)


def _typed(table: dict[str, object]) -> Typed:
    words = table.pop("run")
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise ValueError('"run" is a list of words, such as ["pair", "pause", "k7f3q2", "--yes"]')
    return Typed(tuple(words))


def _text(table: dict[str, object], key: str, default: str | None = None) -> str:
    value = table.pop(key, default)
    if not isinstance(value, str):
        raise ValueError(f'"{key}" is missing, or no text')
    return value
