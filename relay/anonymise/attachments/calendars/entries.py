"""Rebuilds calendar entries: keeps what is planned, when and where; drops other guests and the calendar program."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Component, Event, Journal, Todo, vCalAddress
from icalendar.prop import vBroken, vDDDLists, vDDDTypes, vRecur

from relay.anonymise.attachments.calendars.guests import Guests
from relay.anonymise.attachments.calendars.recurrence import Moment, in_utc, repetition
from relay.anonymise.attachments.calendars.zones import forget_zones
from relay.anonymise.attachments.cleaning import Cleaning
from relay.anonymise.attachments.text_files.clean import decoded
from relay.anonymise.echoes import is_known_entry
from relay.anonymise.identities import replaced
from relay.anonymise.links.in_files import clean_link_of_file
from relay.anonymise.passages import passages
from relay.anonymise.returned_words import EchoFilter
from relay.anonymise.way_back import Changes
from relay.message.read.html_to_text import html_to_text
from relay.model import Attachment
from relay.refusals import CannotAnonymise

MAX_CALENDAR = 512 * 1024
MAX_COMPONENTS = 300
MAX_VALUES = 3000
MAX_REPETITIONS = 200
"""In all calendars of a letter: each may mean hundreds of dates."""

_TOO_LARGE = "an attached calendar is too large to be made anonymous; please send single events"
_BROKEN = "an attached calendar entry cannot be read; please write the day and time into the letter"
_BUSY = "calendars that say when you are busy cannot be passed on; please write down when you have time"
_EMPTY = "an attached calendar holds no event; please write the day and time into the letter"
# Exceptions of icalendar and dateutil for damaged calendars.
_STUMBLES = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, OSError)

_ZONE_BEHIND = re.compile(r"BEGIN:V(?:EVENT|TODO|JOURNAL)\b.*BEGIN:VTIMEZONE\b", re.IGNORECASE | re.DOTALL)
_KINDS: dict[str, type[Component]] = {"VEVENT": Event, "VTODO": Todo, "VJOURNAL": Journal}
_METHOD = re.compile(r"PUBLISH|REQUEST|REPLY|ADD|CANCEL|REFRESH|COUNTER|DECLINECOUNTER")
_FROM_GUESTS = frozenset({"REPLY", "REFRESH", "COUNTER"})
_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT")
_WORDS = {
    "STATUS": re.compile(r"TENTATIVE|CONFIRMED|CANCELLED|NEEDS-ACTION|COMPLETED|IN-PROCESS|DRAFT|FINAL"),
    "CLASS": re.compile(r"PUBLIC|PRIVATE|CONFIDENTIAL"),
    "TRANSP": re.compile(r"OPAQUE|TRANSPARENT"),
    "PRIORITY": re.compile(r"\d"),
    "SEQUENCE": re.compile(r"\d{1,9}"),
    "PERCENT-COMPLETE": re.compile(r"\d{1,3}"),
}
_MOMENTS = ("DTSTART", "DTEND", "DUE", "COMPLETED", "RECURRENCE-ID", "DTSTAMP")
_LINKS = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-ZOOM-MEETING-URL", "ATTACH")
# The page of one guest's own entry: its eid parameter holds their address in base64.
_OWN_PAGE = re.compile(r"<?https?://(?:www\.|calendar\.)?google\.[a-z.]{2,6}/calendar/[^\s<>\"]*>?", re.IGNORECASE)
_PROGRAMS_NAME = re.compile(r"iCal-\d{8}-\d{6}\.ics|mime-attachment\.ics|unnamed\.ics|ATT\d+\.ics")
"""What calendar programs call the file; Apple's with the time by its clock."""
_NO_STAMP = datetime(1970, 1, 1, tzinfo=UTC)


def clean_calendar(attachment: Attachment, cleaning: Cleaning) -> Attachment:
    """Rebuild a calendar (RFC 5545, RFC 5546). Times are in UTC, all-day dates stay dates. Its author appears as their
    persona, so that replies go through the alias; the recipient by their own address, by which their calendar knows
    them. Raises CannotAnonymise when it is too large, invalid, or contains free/busy times."""
    if len(attachment.content) > MAX_CALENDAR:
        raise CannotAnonymise(_TOO_LARGE)
    text = decoded(attachment.content)[0]
    if text.upper().count("BEGIN:") > MAX_COMPONENTS:
        raise CannotAnonymise(_TOO_LARGE)
    try:
        content = _Rebuilding(cleaning).calendar(text)
    except _STUMBLES as error:
        raise CannotAnonymise(_BROKEN) from error
    cleaning.tally.add("calendar")
    name = attachment.filename
    name = "invite.ics" if not name or _PROGRAMS_NAME.fullmatch(name) else name
    return replace(attachment, content=content, media_type="text/calendar", filename=name)


