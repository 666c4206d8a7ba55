"""The catalogue of relay's letters (templates/catalogue.toml): name, recipient, when it is sent, sample values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from relay.shipped import shipped

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter.

    ``to`` is "member" or "operator". ``when`` is a sentence. ``mark`` ends the id of a letter about another letter; ""
    if it is about none. Each of ``samples`` holds all values of the template, for one of the forms that the letter
    takes. ``unsubscribe``: whether it has List-Unsubscribe (RFC 2369). ``waits``: whether it keeps the quiet hours.
    """

    name: str
    to: str
    when: str
    mark: str
    samples: tuple[Values, ...]
    unsubscribe: bool = False
    waits: bool = False

    @property
    def asks(self) -> bool:
        """Whether it asks a question, which has a code."""
        return "code" in self.samples[0]


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Entry]:
    """Name → letter, in the order of the file."""
    file = tomllib.loads((shipped("templates") / "catalogue.toml").read_text("utf-8"))
    common = file["common"]
    return {name: _entry(name, table, common[table["to"]]) for name, table in file["letter"].items()}


def _entry(name: str, table: dict[str, object], common: dict[str, object]) -> Entry:
    values = {**common, **_table(table.get("values", {}))}
    others = table.get("also", [])
    assert isinstance(others, list)
    samples = (values, *({**values, **other} for other in others))
    return Entry(
        name,
        str(table["to"]),
        str(table["when"]),
        str(table.get("mark", "")),
        samples,
        table.get("unsubscribe") is True,
        table.get("waits") is True,
    )


def _table(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
