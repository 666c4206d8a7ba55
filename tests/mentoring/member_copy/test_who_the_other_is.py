"""A member's copy does not say who the other member is, whatever relay put into letters for its reader."""

from __future__ import annotations

import base64
from email import message_from_bytes
from email.policy import default

import pytest

from relay.model import Event, EventKind, Side

from ...inbound.conftest import DOMAIN, NOW, Inbound
from .conftest import (
    ALIASES,
    EVE,
    NAMES,
    OMAR,
    VERA,
    arrive,
    assert_says_nothing_of,
    copied,
    everything_in,
    exported,
    member,
    paired,
    write,
)


async def lively(inbound: Inbound) -> dict[str, bytes]:
    """Letters both ways, with answers and a subject that names its author. Returns what arrived."""
    first = await write(
        inbound, EVE, "Evelina Sorrel's plan", "Dear friend,\r\n\r\nhere is my plan.\r\n\r\nEvelina Sorrel"
    )
    came = await arrive(inbound)
    relay_id = message_from_bytes(came[first])["Message-ID"]
    await write(inbound, OMAR, "Re: Amber Heron's plan", "I like it!", head=f"In-Reply-To: {relay_id}\r\n")
    came |= await arrive(inbound)
    await write(inbound, OMAR, "Bowls", "I baked bowls today.\r\n-- \r\nOmar Haddad")
    return came | await arrive(inbound)


@pytest.mark.parametrize(("mine", "theirs"), [(EVE, OMAR), (OMAR, EVE)])
async def test_nothing_registered_of_the_other_is_anywhere_in_a_copy(inbound: Inbound, mine: str, theirs: str) -> None:
    await lively(inbound)
    copy = await exported(inbound, mine)
    assert len(copy.letters) == 3
    assert_says_nothing_of(copy, theirs)
    assert mine in everything_in(copy)
    assert NAMES[mine][0].casefold() in everything_in(copy)


async def test_the_check_of_these_tests_finds_the_other_in_the_letters_as_they_were_sent(inbound: Inbound) -> None:
    """Otherwise the test above would show nothing: To, Subject and the signature of the letter do tell."""
    came = await lively(inbound)
    sent = b"".join(came.values()).decode()
    assert f"To: {OMAR}" in sent
    assert "Subject: Re: Evelina Sorrel's plan" in sent


async def test_an_own_letter_has_a_new_header_and_no_signature_to_try_addresses_with(inbound: Inbound) -> None:
    await lively(inbound)
    copy = await copied(inbound, OMAR)
    own = [octets for name, octets in copy.files.items() if "-from-you-" in name]
    assert len(own) == 2
    for octets in own:
        mail = message_from_bytes(octets, policy=default)
        assert (mail["From"], mail["To"]) == (f"Quiet River <{ALIASES[OMAR]}>", f"Amber Heron <{ALIASES[EVE]}>")
        assert set(mail.keys()) <= {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} | {
            "Content-Transfer-Encoding"
        }
    assert [one["subject"] for one in copy.data["letters"]] == ["Amber Heron's plan", "Re: Amber Heron's plan", "Bowls"]


async def test_a_letter_to_them_is_there_octet_for_octet_as_it_arrived(inbound: Inbound) -> None:
    came = await lively(inbound)
    copy = await copied(inbound, OMAR)
    to_him = [octets for name, octets in copy.files.items() if "-to-you-" in name]
    assert to_him == [octets for octets in came.values() if b"To: " + OMAR.encode() in octets]


@pytest.mark.parametrize("guess", ["Evelina Sorrel's plan", "Mariana Sorreli's plan"])
async def test_the_copy_does_not_tell_whether_a_guessed_name_is_the_right_one(inbound: Inbound, guess: str) -> None:
    """What a member writes stays as they wrote it, in subject and text, whether or not it is who the other one is."""
    await lively(inbound)
    await write(inbound, OMAR, guess, f"Are you {guess[:-7]}, of Sorrel Quarry?")
    await write(inbound, OMAR, f"Re: {guess}", "Tell me")
    await arrive(inbound)
    letters = (await copied(inbound, OMAR)).data["letters"][-2:]
    assert [one["subject"] for one in letters] == [guess, f"Re: {guess}"]
    assert letters[0]["text"].strip() == f"Are you {guess[:-7]}, of Sorrel Quarry?"


async def test_a_subject_in_the_others_words_is_left_out_when_its_letter_is_gone(inbound: Inbound) -> None:
    await lively(inbound)
    await inbound.store._writer.run(
        lambda db: db.execute("DELETE FROM letter WHERE journal = (SELECT min(number) FROM journal)")
    )
    copy = await copied(inbound, OMAR)
    assert [one["subject"] for one in copy.data["letters"]] == ["", "Bowls"]
    assert_says_nothing_of(copy, EVE)


async def test_a_letter_of_an_older_relay_that_does_not_say_whose_subject_it_has_keeps_it_back(
    inbound: Inbound,
) -> None:
    await lively(inbound)
    await inbound.store._writer.run(lambda db: db.execute("UPDATE letter SET subject_returned = NULL"))
    await inbound.store._writer.run(lambda db: db.execute("DELETE FROM echo"))
    copy = await copied(inbound, OMAR)
    assert [one["subject"] for one in copy.data["letters"]] == ["Amber Heron's plan", "", ""]
    assert_says_nothing_of(copy, EVE)