@dataclass
class _Repetitions:
    """How many repetitions this letter has."""

    count: int = 0

    def take(self) -> None:
        """Count one more. Raises CannotAnonymise for too many."""
        self.count += 1
        if self.count > MAX_REPETITIONS:
            raise CannotAnonymise(_TOO_LARGE)


class _Dates(vDDDLists):
    """Many times in UTC, written at once: icalendar takes long for each."""

    def __init__(self, moments: list[datetime]) -> None:
        super().__init__([])
        self._moments = moments

    def to_ical(self) -> bytes:
        """The value of the property (RFC 5545 3.8.5.2)."""
        written = (moment.isoformat()[:19].replace("-", "").replace(":", "") for moment in self._moments)
        return ",".join(f"{each}Z" for each in written).encode("ascii")


class _Rebuilding:
    def __init__(self, cleaning: Cleaning) -> None:
        self._cleaning = cleaning
        self._guests = Guests(cleaning.redactor.known, cleaning.redactor.of_letter(Changes))
        self._method = self._uid = ""

    def calendar(self, text: str) -> bytes:
        forget_zones()
        read = Calendar.from_ical(text, multiple=True)
        if _ZONE_BEHIND.search(text):
            read = Calendar.from_ical(text, multiple=True)  # with the zones that stand behind what needs them
        calendars = [c for c in read if c.name == "VCALENDAR"]
        entries = [entry for calendar in calendars for entry in calendar.subcomponents]
        if any(entry.name == "VFREEBUSY" for entry in entries):
            raise CannotAnonymise(_BUSY)
        entries = [entry for entry in entries if entry.name in _KINDS]
        if not entries:
            raise CannotAnonymise(_EMPTY)
        method = str(calendars[0].get("METHOD", "")).upper()
        self._method = method if _METHOD.fullmatch(method) else ""
        new = Calendar()
        new.add("VERSION", "2.0")
        new.add("PRODID", "-//relay//EN")
        if self._method:
            new.add("METHOD", self._method)
        for entry in entries:
            new.add_component(self._entry(entry))
        octets: bytes = new.to_ical()
        return octets

    def _entry(self, old: Component) -> Component:
        new = _KINDS[old.name or ""]()
        if sum(len(_all(old, name)) for name in old) > MAX_VALUES:
            raise CannotAnonymise(_TOO_LARGE)
        self._uid = str(old.get("UID", ""))
        new.add("UID", self._guests.new_uid(self._uid))
        for name in _TEXTS:
            words = "\n".join(str(value) for value in _all(old, name))
            if name == "DESCRIPTION":
                words = self._description(old, words)
            if words:
                new.add(name, self._clean(words))
        categories = [str(word) for group in _all(old, "CATEGORIES") for word in getattr(group, "cats", [group])]
        if categories:
            new.add("CATEGORIES", [self._clean(word) for word in categories])
        for name, pattern in _WORDS.items():
            value = _plain(old.get(name))
            if pattern.fullmatch(value):
                new.add(name, int(value) if value.isdigit() else value)
        self._times(old, new)
        self._people(old, new)
        url = clean_link_of_file(_OWN_PAGE.sub("", str(old.get("URL", ""))), self._cleaning.redactor).url
        if url:
            new.add("URL", url)
        for parent in _all(old, "RELATED-TO"):
            new.add("RELATED-TO", self._guests.new_uid(str(parent)))
        for alarm in old.subcomponents:
            if alarm.name == "VALARM":
                self._alarm(alarm, new)
        return new

    def _clean(self, text: str) -> str:
        text = _OWN_PAGE.sub("", text)
        redactor = self._cleaning.redactor
        if is_known_entry(self._uid, text, redactor.known):
            return text
        if is_known_entry(self._uid, "", redactor.known):
            with redactor.of_letter(EchoFilter).in_another_mail():
                found = passages(text, redactor)
        else:
            found = passages(text, redactor)
        self._cleaning.tally.found(found)
        return replaced(text, found)

    def _description(self, old: Component, words: str) -> str:
        """The description, with links added that programs store in fields of their own."""
        if not words:
            words = "\n".join(html_to_text(str(page)).strip() for page in _all(old, "X-ALT-DESC"))
        links = (str(value).strip() for name in _LINKS for value in _all(old, name))
        urls = [clean_link_of_file(link, self._cleaning.redactor).url for link in links if link[:4].lower() == "http"]
        missing = dict.fromkeys(url for url in urls if url and url not in words)
        return "\n".join((*([words] if words else []), *missing))

    def _times(self, old: Component, new: Component) -> None:
        for name in _MOMENTS:
            value = old.get(name)
            if isinstance(value, vDDDTypes):
                new.add(name, _moment(value))
        if "DTSTAMP" not in new:
            new.add("DTSTAMP", _NO_STAMP)
        duration = old.get("DURATION")
        if isinstance(duration, vDDDTypes) and isinstance(duration.dt, timedelta):
            new.add("DURATION", duration.dt)
        start = old.get("DTSTART")
        for rule in _all(old, "RRULE"):
            if not (isinstance(rule, vRecur) and isinstance(start, vDDDTypes)):
                raise ValueError("a repetition of nothing")
            self._cleaning.redactor.of_letter(_Repetitions).take()
            kept, later = repetition(rule, _as_read(start))
            if kept is not None:
                new.add("RRULE", kept)
            elif later:
                new.add("RDATE", _Dates(later), encode=False)
        for name in ("EXDATE", "RDATE"):
            for dates in _all(old, name):
                values = dates.dts if isinstance(dates, vDDDLists) else []
                moments = [_moment(value) for value in values if isinstance(value.dt, date)]
                if moments:
                    new.add(name, moments)

    def _people(self, old: Component, new: Component) -> None:
        guests = self._guests
        organiser = guests.persona(old.get("ORGANIZER", ""))
        if organiser is None:
            organiser = guests.recipient if self._method in _FROM_GUESTS else guests.author
        if "ORGANIZER" in old or self._method not in ("", "PUBLISH"):
            new.add("ORGANIZER", guests.organiser(organiser, str(old.get("UID", "")), old.get("ORGANIZER", "")))
        attendees: dict[str, vCalAddress] = {}
        invited = [guest for guest in _all(old, "ATTENDEE") if isinstance(guest, vCalAddress)]
        for guest in invited:
            persona = guests.persona(guest)
            if persona is None and self._method in _FROM_GUESTS and len(invited) == 1:
                # The one guest in a reply is its author (RFC 5546 3.2.3), under whatever address.
                persona = guests.author
            if persona is not None:
                attendees.setdefault(persona.alias, guests.guest(persona, guest))
        if (
            self._method in ("REQUEST", "ADD")
            and organiser == guests.author
            and guests.recipient.alias not in attendees
        ):
            asked = vCalAddress("mailto:")
            asked.params.update({"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"})
            attendees[guests.recipient.alias] = guests.guest(guests.recipient, asked)
        for address in attendees.values():
            new.add("ATTENDEE", address)

    def _alarm(self, old: Component, new: Component) -> None:
        """A reminder that shows or sounds; one that would send mail or run a program is dropped."""
        trigger = old.get("TRIGGER")
        action = str(old.get("ACTION", "")).upper()
        if action not in ("DISPLAY", "AUDIO") or not isinstance(trigger, vDDDTypes):
            return
        alarm = Alarm()
        alarm.add("ACTION", action)
        alarm.add("TRIGGER", trigger.dt if isinstance(trigger.dt, timedelta) else _moment(trigger))
        if action == "DISPLAY":
            alarm.add("DESCRIPTION", self._clean(str(old.get("DESCRIPTION", "")) or "Reminder"))
        new.add_component(alarm)


def _all(component: Component, name: str) -> list[object]:
    """Every valid value of a property."""
    value = component.get(name)
    values = [] if value is None else value if isinstance(value, list) else [value]
    return [v for v in values if not isinstance(v, vBroken)]


def _plain(value: object) -> str:
    return "" if value is None or isinstance(value, list) else str(value).strip().upper()


def _as_read(value: vDDDTypes) -> Moment:
    if not isinstance(value.dt, date):
        raise TypeError("no day and no time of a day")
    return value.dt


def _moment(value: vDDDTypes) -> Moment:
    return in_utc(_as_read(value))
