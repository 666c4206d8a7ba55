"""The letters there are: for each its name, who gets it, when, and sample values (templates/catalogue.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from relay.shipped import shipped

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter. ``to`` is "member" or "operator"; ``when`` a sentence; ``mark`` ends the id of a letter about another
    letter, "" when it is about none. ``samples`` hold all its values, once for each form that it takes."""

    name: str
    to: str
    when: str
    mark: str
    samples: tuple[Values, ...]

    @property
    def asks(self) -> bool:
        """Whether it is a question, which carries a code."""
        return "code" in self.samples[0]


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Entry]:
    """Every letter by its name, in the order of the file."""
    file = tomllib.loads((shipped("templates") / "catalogue.toml").read_text("utf-8"))
    common = file["common"]
    return {name: _entry(name, told, common[told["to"]]) for name, told in file["letter"].items()}


def _entry(name: str, told: dict[str, object], common: dict[str, object]) -> Entry:
    values = {**common, **_table(told.get("values", {}))}
    others = told.get("also", [])
    assert isinstance(others, list)
    samples = (values, *({**values, **other} for other in others))
    return Entry(name, str(told["to"]), str(told["when"]), str(told.get("mark", "")), samples)


def _table(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