CALENDAR = (
    "BEGIN:VCALENDAR\r\nPRODID:-//Some//Calendar//EN\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n"
    "UID:{uid}\r\nDTSTAMP:20260703T101112Z\r\nDTSTART:20260710T100000Z\r\nDTEND:20260710T103000Z\r\n"
    "ORGANIZER:mailto:{organizer}\r\nATTENDEE:mailto:{attendee}\r\nSUMMARY:Call\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def calendars(mail: bytes) -> list[str]:
    parts = message_from_bytes(mail, policy=default).walk()
    return [part.get_content() for part in parts if part.get_content_type() == "text/calendar"]


async def test_an_answer_to_an_invitation_does_not_carry_the_organisers_address(inbound: Inbound) -> None:
    """On its way to the organiser an answer gets their identifier and address back."""
    head = 'Content-Type: multipart/mixed; boundary="b"\r\n'

    def parts(calendar: str) -> str:
        octets = base64.encodebytes(calendar.encode()).decode().replace("\n", "\r\n")
        return (
            "--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n--b\r\nContent-Type: text/calendar\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{octets}--b--\r\n"
        )

    first = CALENDAR.format(method="REQUEST", uid=f"1@{EVE[-12:]}", organizer=EVE, attendee=ALIASES[OMAR])
    await write(inbound, EVE, "Call", parts(first), head=head)
    (arrived,) = (await arrive(inbound)).values()
    entry = next(
        p for p in message_from_bytes(arrived, policy=default).walk() if p.get_content_type() == "text/calendar"
    )
    uid = next(line[4:] for line in entry.get_content().splitlines() if line.startswith("UID:"))
    answer = CALENDAR.format(method="REPLY", uid=uid, organizer=ALIASES[EVE], attendee=OMAR)
    await write(inbound, OMAR, "Re: Call", parts(answer), head=head)
    (returned,) = (await arrive(inbound)).values()
    calendars = [
        p for p in message_from_bytes(returned, policy=default).walk() if p.get_content_type() == "text/calendar"
    ]
    assert any(EVE in one.get_content() for one in calendars)
    copy = await copied(inbound, OMAR)
    assert copy.data["letters"][-1]["calendar_left_out"]
    assert_says_nothing_of(copy, EVE)


@pytest.mark.parametrize(
    "why",
    [
        "Evelina Sorrel asked for it",
        f"see {EVE}",
        "the mentor complains about her",
        "AMBER HERON asks for it",
        "Sorrel Quarry called",
        "E v e l i n a  S o r r e l",
    ],
)
async def test_a_reason_that_says_anything_of_the_other_is_left_out(inbound: Inbound, why: str) -> None:
    await lively(inbound)
    copy = await exported(inbound, OMAR, why=why, who="Evelina Sorrel")
    (made,) = [one for one in copy.data["events"] if one["event"] == "exported-own"]
    assert (made["why"], made["who"]) == ("", "")
    assert_says_nothing_of(copy, EVE)
    (plain,) = [one for one in (await exported(inbound, EVE, why="by telephone")).data["events"] if one["why"]]
    assert (plain["event"], plain["who"], plain["why"]) == ("exported-own", "root", "by telephone")


async def test_a_group_named_after_the_other_is_left_out(inbound: Inbound) -> None:
    await inbound.store.directory.set_cohort("p1", "Sorrel Quarry 2026")
    assert_says_nothing_of(await copied(inbound, OMAR), EVE)
    assert (await copied(inbound, EVE)).data["pairs"][0]["cohort"] == "Sorrel Quarry 2026"


async def test_a_member_of_two_pairs_gets_both_and_learns_of_neither(inbound: Inbound) -> None:
    await paired(inbound.store, "p2", VERA, OMAR)
    await lively(inbound)
    await write(inbound, VERA, "Hello from me", "Good morning", to=f"quiet-river.p2@{DOMAIN}")
    await write(inbound, OMAR, "Hello", "I am Omar", to=f"amber-heron.p2@{DOMAIN}")
    await arrive(inbound)
    copy = await exported(inbound, OMAR, why="Verena asked")
    assert [one["pair"] for one in copy.data["pairs"]] == ["p1", "p2"]
    assert len(copy.letters) == 5
    for other in (EVE, VERA):
        assert_says_nothing_of(copy, other)
    hers = await copied(inbound, VERA)
    assert [one["pair"] for one in hers.data["letters"]] == ["p2", "p2"]
    assert_says_nothing_of(hers, OMAR)
    assert "bowls" not in everything_in(hers)


async def test_a_partner_who_was_forgotten_leaves_their_pseudonym_and_nothing_else(inbound: Inbound) -> None:
    await lively(inbound)
    eve = await member(inbound, EVE)
    await inbound.store.members.forget(eve.number, NOW, None, who="root")
    copy = await copied(inbound, OMAR)
    assert copy.letters == []
    assert copy.data["pairs"][0]["partner"]["name"] == "Amber Heron"
    assert copy.data["pairs"][0]["state"] == "ended"
    assert_says_nothing_of(copy, EVE)


async def test_events_of_the_other_are_not_told(inbound: Inbound) -> None:
    await lively(inbound)
    hers = Event(
        EventKind.REVEALED, NOW, "p1", Side.MENTOR, (await member(inbound, EVE)).number, who="olga", why="secret"
    )
    await inbound.store.events.record([hers])
    copy = await copied(inbound, OMAR)
    assert "olga" not in everything_in(copy)
    assert "revealed" not in copy.happened
    assert "revealed" in (await copied(inbound, EVE)).happened
