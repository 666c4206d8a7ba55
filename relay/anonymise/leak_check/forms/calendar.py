"""Proves a calendar (RFC 5545): listed components and properties, times in UTC, identifiers that tell nothing."""

from __future__ import annotations

import re

from relay.anonymise.leak_check.forms.reading import NotOurForm, Proof, need

_FREE = re.compile(r".*", re.DOTALL)
_TIME = r"\d{8}(?:T\d{6}Z?)?"
_SPAN = r"[+-]?P[0-9DHMSTW]{1,20}"
_TIMES = re.compile(rf"{_TIME}(?:,{_TIME})*")
_IDENTIFIER = re.compile(r"[0-9A-Fa-f]{16,128}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PERSON = re.compile(r"mailto:\S{1,320}")
# 3.6 to 3.8: component → its properties, each with the form of its value.
_PLAN = {
    "UID": _IDENTIFIER,
    "RELATED-TO": _IDENTIFIER,
    **dict.fromkeys(("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CATEGORIES"), _FREE),
    **dict.fromkeys(("DTSTART", "DTEND", "DUE", "COMPLETED", "RECURRENCE-ID", "DTSTAMP", "EXDATE", "RDATE"), _TIMES),
    **dict.fromkeys(("ORGANIZER", "ATTENDEE"), _PERSON),
    "DURATION": re.compile(_SPAN),
    "RRULE": re.compile(r"[A-Z0-9;=,+-]{1,2000}"),
    "URL": re.compile(r"(?:https?|mailto|tel):.*"),
    "STATUS": re.compile(r"[A-Z-]{1,20}"),
    "CLASS": re.compile(r"PUBLIC|PRIVATE|CONFIDENTIAL"),
    "TRANSP": re.compile(r"OPAQUE|TRANSPARENT"),
    **dict.fromkeys(("PRIORITY", "SEQUENCE", "PERCENT-COMPLETE"), re.compile(r"\d{1,9}")),
}
_COMPONENTS: dict[str, dict[str, re.Pattern[str]]] = {
    "VCALENDAR": {
        "VERSION": re.compile(r"2\.0"),
        "PRODID": re.compile("-//relay//EN"),
        "METHOD": re.compile("[A-Z]{3,20}"),
    },
    **dict.fromkeys(("VEVENT", "VTODO", "VJOURNAL"), _PLAN),
    "VALARM": {
        "ACTION": re.compile("DISPLAY|AUDIO"),
        "TRIGGER": re.compile(f"{_SPAN}|{_TIME}"),
        "DESCRIPTION": _FREE,
    },
}
_INSIDE = {"VCALENDAR": "", "VEVENT": "VCALENDAR", "VTODO": "VCALENDAR", "VJOURNAL": "VCALENDAR"}
_LINE = re.compile(r'([A-Z-]+)((?>(?:;(?:VALUE|CN|PARTSTAT|RSVP|ROLE)=(?:"[^"]*+"|[^";:,]*+))*)):(.*)', re.DOTALL)
_FROM_GUESTS = re.compile(r"^METHOD:(?:REPLY|REFRESH|COUNTER|DECLINECOUNTER)$", re.MULTILINE)


def read_calendar(octets: bytes, proof: Proof) -> None:
    """Raises NotOurForm for any other component, property or parameter, and for a value of another form. An identifier
    that came from the reader is free: they chose it."""
    text = octets.replace(b"\r\n ", b"").decode("utf-8").replace("\r\n", "\n")
    *lines, last = text.split("\n")
    need(not last and "\r" not in text, "line ends of another form")
    answers = bool(_FROM_GUESTS.search(text))
    nested: list[str] = []
    for number, line in enumerate(lines):
        need(nested or number == 0, "lines behind the calendar")
        name, _, value = line.partition(":")
        if name == "BEGIN":
            inside = nested[-1] if nested else ""
            need(value in _COMPONENTS and _INSIDE.get(value, inside) == inside, "a component that is not listed")
            nested.append(value)
        elif name == "END":
            need(nested.pop() == value, "the end of another component")
        else:
            _read_property(line, nested[-1], answers, proof)
    need(lines and not nested, "no end")


def _read_property(line: str, component: str, answers: bool, proof: Proof) -> None:
    found = _LINE.fullmatch(line)
    form = _COMPONENTS[component].get(found[1]) if found else None
    if found is None or form is None:
        raise NotOurForm("a property that is not listed")
    free = form is _IDENTIFIER and (answers or found[3] in proof.returned)
    need(free or form.fullmatch(found[3]), "a value of another form")
