"""Words of attributions ("On … wrote:") in many languages, by their role (words.toml)."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

from relay.anonymise.names.fold import skeleton_of

SOMEBODY = "…"
"""Stands for a person whose identity must not be shown."""

_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))


def _folded(words: str) -> frozenset[str]:
    return frozenset(skeleton_of(words).split())


class Row(NamedTuple):
    """The words of one language, folded. ``beside`` are auxiliaries of a verb, ``before`` stand right before a name.
    ``written`` are the verbs with their accents: Polish and Slovak verbs differ only by them."""

    written: frozenset[str]
    verbs: frozenset[str]
    beside: frozenset[str]
    dates: frozenset[str]
    before: frozenset[str]

    @classmethod
    def of(cls, row: str) -> Row:
        """Parse a row of the table."""
        several = row.split("|")
        return cls(frozenset(several[0].split()), *map(_folded, several))


ROWS: dict[str, Row] = {language: Row.of(row) for language, row in _TABLE["rows"].items()}
"""The words of each language (BCP 47)."""

VERBS: dict[str, frozenset[str]] = {
    verb: frozenset[str]().union(*(row.beside for row in ROWS.values() if verb in row.verbs))
    for each in ROWS.values()
    for verb in each.verbs
}
"""Each verb that means "wrote", folded, and its auxiliaries."""

ONLY_LAST = _folded(_TABLE["only_last"])
"""Verbs that never precede the name, folded."""

IN_DATES = frozenset[str]().union(*(row.dates for row in ROWS.values()))
"""Small words before and between the numbers of a date, folded."""

BEFORE_NAMES = frozenset[str]().union(*(row.before for row in ROWS.values()))
"""Words right before the name ("пользователь", "מאת"), folded."""

I_WROTE = _folded(_TABLE["pronouns"]["i"])
"""Pronouns for the writer of the letter."""

YOU_WROTE = _folded(_TABLE["pronouns"]["you"])
"""Pronouns for its reader."""

PRONOUNS = I_WROTE | YOU_WROTE | _folded(_TABLE["pronouns"]["others"])
"""Pronouns and other words in place of a name. They identify nobody."""

GLUED = _TABLE["glued"].split()
"""Words that Chinese, Japanese and Korean write without a blank behind the word before, in the order of trial."""
