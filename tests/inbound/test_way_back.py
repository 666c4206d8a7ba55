"""An author gets their own words back in the answer, and nobody else does."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from icalendar import Calendar, Component

from relay.model import Change, Envelope, Identity, NewPair, Persona, Side

from .conftest import DOMAIN, NOW, Inbound

EVE, OMAR = "eve@home.example", "omar@post.example"
HERS, HIS = f"amber-heron.p1@{DOMAIN}", f"quiet-river.p1@{DOMAIN}"


@pytest.fixture
async def inbound(inbound: Inbound) -> Inbound:
    """Eve and Omar write to each other."""
    people = Identity((EVE,), ("Eve Sorrel", "Sorrel Works")), Identity((OMAR,), ("Omar Haddad",))
    personas = Persona("Amber Heron", HERS), Persona("Quiet River", HIS)
    await inbound.store.directory.add_pairs([NewPair("p1", *personas, *people, "", "en", NOW)])
    return inbound


async def sent(inbound: Inbound, author: str, subject: str, text: str = "Hello there") -> str:
    """The subject that the other one gets."""
    to, reader = (HIS, OMAR) if author == EVE else (HERS, EVE)
    head = f"From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{abs(hash((subject, text)))}@a.b>\r\n"
    octets = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    assert (await inbound.envelope(Envelope(author, (to,), octets, "192.0.2.1"))).startswith("250")
    (owed,) = await inbound.due(reader)
    return str(message_from_bytes(owed.content, policy=default)["Subject"])


@pytest.mark.parametrize("prefix", ["Re: ", "AW: ", "Antw: ", "RE: Re: ", "SV: "])
async def test_a_subject_comes_back_in_the_words_of_its_author(prefix: str, inbound: Inbound) -> None:
    arrived = await sent(inbound, EVE, "Maths: Eve Sorrel's plan")
    assert arrived == "Maths: Amber Heron's plan"
    assert await sent(inbound, OMAR, f"{prefix}{arrived}") == "Re: Maths: Eve Sorrel's plan"
    assert await sent(inbound, EVE, "Re: Maths: Eve Sorrel's plan", "and so on") == "Re: Maths: Amber Heron's plan"


async def test_nobody_else_gets_them(inbound: Inbound) -> None:
    arrived = await sent(inbound, EVE, "Eve Sorrel's plan")
    assert await sent(inbound, EVE, f"Re: {arrived}") == f"Re: {arrived}", "she herself may write the pseudonym"
    assert await sent(inbound, OMAR, "Another plan") == "Another plan"
    assert await sent(inbound, OMAR, "Omar Haddad's plan") == "Quiet River's plan"
    assert await inbound.store.echoes.of("p2", Side.MENTEE) != await inbound.store.echoes.of("p1", Side.MENTEE)
    assert (await inbound.store.echoes.of("p1", Side.MENTEE)).changes == (
        Change("subject", "amberheronsplan", "Eve Sorrel's plan"),
    )


async def test_the_readers_name_in_such_a_subject_stays_as_its_author_wrote_it(inbound: Inbound) -> None:
    arrived = await sent(inbound, EVE, "Eve Sorrel and Omar Haddad")
    assert arrived == "Amber Heron and Omar Haddad"
    assert await sent(inbound, OMAR, f"Re: {arrived}") == "Re: Eve Sorrel and Omar Haddad"


async def test_a_subject_that_was_not_changed_is_not_remembered(inbound: Inbound) -> None:
    await sent(inbound, EVE, "AW: Bowls")
    assert (await inbound.store.echoes.of("p1", Side.MENTEE)).changes == ()


async def test_a_subject_of_the_longest_kind_is_not_remembered(inbound: Inbound) -> None:
    await sent(inbound, EVE, "Eve Sorrel " + "and more " * 200)
    assert (await inbound.store.echoes.of("p1", Side.MENTEE)).changes == ()


def entry(method: str, *lines: str) -> str:
    """A calendar part."""
    event = ("BEGIN:VEVENT", "DTSTART:20260710T100000Z", "DTEND:20260710T103000Z", "DTSTAMP:20260703T101112Z", *lines)
    head = ("BEGIN:VCALENDAR", "PRODID:-//Some//Calendar//EN", "VERSION:2.0", f"METHOD:{method}")
    return "\r\n".join((*head, *event, "END:VEVENT", "END:VCALENDAR", ""))


async def with_calendar(
    inbound: Inbound, author: str, subject: str, calendar: str, method: str, *fields: str, text: str | None = None
) -> tuple[Component, list[str], str]:
    """The entry that arrives, the types of its letter's parts, and the text."""
    to, reader = (HIS, OMAR) if author == EVE else (HERS, EVE)
    part = f'Content-Type: text/calendar; charset=utf-8; method="{method}"\r\n\r\n{calendar}'
    if text is None:
        body = part
    else:
        plain = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        body = f"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n{plain}--b\r\n{part}--b--\r\n"
    ids = abs(hash((subject, calendar, author)))
    head = f"From: <{author}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{ids}@a.b>\r\nMIME-Version: 1.0\r\n"
    octets = (head + "".join(f"{one}\r\n" for one in fields) + body).encode()
    assert (await inbound.envelope(Envelope(author, (to,), octets, "192.0.2.1"))).startswith("250")
    (owed,) = await inbound.due(reader)
    mail = message_from_bytes(owed.content, policy=default)
    kinds = [one.get_content_type() for one in mail.walk() if not one.is_multipart()]
    calendars = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    assert all(one.get_content_charset() and one["Content-Type"].params["method"] == method for one in calendars)
    body_part = mail.get_body(("plain",))
    assert body_part is not None
    read = Calendar.from_ical(calendars[0].get_payload(decode=True))
    return read.subcomponents[0], kinds, str(body_part.get_content()).strip()


