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


def find(text: str) -> list[Finding]:
    """The time zones in an invitation's text, in order; none in a text without a link to a calendar."""
    if "calendar" not in text or not _CALENDAR.search(text):
        return []
    return sorted((*_in_links(text), *_in_words(text)), key=lambda finding: finding.start)


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
