"""Prints results: a table on a terminal, tab-separated fields in a pipe, JSON with --json."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from relay.cli.table import table


def say(line: str) -> None:
    """Print a line for the operator on standard error; on a terminal a sentence is broken between words. Commands,
    which are indented, stay whole, so that they can be copied."""
    width = shutil.get_terminal_size().columns
    if sys.stderr.isatty() and not line.startswith(" ") and len(line) > width:
        columns = max(40, width)
        line = textwrap.fill(line, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    click.echo(line, err=True)


def may_style() -> bool:
    """Whether a terminal understands colours and bold, and nobody objects (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in ("dumb", "unknown")


def print_json(value: object) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_rows(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print rows: an aligned table on a terminal, as wide as it, else tab-separated fields without headings.

    On a terminal, columns without a value are left out, long values go on in the next line, and times are short.
    Without rows, ``empty`` is printed on standard error, on a terminal only.
    """
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(map(_cell, row)))
        return
    cells = [[_cell(_short(value) if any(headings) else value) for value in row] for row in rows]
    if not cells:
        say(empty)
        return
    for number, line in enumerate(table(headings, cells, shutil.get_terminal_size().columns)):
        click.echo(emphasised(line) if number == 0 and any(headings) else line)


def print_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Print the facts about one thing, a name and a value on each line; on a terminal only those with a value."""
    shown = [fact for fact in facts if fact[1] not in (None, "")] if sys.stdout.isatty() else facts
    print_rows(("", ""), shown, "")


def emphasised(text: str) -> str:
    """The text in bold on a terminal."""
    return click.style(text, bold=True) if sys.stdout.isatty() and may_style() else text


def _short(value: object) -> object:
    """A time as ls shows it, in UTC: 20 Nov 12:00 within half a year, else 20 Nov 2025."""
    if not isinstance(value, datetime):
        return value
    near = abs(datetime.now(UTC) - value) < timedelta(days=183)
    return value.astimezone(UTC).strftime("%d %b %H:%M" if near else "%d %b %Y")


def _cell(value: object) -> str:
    """A value as one line without control characters, so that a name cannot move the terminal's cursor."""
    if value is None:
        return ""
    text = _time(value) if isinstance(value, datetime) else _span(value) if isinstance(value, timedelta) else str(value)
    return "".join(char if unicodedata.category(char) != "Cc" else " " for char in text)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(length: timedelta) -> str:
    """A length of time as it is written in relay.toml: 15s, 10m, 1h."""
    seconds = round(length.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _plain(value: Any) -> object:  # called by json.dumps for what is not a JSON type
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, datetime):
        return _time(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
