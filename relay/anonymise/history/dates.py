"""Words in dates in many languages (dates.toml, calendars.toml): months, days, parts of the day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from relay.anonymise.names.fold import skeleton_of


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _folded(several: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip(".:׳'’") for words in several for word in skeleton_of(words).split())


_GREGORIAN = _table("dates.toml")
_OTHER = _table("calendars.toml")

DATE_WORDS = _folded(
    words
    for table in (_GREGORIAN["words"], _GREGORIAN["more"], _OTHER["months"], _OTHER["eras"])
    for words in table.values()
)
"""Months, days, parts of the day and eras, folded, without the dots of abbreviations."""

YEAR_OF_ERA = re.compile(
    rf"(?:{'|'.join(map(re.escape, _OTHER['eras']['few_digits'].split()))})[ ]?(?:\d{{1,3}}(?!\d)|元)"
    r"|תש[א-ת]{0,2}[\u05f4\"][א-ת]",
    re.IGNORECASE,
)
"""A year that has no four digits: 令和8, 民國115, תשפ״ו."""

AFTER_A_TIME = _folded(_GREGORIAN["behind"].values())
"""Words that may follow the last number of a date and belong to it."""
