"""A phrase with a place for a name in it: "Dear …", "… here", "my name is …"."""

from __future__ import annotations

from typing import NamedTuple

from relay.anonymise.names.fold import skeleton_of

PLACE = "…"


class Phrase(NamedTuple):
    """What stands ``before`` the name and ``behind`` it, folded, blanks counted as one; "" when nothing does."""

    before: str
    behind: str


def phrase(text: str) -> Phrase:
    """Read one. Raises ValueError when it has no place, or more than one, or nothing beside it."""
    before, place, behind = text.partition(PLACE)
    if not place or PLACE in behind or not (before.strip() or behind.strip()):
        raise ValueError(f"a phrase needs one {PLACE} and words beside it: {text!r}")
    return Phrase(_folded(before), _folded(behind))


def _folded(text: str) -> str:
    """Folded; a blank next to the place stays: it says that one has to be there."""
    return " ".join(skeleton_of(text).split(" "))
