"""Finds the clock and the zone in the dates of git, which stand above a commit that somebody shows in a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.identities import Finding

_KIND = "quoted-header"
_ZONE = r"[ ][+-]\d{4}"
# "Date:   Tue Feb 3 21:14:05 2026 +0100", and with --date=iso and --date=rfc.
_DATED = re.compile(
    r"^[> \t|]{0,20}(?:Author|Commit|Tagger)?Date:[ \t]{1,4}"
    r"(?:[A-Z][a-z]{2}[ ][A-Z][a-z]{2}[ ]{1,2}\d{1,2}(?P<clock>[ ]\d\d:\d\d:\d\d)[ ]\d{4}"
    r"|(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2},[ ]\d{1,2}[ ][A-Z][a-z]{2}[ ]\d{4})(?P<clock2>[ ]\d\d:\d\d:\d\d))"
    rf"(?P<zone>{_ZONE})[ \t]*$",
    re.MULTILINE,
)
_ABOVE = re.compile(r"^[> \t|]{0,20}(?:Author|Commit|Tagger):[^\n]*\n\Z", re.MULTILINE)
_LONGEST = 300
# git blame: "3f2a1bc4 (Jane 2026-02-03 21:14:05 +0100 12) x = 1"
_BLAMED = re.compile(rf"[0-9]-\d\d(?P<clock>[ ]\d\d:\d\d:\d\d{_ZONE})(?=[ ]{{1,8}}\d{{1,6}}\))")


def find(text: str) -> list[Finding]:
    """The clock and zone of each date, in order; the day stays. Linear in the text."""
    found = list(_dated(text)) if "Date:" in text else []
    found += (Finding(*one.span("clock"), "", _KIND) for one in _BLAMED.finditer(text))
    return sorted(found, key=lambda finding: finding.start)


def _dated(text: str) -> Iterator[Finding]:
    for one in _DATED.finditer(text):
        if one["clock2"] and not _ABOVE.search(text, max(0, one.start() - _LONGEST), one.start()):
            continue  # other programs write such dates, too
        clock = "clock" if one["clock"] else "clock2"
        yield Finding(*one.span(clock), "", _KIND)
        yield Finding(*one.span("zone"), "", _KIND)