GOOGLE = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={};CN=Omar;X-NUM-GUESTS=0:mailto:" + OMAR
THUNDERBIRD = "ATTENDEE;PARTSTAT={};ROLE=REQ-PARTICIPANT:mailto:" + OMAR.upper()
OUTLOOK = 'ATTENDEE;PARTSTAT={};CN="Omar Haddad":MAILTO:' + OMAR
APPLE = "ATTENDEE;CN=Omar;EMAIL=omar@other.example;PARTSTAT={}:mailto:omar@other.example"


@pytest.mark.parametrize("uid", ["42@mail.sorrel-works.example", "040000008200E00074C5B7101A82E008" * 3, "a b,c;d"])
@pytest.mark.parametrize(
    ("guest", "answer", "subject", "text", "fields"),
    [
        (GOOGLE, "ACCEPTED", "Accepted: Bowls @ Fri 10 Jul", "Omar Haddad has accepted this invitation.",
         ("Auto-Submitted: auto-generated", "Sender: Google Calendar <calendar-notification@google.com>")),
        (THUNDERBIRD, "TENTATIVE", "Event Invitation Reply (Tentative): Bowls", "Omar tentatively accepted it.", ()),
        (OUTLOOK, "DECLINED", "Declined: Bowls", "\u00a0", ("Thread-Index: AdqX",)),
        (APPLE, "ACCEPTED", "Accepted: Bowls", None, ()),
    ],
)  # fmt: skip
async def test_an_answer_reaches_the_organisers_own_entry(
    uid: str, guest: str, answer: str, subject: str, text: str | None, fields: tuple[str, ...], inbound: Inbound
) -> None:
    escaped = uid.replace(",", "\\,").replace(";", "\\;")
    invited = entry(
        "REQUEST", f"UID:{escaped}", "ORGANIZER;CN=Eve:mailto:eve@sorrel-works.example", "SUMMARY:Bowls", "SEQUENCE:3",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{EVE}", f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{HIS}",
    )  # fmt: skip
    there, kinds, _ = await with_calendar(inbound, EVE, "Invitation: Bowls", invited, "REQUEST", text="Shall we?")
    assert kinds == ["text/plain", "text/html", "text/calendar", "text/calendar"]
    assert str(there["ORGANIZER"]) == f"mailto:{HERS}"
    assert sorted(map(str, there["ATTENDEE"])) == sorted([f"mailto:{HERS}", f"mailto:{OMAR}"])
    assert "sorrel" not in str(there["UID"])

    reply = entry(
        "REPLY", f"UID:{there['UID']}", f"ORGANIZER;CN=x:mailto:{HERS}", guest.format(answer), "SEQUENCE:3",
        "COMMENT:See you\\, I hope", "SUMMARY:Bowls",
    )  # fmt: skip
    back, _, words = await with_calendar(inbound, OMAR, subject, reply, "REPLY", *fields, text=text)
    assert str(back["UID"]) == uid
    assert str(back["ORGANIZER"]) == "mailto:eve@sorrel-works.example"
    assert str(back["ATTENDEE"]) == f"mailto:{HIS}"
    assert back["ATTENDEE"].params["PARTSTAT"] == answer
    assert (back["SEQUENCE"], str(back["COMMENT"])) == (3, "See you, I hope")
    if text and text.strip():
        assert "Omar" not in words
        assert "accepted" in words
    else:
        assert words.splitlines() == [subject, "", "See you, I hope"]


async def test_what_an_answer_told_its_organiser_passes_to_nobody_else(inbound: Inbound) -> None:
    """Eve gets her own identifier and address back; sent on to Omar, they are taken out again."""
    uid = "42@mail.sorrel-works.example"
    invited = entry("REQUEST", f"UID:{uid}", "ORGANIZER:mailto:eve@sorrel-works.example", f"ATTENDEE:mailto:{HIS}")
    there, _, _ = await with_calendar(inbound, EVE, "Bowls", invited, "REQUEST", text="Shall we?")
    reply = entry("REPLY", f"UID:{there['UID']}", f"ORGANIZER:mailto:{HERS}", f"ATTENDEE:mailto:{OMAR}")
    back, _, _ = await with_calendar(inbound, OMAR, "Accepted: Bowls", reply, "REPLY")
    again = entry("COUNTER", f"UID:{back['UID']}", f"ORGANIZER:{back['ORGANIZER']}", f"ATTENDEE:{back['ATTENDEE']}")
    once_more, _, _ = await with_calendar(inbound, EVE, "Another day", again, "COUNTER", text="Or on Monday?")
    assert str(once_more["UID"]) == str(there["UID"])
    assert "sorrel" not in once_more.to_ical().decode()
    assert EVE not in once_more.to_ical().decode()
    echoes = await inbound.store.echoes.of("p1", Side.MENTOR)
    assert echoes.files == ()
