"""Prints results: a table on a terminal, tab-separated fields in a pipe, JSON with --json."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click


def say(message: str) -> None:
    """Print a message for the operator on standard error."""
    click.echo(message, err=True)


def print_json(value: object) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_rows(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print rows: an aligned table on a terminal, else tab-separated fields without headings.

    Without rows, ``empty`` is printed on standard error, on a terminal only.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            click.echo("\t".join(row))
        return
    if not cells:
        say(empty)
        return
    widths = [max(map(_width, column)) for column in zip(headings, *cells, strict=True)]
    click.echo(emphasised(_line(headings, widths)))
    for row in cells:
        click.echo(_line(row, widths))


def print_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Print the facts about one thing, a name and a value on each line."""
    print_rows(("", ""), facts, "")


def emphasised(text: str) -> str:
    """The text in bold on a terminal, unless NO_COLOR is set (no-color.org)."""
    return click.style(text, bold=True) if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else text


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _cell(value: object) -> str:
    """A value as one line without control characters, so that a name cannot move the terminal's cursor."""
    if value is None:
        return ""
    text = _time(value) if isinstance(value, datetime) else str(value)
    return "".join(char if unicodedata.category(char) != "Cc" else " " for char in text)


def _width(text: str) -> int:
    """Columns that a text takes on a terminal (Unicode Standard Annex 11)."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: Any) -> object:  # called by json.dumps for what is not a JSON type
    if isinstance(value, datetime):
        return _time(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
