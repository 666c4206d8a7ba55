"""Reads the script of a rehearsal: who does what and when, one JSON object a line (docs/cli.md)."""

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
LAST_QUESTION, LAST_CONVERSATION = "question:LAST", "conversation:LAST"


@dataclass(frozen=True, slots=True)
class Letter:
    """``sender`` writes a letter to ``to``: an address, "alias:PAIR:SIDE", LAST_QUESTION or LAST_CONVERSATION.

    ``content`` is a whole mail; None when ``subject`` and ``text`` are given. ``proven``: the author counts as proven.
    """

    sender: str
    to: str
    subject: str = ""
    text: str = ""
    content: bytes | None = None
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Bounce:
    """The newest letter sent to ``address`` bounces with ``status`` (RFC 3463)."""

    address: str
    status: str


@dataclass(frozen=True, slots=True)
class Command:
    """An operator runs ``relay`` with these arguments."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Line ``number`` of the script: the ``action`` at ``at`` (aware UTC)."""

    number: int
    at: datetime
    action: Letter | Bounce | Command


class ScriptError(Exception):
    """A script cannot be carried out. ``faults`` are messages for the operator, each with the line number."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_script(file: Path, start: datetime) -> list[Entry]:
    """The entries of a script, in order of time. Raises ScriptError with all errors at once, OSError."""
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
    kinds: dict[str, Callable[[], Letter | Bounce | Command]] = {
        "from": lambda: _letter(table, folder),
        "bounce": lambda: _bounce(table),
        "run": lambda: _command(table),
    }
    found = [read for key, read in kinds.items() if key in table]
    if len(found) != 1:
        raise ValueError('it needs one of "from", "bounce" and "run"')
    action = found[0]()
    if table:
        raise ValueError(f"it has unknown keys: {', '.join(sorted(table))}")
    return Entry(number, at, action)


def _letter(table: dict[str, object], folder: Path) -> Letter:
    sender, to = _text(table, "from"), _text(table, "to")
    if not _ADDRESS.fullmatch(sender):
        raise ValueError(f"{sender!r} is no address")
    if to not in (LAST_QUESTION, LAST_CONVERSATION) and not (_ALIAS.fullmatch(to) or _ADDRESS.fullmatch(to)):
        others = f"alias:PAIR:mentor, alias:PAIR:mentee, {LAST_QUESTION} or {LAST_CONVERSATION}"
        raise ValueError(f"{to!r} is no address; write one, {others}")
    proven = table.pop("proven", True)
    if not isinstance(proven, bool):
        raise ValueError('"proven" must be true or false')
    if "eml" in table:
        return Letter(sender, to, content=(folder / _text(table, "eml")).read_bytes(), proven=proven)
    return Letter(sender, to, _text(table, "subject", ""), _text(table, "text", ""), proven=proven)


def _bounce(table: dict[str, object]) -> Bounce:
    address, status = _text(table, "bounce"), _text(table, "status")
    if not _STATUS.fullmatch(status):
        raise ValueError(f"{status!r} is no status such as 5.1.1")
    return Bounce(address.lower(), status)


def _command(table: dict[str, object]) -> Command:
    arguments = table.pop("run")
    if not isinstance(arguments, list) or not arguments or not all(isinstance(one, str) for one in arguments):
        raise ValueError('"run" must be a list of strings, such as ["pair", "pause", "k7f3q2", "--yes"]')
    return Command(tuple(arguments))


def _text(table: dict[str, object], key: str, default: str | None = None) -> str:
    value = table.pop(key, default)
    if not isinstance(value, str):
        raise ValueError(f'"{key}" is missing or is not a string')
    return value
