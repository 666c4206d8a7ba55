"""Finds the author's time zone in the text of calendar invitations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from relay.anonymise.any_case import holds_any, small
from relay.anonymise.identities import Finding
from relay.anonymise.moments import moment_in
from relay.anonymise.names.fold import skeleton_of
from relay.anonymise.zones import LABELS, LONG_NAMES, NAMED
from relay.message.clock import HALF, HAS_CLOCK, SEPARATORS

_CALENDAR = re.compile(
    r"⋅|https?://(?:meet\.google\.com|calendar\.google\.com|(?:www\.)?google\.com/calendar|calendar\.app\.google)", re.I
)
_ZONE = re.compile(r"[?&](?:ctz|stz|etz)=[\w%/+.~-]{1,60}")
_HALF = rf"(?:\s?{HALF}\.?)?"
# Below the line with the hours there is one like "Central European Time - Berlin", in the reader's language.
_HOURS = re.compile(rf"^.{{0,80}}\d{{1,2}}[{SEPARATORS}]?\d{{0,2}}{_HALF}\s?[–-]\s?\d{{1,2}}.{{0,40}}$", re.MULTILINE)
_PLACE = re.compile(r"\n(?:\(?[^\W\d][^\n\d⋅:@]{3,60}\)? [-–] [^\W\d][^\n\d⋅:@,.]{2,30})(?=\n|\Z)")


# A zone of Windows, as Outlook writes it into invitations and receipts: "(UTC+01:00) Amsterdam, Berlin, Bern, Rome".
_CITY = r"[^\W\d_a-zà-ÿ][^\W\d_]{1,20}(?:[ .'’-]{1,2}[^\W\d_a-zà-ÿ][^\W\d_]{0,20}){0,3}\.?"
_WINDOWS = re.compile(rf"(?P<offset>[ \t]?\((?:UTC|GMT)(?:[+−-]\d\d:\d\d)?\)) {_CITY}(?:, {_CITY}){{1,8}}(?<!\.)")
_RANGE = re.compile(rf"\d{_HALF}\s?[-–]\s?\d{{1,2}}[{SEPARATORS}]\d\d{_HALF}\Z")

_BEHIND_HOURS = re.compile(r"\([^\W\d_][^()\n@]{2,50}\)(?=[ \t*_]*$)", re.MULTILINE)
_ZONE_BELOW = re.compile(
    rf"^[> \t*_]{{0,20}}(?:[^\W\d_]{{1,12}}[ ]){{0,2}}(?i:{'|'.join(LABELS)})[ \t]?[:：]?[ \t*_]*\n[> \t*_]{{0,20}}"
    rf"(?P<zone>(?i:{LONG_NAMES})(?: - {_CITY})?|[A-Z][a-z]{{2,12}}/[A-Z][\w/+-]{{2,40}})[ \t*_]*$",
    re.MULTILINE,
)
_LONGEST_LABEL = 40

# Google writes a city behind the zone of the hours ("9pm – 10pm Central European Time - Berlin"), booking services one
# of the tz database beside a label, Zoom a city or several: "Time: Feb 4, 2026 09:00 PM Amsterdam, Berlin".
_IN_NAMED = re.compile(rf"(?<=[\dhHmM时時시분.])[ \t\xa0]{{1,2}}(?i:{LONG_NAMES})(?P<city>[ ][-–][ ]{_CITY})")
_LABELLED = re.compile(
    rf"(?:^(?:>[> ]{{0,20}})?|[.\"”][ ])[^\W\d_]{{0,12}}[ ]?(?i:{'|'.join(LABELS)})[ \t]?[:：][ \t]{{0,3}}"
    r"(?P<zone>(?:\((?:UTC|GMT)[^()\n]{0,12}\)[ ]?)?[A-Z][a-z]{2,12}/[A-Z][\w/+-]{2,40})(?:[ ]\([^()\n]{2,40}\))?",
    re.MULTILINE,
)
_AREA = re.compile(r"[a-z]/[A-Z]")
_OF_ZOOM = re.compile(
    r"^(?:>[> ]{0,20})?(?P<kept>[^\W\d][^\n:：]{1,20}[:：][ ][^\n]{0,40}?(?<!\d)20\d\d[^\n]{0,12}?\d{1,2}:\d\d"
    rf"(?:[ ]?[AaPp]\.?[ ]?[Mm]\.?)?)[ ](?![AaPp][Mm]\b){_CITY}(?:, {_CITY}){{0,8}}(?: \([^()\n]{{2,40}}\))?[ \t]*$",
    re.MULTILINE,
)


def find(text: str) -> list[Finding]:
    """The time zones in an invitation's text, in order: those of Windows, and in a text with a link to a calendar
    others."""
    found = list(_of_windows(text)) if "(UTC" in text or "(GMT" in text else []
    found += _of_services(text)
    if ("google" in text or "⋅" in text) and _CALENDAR.search(text):
        found = [*found, *_in_links(text), *_in_words(text)]
    if "(" in text and HAS_CLOCK.search(text):
        found += _of_bookings(text)
    return sorted(found, key=lambda finding: finding.start)


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    table = tomllib.loads(files(__package__).joinpath("invitations.toml").read_text("utf-8"))
    return frozenset(skeleton_of(label) for several in table.values() for label in several)


def load() -> None:
    """Read the words. Raises ValueError when the file is invalid."""
    _labels()


def _of_bookings(text: str) -> Iterator[Finding]:
    """Zones of booking services, where two labels alone on their lines show that one wrote this: in brackets behind the
    hours, "9:00 PM - 9:30 PM (Europe/Prague)", and on the line below a label."""
    behind = [
        (_past_blanks(text, one.start()), one.end())
        for one in _BEHIND_HOURS.finditer(text)
        if _is_told(text, *one.span())
    ]
    if behind and _is_labelled(text):
        below = (one.span("zone") for one in _ZONE_BELOW.finditer(text))
        yield from (Finding(start, end, "", "calendar") for start, end in sorted({*behind, *below}))


def _past_blanks(text: str, start: int) -> int:
    """Where the blanks before an offset begin."""
    while start and text[start - 1] in " \t":
        start -= 1
    return start


def _is_told(text: str, start: int, end: int) -> bool:
    """Whether a zone is named there, behind nothing but a moment with its date."""
    if NAMED.search(text, start, end) is None:
        return False
    line = text.rfind("\n", 0, start) + 1
    line += len(text[line:start]) - len(text[line:start].lstrip("> \t*_"))
    moment = moment_in(text, line, end)
    return moment is not None and moment.dated and not text[line : moment.start].strip()


def _is_labelled(text: str) -> bool:
    lines = (line.strip(" >*_:：") for line in text.split("\n") if len(line) <= _LONGEST_LABEL)
    return len({label for label in map(skeleton_of, filter(None, lines)) if label in _labels()}) > 1


def _of_services(text: str) -> Iterator[Finding]:
    """Cities that Google, Zoom and booking services write to tell a zone."""
    if (" - " in text or " – " in text) and HAS_CLOCK.search(text):
        yield from (Finding(*one.span("city"), "", "calendar") for one in _IN_NAMED.finditer(text))
    if "oom" in text and HAS_CLOCK.search(text):
        yield from (Finding(one.end("kept"), one.end(), "", "calendar") for one in _OF_ZOOM.finditer(text))
    if _AREA.search(text) and holds_any(small(text), LABELS):
        yield from (Finding(one.start("zone"), one.end(), "", "calendar") for one in _LABELLED.finditer(text))


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
