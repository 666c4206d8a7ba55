"""A phrase with a place for a name: "Dear …", "… here", "my name is …"."""

from __future__ import annotations

from typing import NamedTuple

from relay.anonymise.names.fold import skeleton_of

PLACE = "…"


class Phrase(NamedTuple):
    """The text ``before`` and ``behind`` the name, folded, runs of blanks as one; "" when there is none."""

    before: str
    behind: str


def phrase(text: str) -> Phrase:
    """Parse a phrase. Raises ValueError when it has no place, more than one, or nothing beside it."""
    before, place, behind = text.partition(PLACE)
    if not place or PLACE in behind or not (before.strip() or behind.strip()):
        raise ValueError(f"a phrase needs one {PLACE} and words beside it: {text!r}")
    return Phrase(_folded(before), _folded(behind))


def _folded(text: str) -> str:
    """Folded; a blank next to the place is kept: it must be there."""
    return " ".join(skeleton_of(text).split(" "))
