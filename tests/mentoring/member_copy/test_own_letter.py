"""What of an own letter may hold the reader's identity is written anew or left out, whatever it holds."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest

from relay.mentoring.member_copy.own_letter import Own, own_letter
from relay.message.write.compose import compose
from relay.model import Attachment, Change, Echoes, Headers, Message, Pair, PairState, Persona, Side
from relay.model.scrubbing import NO_ECHOES
from relay.store import KeptLetter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAIR = Pair(
    "p1", PairState.ACTIVE, Persona("Amber Heron", "a@r.test"), Persona("Quiet River", "q@r.test"), "", "en", NOW
)
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def kept(*, returned: bool | None = False) -> KeptLetter:
    return KeptLetter("j1", Side.MENTEE, NOW, True, False, True, returned, 1, "letter/1/0")


def sent(*files: Attachment, subject: str = "Hello", id: str = "x@r.test") -> bytes:
    headers = Headers("Quiet River", "q@r.test", "reader@real.example", id, NOW, references=("own@real.example",))
    return compose(Message(subject, "Words", None, files), headers)


def packed(*names: str) -> bytes:
    octets = io.BytesIO()
    with ZipFile(octets, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return octets.getvalue()


def rewritten(
    content: bytes, *, returned: bool | None = False, echoes: Echoes = NO_ECHOES, got: tuple[str, ...] = ()
) -> Own:
    return own_letter(kept(returned=returned), content, PAIR, echoes=echoes, received=got, domain="r.test")


@pytest.mark.parametrize(
    "file",
    [
        Attachment(CALENDAR, "text/calendar", "call.ics"),
        Attachment(CALENDAR, "application/octet-stream", "call.bin"),
        Attachment(CALENDAR, "application/octet-stream", "CALL.VCS"),
        Attachment(packed("a/call.ics"), "application/zip", "all.zip"),
        Attachment(packed("inner.zip"), "application/zip", "all.zip"),
        Attachment(packed("old.eml"), "application/octet-stream", "all"),
        Attachment(sent(Attachment(CALENDAR, "text/calendar", "call.ics"), id="y@r.test"), "message/rfc822", "old.eml"),
        Attachment(b"Content-Type: multipart/mixed\r\n\r\n--nothing\r\n", "message/rfc822", "broken.eml"),
    ],
)
def test_a_file_that_may_hold_an_entry_of_a_calendar_is_left_out(file: Attachment) -> None:
    own = rewritten(sent(file, Attachment(b"just text", "text/plain", "notes.txt")))
    assert own.calendar
    assert [one.filename for one in own.message.attachments] == ["notes.txt"]
    assert b"VCALENDAR" not in own.content.upper()


@pytest.mark.parametrize(
    "file",
    [
        Attachment(packed("photo.jpg", "notes.txt"), "application/zip", "all.zip"),
        Attachment(b"icsomething", "text/plain", "my.ics.txt"),
        Attachment(sent(id="y@r.test"), "message/rfc822", "old.eml"),
    ],
)
def test_other_files_stay(file: Attachment) -> None:
    own = rewritten(sent(file))
    assert not own.calendar
    assert len(own.message.attachments) == 1


def test_nothing_of_the_readers_header_is_left() -> None:
    own = rewritten(sent())
    head = own.content.partition(b"\r\n\r\n")[0]
    assert b"real.example" not in own.content
    assert b"References" not in head
    assert b'To: "Amber Heron" <a@r.test>' in head


@pytest.mark.parametrize(
    ("returned", "got", "shown"),
    [
        (False, (), "Re: Evelina's plan"),  # their own words
        (True, ("Amber Heron's plan",), "Re: Amber Heron's plan"),
        (True, ("Re: Amber Heron's plan", "Bowls"), "Re: Amber Heron's plan"),
        (True, (), ""),
        (True, ("Bowls",), ""),
        (None, (), ""),
        (None, ("Evelina's plan",), "Re: Evelina's plan"),
    ],
)
def test_a_subject_is_that_which_its_author_knows(returned: bool | None, got: tuple[str, ...], shown: str) -> None:
    echoes = Echoes(changes=(Change("subject", "amberheronsplan", "Evelina's plan"),))
    assert rewritten(sent(subject="Re: Evelina's plan"), returned=returned, echoes=echoes, got=got).subject == shown
