"""The long names of time zones, in the languages that have them in zone_names.toml: "Mitteleuropäische Normalzeit"."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files


def _pattern() -> str:
    table = tomllib.loads(files(__package__).joinpath("zone_names.toml").read_text("utf-8"))
    names = {form.format(area) for one in table.values() for area in one["areas"] for form in one["forms"]}
    return "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))


LONG_NAMES = rf"(?<![^\W\d_])(?:{_pattern()})(?![A-Za-zÀ-ɏЀ-ӿ])"
"""A pattern for one of them, the longest first; any case."""
