"""Finds the author's time zone in the text of calendar invitations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relay.anonymise.identities import Finding

_CALENDAR = re.compile(r"https?://(?:calendar\.google\.com|(?:www\.)?google\.com/calendar|calendar\.app\.google)", re.I)
_ZONE = re.compile(r"[?&](?:ctz|stz|etz)=[\w%/+.~-]{1,60}")
# Below the line with the hours there is one like "Central European Time - Berlin", in the reader's language.
_HOURS = re.compile(r"^.{0,80}\d{1,2}[:.h]?\d{0,2}\s?(?:[ap]\.?m\.?)?\s?[–-]\s?\d{1,2}.{0,40}$", re.MULTILINE | re.I)
_PLACE = re.compile(r"\n(?:\(?[^\W\d][^\n\d⋅:@]{3,60}\)? [-–] [^\W\d][^\n\d⋅:@,.]{2,30})(?=\n|\Z)")


# A zone of Windows, as Outlook writes it into invitations and receipts: "(UTC+01:00) Amsterdam, Berlin, Bern, Rome".
_CITY = r"[^\W\d_a-zà-ÿ][^\W\d_]{1,20}(?:[ .'’-]{1,2}[^\W\d_a-zà-ÿ][^\W\d_]{0,20}){0,3}\.?"
_WINDOWS = re.compile(rf"(?P<offset>[ \t]?\((?:UTC|GMT)(?:[+−-]\d\d:\d\d)?\)) {_CITY}(?:, {_CITY}){{1,8}}(?<!\.)")
_RANGE = re.compile(r"\d\s?(?:[ap]\.?m\.?)?\s?[-–]\s?\d{1,2}[:.h]\d\d\s?(?:[ap]\.?m\.?)?\Z", re.IGNORECASE)


def find(text: str) -> list[Finding]:
    """The time zones in an invitation's text, in order: those of Windows, and in a text with a link to a calendar
    others."""
    found = list(_of_windows(text)) if "(UTC" in text or "(GMT" in text else []
    if "calendar" in text and _CALENDAR.search(text):
        found = [*found, *_in_links(text), *_in_words(text)]
    return sorted(found, key=lambda finding: finding.start)


def _of_windows(text: str) -> Iterator[Finding]:
    """Hours of a meeting keep their offset, without which nobody knows when it is."""
    for zone in _WINDOWS.finditer(text):
        meeting = _RANGE.search(text, max(0, zone.start() - 30), zone.start())
        yield Finding(zone.end("offset") if meeting else zone.start(), zone.end(), "", "calendar")


def _in_links(text: str) -> Iterator[Finding]:
    for zone in _ZONE.finditer(text):
        # The first parameter leaves its "?" for the next.
        keep = zone[0].startswith("?") and text[zone.end() : zone.end() + 1] == "&"
        yield Finding(zone.start() + keep, zone.end() + keep, "", "tracking")


def _in_words(text: str) -> Iterator[Finding]:
    for hours in _HOURS.finditer(text):
        place = _PLACE.match(text, hours.end())
        if place:
            yield Finding(*place.span(), "", "calendar")
