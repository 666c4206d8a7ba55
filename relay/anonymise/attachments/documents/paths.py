"""Finds the places of files on somebody's computer: they name its user, its owner or a network."""

from __future__ import annotations

import re

# file: addresses, drive letters, network shares, home folders. Bounded, without nesting: linear.
_PLACE = re.compile(
    r"file:[/\\][^\s\"'<>#|]{0,1000}"
    r"|(?<![A-Za-z0-9])[A-Za-z]:\\[^\"'<>|\[\]\n#]{0,1000}"
    r"|\\\\[A-Za-z0-9][^\"'<>|\[\]\n#]{1,1000}"
    r"|(?<![\w.:/])/(?:home|Users|Volumes|root|private|mnt|media|tmp|var)/[^\"'<>|\[\]\n#]{1,1000}",
    re.IGNORECASE,
)


def holds_place(text: str) -> bool:
    """Does the text hold the place of a file?"""
    return ("\\" in text or "/" in text) and _PLACE.search(text) is not None


def without_places(text: str, replacement: str = "") -> str:
    """The text with each such place replaced."""
    return _PLACE.sub(lambda _: replacement, text) if "\\" in text or "/" in text else text
