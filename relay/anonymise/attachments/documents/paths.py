"""Finds file paths on a computer or network: they name users, owners or servers."""

from __future__ import annotations

import re

# file: URLs, drive letters, network shares, home directories. Bounded, without nesting: linear.
_PLACE = re.compile(
    r"file:[/\\][^\s\"'<>#|]{0,1000}"
    r"|(?<![A-Za-z0-9])[A-Za-z]:\\[^\"'<>|\[\]\n#]{0,1000}"
    r"|\\\\[A-Za-z0-9][^\"'<>|\[\]\n#]{1,1000}"
    r"|(?<![\w.:/])/(?:home|Users|Volumes|root|private|mnt|media|tmp|var)/[^\"'<>|\[\]\n#]{1,1000}",
    re.IGNORECASE,
)


def holds_place(text: str) -> bool:
    """Whether the text contains a file path."""
    return ("\\" in text or "/" in text) and _PLACE.search(text) is not None


def without_places(text: str, replacement: str = "") -> str:
    """The text with each file path replaced."""
    return _PLACE.sub(lambda _: replacement, text) if "\\" in text or "/" in text else text
