"""An invitation keeps what is planned, when and where; people, programs and zones are gone, and answers find back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar, Component

from relay.anonymise.attachments import scrub_attachments
from relay.anonymise.identities import Redactor
from relay.anonymise.scrub import scrub
from relay.model import Attachment, Change, Echoes, Message
from relay.refusals import CannotAnonymise

AMBER, QUIET = "mailto:amber-heron.x7k2m4@relay.example.org", "mailto:quiet-river.p9@relay.example.org"
JANE, TOM = "mailto:Jane.Whitcombe@northbank.example", "mailto:tom.ashdown@gmx.de"
TIMES = ("DTSTART:20260701T080000Z", "DTEND:20260701T090000Z", "DTSTAMP:20260101T100000Z", "UID:x@pc.firm.example")
Clean = Callable[[Attachment], list[Attachment]]


def ics(*lines: str, method: str = "REQUEST", kind: str = "VEVENT", zone: str = "") -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Google Inc//Calendar 70//EN", f"METHOD:{method}"]
    return "\r\n".join([*head, *zone.split(), f"BEGIN:{kind}", *lines, f"END:{kind}", "END:VCALENDAR", ""]).encode()


def entry(cleaned: Clean, content: bytes) -> Component:
    (made,) = cleaned(Attachment(content, "text/calendar", None))
    assert made.media_type == "text/calendar"
    assert made.filename == "invite.ics"
    return Calendar.from_ical(made.content).subcomponents[0]


def test_an_invitation_keeps_the_meeting_and_loses_everybody_else(cleaned: Clean) -> None:
    made = cleaned(
        Attachment(
            ics(
                *TIMES,
                f'ORGANIZER;CN=Jane W;SENT-BY="mailto:pa@firm.example":{JANE}',
                'ATTENDEE;CN="Zeb";EMAIL=zeb@x.example;PARTSTAT=ACCEPTED:mailto:zeb@x.example',
                f"ATTENDEE;CN=My mentee;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;X-NUM-GUESTS=0:{QUIET}",
                "SUMMARY:Bread with Jane Whitcombe",
                "DESCRIPTION:Bring flour\\, please.",
                "LOCATION:The mill",
                "GEO:51.5072;-0.1276",
                "X-MICROSOFT-CDO-OWNERAPPTID:1234567",
                "X-GOOGLE-CONFERENCE:https://meet.example/abc",
                "ATTACH;ENCODING=BASE64;VALUE=BINARY:SmFuZQ==",
                "CREATED:20251231T230000Z",
                "CATEGORIES:Bread,Work",
                "PRIORITY:5",
                "SEQUENCE:2",
                "STATUS:CONFIRMED",
            ),
            "application/ics",
            "meeting.ics",
        )
    )[0]
    assert (made.media_type, made.filename) == ("text/calendar", "meeting.ics")
    event = Calendar.from_ical(made.content).subcomponents[0]
    assert str(event["SUMMARY"]) == "Bread with Amber Heron"
    assert str(event["DESCRIPTION"]) == "Bring flour, please.\nhttps://meet.example/abc"
    assert str(event["LOCATION"]) == "The mill"
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == (AMBER, TOM), "Tom's calendar knows Tom"
    assert dict(event["ATTENDEE"].params) == {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    assert (event["PRIORITY"], event["SEQUENCE"], event["STATUS"]) == (5, 2, "CONFIRMED")
    assert event["CATEGORIES"].cats == ["Bread", "Work"]
    for word in (b"Google", b"zeb", b"Zeb", b"firm", b"mentee", b"51.5", b"1234567", b"SmFu", b"20251231", b"NUM"):
        assert word not in made.content


@pytest.mark.parametrize(("name", "neutral"), [("iCal-20260203-091112.ics", "invite.ics"), ("talk.ics", "talk.ics")])
def test_a_name_that_tells_program_and_time_is_neutral(name: str, neutral: str, cleaned: Clean) -> None:
    assert cleaned(Attachment(ics(*TIMES), "text/calendar", name))[0].filename == neutral


def test_times_are_utc_whatever_the_zone_and_days_stay_days(cleaned: Clean) -> None:
    own_zone = (
        "BEGIN:VTIMEZONE TZID:Mine BEGIN:STANDARD DTSTART:16010101T000000 TZOFFSETFROM:+0545 TZOFFSETTO:+0545 "
        "END:STANDARD END:VTIMEZONE"
    )
    event = entry(
        cleaned,
        ics(
            "UID:a",
            'DTSTART;TZID="W. Europe Standard Time":20260701T100000',
            "DTEND;TZID=Mine:20260701T160000",
            zone=own_zone,
        ),
    )
    assert event["DTSTART"].dt == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 7, 1, 10, 15, tzinfo=UTC)
    day = entry(cleaned, ics("UID:a", "DTSTART;VALUE=DATE:20260701", "DTSTAMP:20260101T100000Z"))
    assert b"DTSTART;VALUE=DATE:20260701" in day.to_ical()


def test_a_repetition_that_means_the_same_in_utc_stays_a_rule(cleaned: Clean) -> None:
    rule = "RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260930T080000Z"
    event = entry(cleaned, ics("UID:a", "DTSTART;TZID=Europe/Berlin:20260701T100000", rule))
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20260930T080000Z;BYDAY=WE"
    unzoned = entry(cleaned, ics("UID:a", "DTSTART;VALUE=DATE:20260701", "RRULE:FREQ=YEARLY"))
    assert unzoned["RRULE"].to_ical() == b"FREQ=YEARLY"


def test_a_repetition_across_summer_time_keeps_its_hour(cleaned: Clean) -> None:
    event = entry(
        cleaned,
        ics(
            "UID:a",
            "DTSTART;TZID=Europe/Berlin:20261014T100000",
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE;TZID=Europe/Berlin:20261021T100000",
        ),
    )
    assert "RRULE" not in event
    assert [(d.dt.day, d.dt.hour) for d in event["RDATE"].dts] == [(21, 8), (28, 9), (4, 9)]
    assert event["EXDATE"].dts[0].dt == datetime(2026, 10, 21, 8, tzinfo=UTC)


def test_a_repetition_whose_day_is_another_in_utc_keeps_its_day(cleaned: Clean) -> None:
    event = entry(
        cleaned, ics("UID:a", "DTSTART;TZID=Asia/Tokyo:20260702T060000", "RRULE:FREQ=WEEKLY;BYDAY=TH,FR;COUNT=3")
    )
    assert [d.dt.day for d in event["RDATE"].dts] == [2, 8]
    assert event["DTSTART"].dt == datetime(2026, 7, 1, 21, tzinfo=UTC)


def test_identifiers_that_tell_nothing_stay_and_others_are_the_same_both_ways(cleaned: Clean) -> None:
    opaque = "1f0c9a3e-6d3b-4c55-9b7e-0c8f6f1f2a3b"
    assert str(entry(cleaned, ics("DTSTART:20260701T080000Z", f"UID:{opaque}"))["UID"]) == opaque
    # Version 1 holds the address of a network card.
    timed = "c232ab00-9414-11ec-b3c8-9f6bdeced846"
    assert str(entry(cleaned, ics("DTSTART:20260701T080000Z", f"UID:{timed}"))["UID"]) != timed
    first = str(entry(cleaned, ics(*TIMES))["UID"])
    assert str(entry(cleaned, ics(*TIMES))["UID"]) == first
    answered = ics("DTSTART:20260701T080000Z", f"UID:{first}", f"ATTENDEE:{JANE}", method="REPLY")
    assert str(entry(cleaned, answered)["UID"]) == first


def test_an_answer_names_the_one_who_answers_by_the_pseudonym(cleaned: Clean) -> None:
    who = "ATTENDEE;CN=Jane;PARTSTAT=ACCEPTED:mailto:jane.private@elsewhere.example"
    event = entry(cleaned, ics(*TIMES, f"ORGANIZER;CN=T:{QUIET}", who, method="REPLY"))
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == (TOM, AMBER)
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_who_is_invited_without_being_named_can_still_accept(cleaned: Clean) -> None:
    event = entry(cleaned, ics(*TIMES, "ORGANIZER:mailto:jane.private@elsewhere.example"))
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == (AMBER, TOM)
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


def test_links_stay_but_for_the_page_of_one_guest(cleaned: Clean) -> None:
    own = "https://calendar.google.com/calendar/event?action=VIEW&eid=amFuZQ"
    event = entry(cleaned, ics(*TIMES, f"DESCRIPTION:See {own} and https://ok.example/a.", "URL:https://ok.example/b"))
    assert str(event["DESCRIPTION"]) == "See  and https://ok.example/a."
    assert str(event["URL"]) == "https://ok.example/b"
    assert "URL" not in entry(cleaned, ics(*TIMES, f"URL:{own}"))


def test_reminders_stay_but_for_those_that_would_do_something(cleaned: Clean) -> None:
    show = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION:Jane Whitcombe calls", "END:VALARM")
    mail = ("BEGIN:VALARM", "ACTION:EMAIL", "TRIGGER:-PT30M", f"ATTENDEE:{TOM}", "SUMMARY:x", "END:VALARM")
    event = entry(cleaned, ics(*TIMES, *show, *mail))
    assert [str(alarm["DESCRIPTION"]) for alarm in event.subcomponents] == ["Amber Heron calls"]


@pytest.mark.parametrize("kind", ["VTODO", "VJOURNAL"])
def test_tasks_and_notes_are_rebuilt_alike(kind: str, cleaned: Clean) -> None:
    made = entry(cleaned, ics("UID:a", "SUMMARY:Read", "DTSTART;VALUE=DATE:20260701", "X-FOO:Jane", kind=kind))
    assert (made.name, str(made["SUMMARY"])) == (kind, "Read")
    assert "X-FOO" not in made


def test_the_same_invitation_twice_arrives_once_as_a_form_of_the_letter_and_as_a_file(
    relayed: Callable[[bytes], Message],
) -> None:
    event = ics(*TIMES, "SUMMARY:Bread")
    inner = b"--i\r\n\r\nwords\r\n--i\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n" + event + b"\r\n--i--\r\n"
    body = b"--b\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n" + inner
    body += b"\r\n--b\r\nContent-Type: application/ics; name=invite.ics\r\n\r\n" + event + b"\r\n--b--\r\n"
    message = relayed(b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + body)
    assert message.text == "words\n"
    form, file = message.attachments
    assert (form.media_type, form.filename, file.filename) == ("text/calendar", None, "invite.ics")
    assert form.content == file.content
    assert b"SUMMARY:Bread" in file.content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ics("DTSTART:20260701T080000Z", kind="VFREEBUSY"), "busy"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no event"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY\r\nEND:VCALENDAR\r\n", "cannot be read"),
        (ics("DTSTART;TZID=Asia/Tokyo:00010101T000000"), "cannot be read"),
        # A zone is looked up as a file: this is the name of none.
        (ics("DTSTART;TZID=Europe/" + "Berlin" * 50 + ":20260701T100000"), "cannot be read"),
        (ics("DTSTART:20260701T080000Z", "RRULE:FREQ=SECONDLY;BYSECOND=61"), "cannot be read"),
        (ics("RRULE:FREQ=DAILY"), "cannot be read"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 3000, "too large"),
        (ics("DESCRIPTION:" + "x" * 600_000), "too large"),
        (ics(*["ATTENDEE:mailto:a@b.example"] * 4000), "too large"),
    ],
)
def test_what_cannot_be_rebuilt_is_refused_with_words(content: bytes, words: str, cleaned: Clean) -> None:
    with pytest.raises(CannotAnonymise, match=words):
        cleaned(Attachment(content, "text/calendar", "a.ics"))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(str(n) for n in range(1, 367)),
        "FREQ=DAILY;UNTIL=99991231T235959Z",
    ],
)
def test_hostile_repetitions_take_no_time(rule: str, redactor: Redactor) -> None:
    began = time.process_time()
    event = ics("UID:a", "DTSTART;TZID=Europe/Berlin:20260701T100000", f"RRULE:{rule}")
    with contextlib.suppress(CannotAnonymise):
        scrub_attachments(Message("s", "w", None, (Attachment(event, "text/calendar", None),)), redactor)
    assert time.process_time() - began < 2


def test_what_is_the_recipients_own_again_stays_so_when_it_is_cleaned_twice(redactor: Redactor) -> None:
    changes = (
        Change("identifier", "r1", "42@pc.firm.example"),
        Change("organiser", "r1", "tom@firm.example"),
    )
    known = replace(redactor.known, echoes=Echoes(changes=changes))
    reply = ics("DTSTART:20260701T080000Z", "UID:r1", f"ORGANIZER:{QUIET}", f"ATTENDEE:{JANE}", method="REPLY")
    message = Message(text="x", attachments=(Attachment(reply, "text/calendar", None),))
    for _ in range(2):
        message = scrub(message, known).message
        event = Calendar.from_ical(message.attachments[0].content).subcomponents[0]
        assert (str(event["UID"]), str(event["ORGANIZER"])) == ("42@pc.firm.example", "mailto:tom@firm.example")
        assert str(event["ATTENDEE"]) == AMBER


def zone(offset: str, name: str = "Mine", rule: str = "") -> str:
    return (
        f"BEGIN:VTIMEZONE TZID:{name} BEGIN:STANDARD DTSTART:19700101T000000 TZOFFSETFROM:{offset} "
        f"TZOFFSETTO:{offset} {rule} END:STANDARD END:VTIMEZONE"
    )


def hour(cleaned: Clean, content: bytes) -> int:
    moment: datetime = entry(cleaned, content)["DTSTART"].dt
    return moment.hour


@pytest.mark.parametrize("name", [b"Customized Time Zone", b"W. Europe Standard Time"])
def test_the_zone_of_one_calendar_is_not_that_of_the_next(name: bytes, cleaned: Clean) -> None:
    start = "DTSTART;TZID=Mine:20260701T100000"
    for offset, utc in (("+0100", 9), ("+0900", 1), ("-0500", 15)):
        assert hour(cleaned, ics("UID:a", start, zone=zone(offset)).replace(b"Mine", name)) == utc
    if name.startswith(b"W."):
        assert hour(cleaned, ics("UID:a", start).replace(b"Mine", name)) == 8, "the system's own"


def test_a_zone_may_stand_behind_what_needs_it(cleaned: Clean) -> None:
    own = "\r\n".join((*zone("+0900").split(), "END:VCALENDAR")).encode()
    assert hour(cleaned, ics("UID:a", "DTSTART;TZID=Mine:20260701T100000").replace(b"END:VCALENDAR", own)) == 1


def test_the_zones_of_programs_change_when_their_clocks_do(cleaned: Clean) -> None:
    winter = "BEGIN:STANDARD DTSTART:16010101T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 "
    summer = "BEGIN:DAYLIGHT DTSTART:16010101T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 "
    for of_autumn, of_spring in (
        ("BYDAY=-1SU;BYMONTH=10", "BYDAY=-1SU;BYMONTH=3"),
        ("INTERVAL=1;BYMONTH=10;BYDAY=4SU;COUNT=999;WKST=SU", "BYMONTH=3;BYDAY=5SU"),
        ("BYMONTH=10;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU", "BYMONTH=3;BYMONTHDAY=-1,-2,-3,-4,-5,-6,-7;BYDAY=SU"),
    ):
        own = (
            f"BEGIN:VTIMEZONE TZID:Mine {winter}RRULE:FREQ=YEARLY;{of_autumn} END:STANDARD "
            f"{summer}RRULE:FREQ=YEARLY;{of_spring} END:DAYLIGHT END:VTIMEZONE"
        )
        for local, utc in (
            ("20260328T100000", 9),
            ("20260329T015959", 0),
            ("20260329T023000", 1),  # left out by the clocks
            ("20260329T100000", 8),
            ("20261024T100000", 8),
            ("20261025T100000", 9),
        ):
            assert hour(cleaned, ics("UID:a", f"DTSTART;TZID=Mine:{local}", zone=own)) == utc, (of_autumn, local)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY;BYMONTH=1;BYHOUR=1;BYSECOND=1,2",
        "RRULE:FREQ=YEARLY;BYDAY=SU",
        "RRULE:FREQ=YEARLY;BYMONTH=1,2",
        "RRULE:FREQ=YEARLY;INTERVAL=0",
        " ".join(["RRULE:FREQ=YEARLY"] * 2),
    ],
)
def test_a_zone_by_a_rule_of_no_zone_is_refused_at_once(rule: str, cleaned: Clean) -> None:
    began = time.process_time()
    with pytest.raises(CannotAnonymise, match="cannot be read"):
        cleaned(
            Attachment(
                ics("UID:a", "DTSTART;TZID=Mine:20260701T100000", zone=zone("+0100", rule=rule)), "text/calendar"
            )
        )
    assert time.process_time() - began < 2


def test_a_letter_has_few_repetitions(redactor: Redactor) -> None:
    rules = ["RRULE:FREQ=DAILY"] * 50
    files = tuple(
        Attachment(ics(f"UID:{n}", "DTSTART;TZID=Europe/Berlin:20260701T100000", *rules), "text/calendar", f"{n}.ics")
        for n in range(5)
    )
    scrub_attachments(Message("s", "w", None, files[:4]), Redactor(redactor.known))
    with pytest.raises(CannotAnonymise, match="too large"):
        scrub_attachments(Message("s", "w", None, files), Redactor(redactor.known))
