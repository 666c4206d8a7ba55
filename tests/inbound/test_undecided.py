"""A letter that a person has to decide about is held; its author, or the coordinator, lets it go as it is or not."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from functools import partial
from typing import Any

import pytest

from relay.authentication.verdict import Verdict
from relay.holds import decide, give_up_late, hold_of
from relay.home import Home
from relay.message.write.dkim_sign import public_record
from relay.message.write.dkimpy_check import verifies
from relay.model import Envelope, EventKind, PairState
from relay.scheduling.job import Work
from relay.scheduling.runner import run_due
from relay.settings_file import load
from relay.store import HoldDecision

from .conftest import DOMAIN, NOW, OPERATOR, Inbound, opened

JANE, OMAR, NEW = "jane@real.example", "omar@home.example", "jane@new.example"
ALIAS = f"quiet-river.p1@{DOMAIN}"
CALL = "Please call me on +44 7700 900123 tonight."


def letter(text: str, *files: tuple[str, bytes], message_id: str = "1@real.example") -> bytes:
    """A letter with attached files, by a mail program that calls every file octets."""
    head = f"From: <{JANE}>\r\nTo: <{ALIAS}>\r\nSubject: Words\r\nMessage-ID: <{message_id}>\r\nMIME-Version: 1.0\r\n"
    parts = [f"Content-Type: text/plain\r\n\r\n{text}\r\n"]
    for name, content in files:
        octets = base64.encodebytes(content).decode().replace("\n", "\r\n")
        kind = f'application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"'
        parts.append(f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{octets}")
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n{body}--b--\r\n'.encode()


PLAN = ("plan.dwg", b"AC1032\x00\x00\x01" + bytes(range(200)))


@asynccontextmanager
async def programme(home: Home, **changes: Any) -> AsyncIterator[Inbound]:
    """A relay with one pair, whose programme has these settings."""
    settings = replace(load(home.toml, {}).programme, operator=OPERATOR, **changes)
    async with opened(home, programme=settings) as made:
        await made.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        yield made


@pytest.fixture
async def inbound(home: Home) -> AsyncIterator[Inbound]:
    async with programme(home) as made:
        yield made


async def sent(inbound: Inbound, content: bytes, author: str = JANE) -> str:
    return await inbound.envelope(Envelope(author, (ALIAS,), content, "192.0.2.1"))


def words(delivery: Any) -> str:
    """The text of a mail of relay's."""
    head, _, body = delivery.content.partition(b"\r\n\r\n")
    return f"{head.decode()}\n\n{quopri.decodestring(body).decode('utf-8', 'replace')}"


async def answered(inbound: Inbound, asks: str, answer: str) -> str:
    to = re.search(r"^Reply-To: <(.+)>\r?$", asks, re.MULTILINE)
    assert to
    octets = f"From: <{JANE}>\r\nTo: <{to[1]}>\r\nSubject: Re\r\nMessage-ID: <a{answer}@x>\r\n\r\n{answer}\r\n".encode()
    return await inbound.envelope(Envelope(JANE, (to[1],), octets, "192.0.2.1"))


def signed_at(inbound: Inbound, content: bytes, date: str) -> bool:
    """Whether a mail has this Date, and signatures that verify."""
    home, domain = inbound.home, inbound.settings.domain
    keys = home.dkim_keys(inbound.settings)
    records = {f"{selector}._domainkey.{domain}": public_record(pem) for selector, pem in keys}
    return message_from_bytes(content)["Date"] == date and verifies(content, records)


async def test_a_file_that_relay_cannot_read_waits_for_its_author_and_leaves_as_it_is(inbound: Inbound) -> None:
    assert (await sent(inbound, letter("See the plan.", PLAN))).startswith("250 ")
    (asking,) = await inbound.due()
    assert asking.recipient == JANE
    assert "plan.dwg · a file that we cannot read" in words(asking)
    inbound.now = NOW + timedelta(days=2, hours=2)
    assert (await answered(inbound, words(asking), "yes")).startswith("250 ")
    (relayed,) = await inbound.due(OMAR)
    assert signed_at(inbound, relayed.content, "Tue, 03 Mar 2026 14:00:00 +0000"), (
        "it is dated when its author said yes"
    )
    files = [part for part in message_from_bytes(relayed.content).walk() if part.get_filename()]
    assert [(one.get_filename(), one.get_payload(decode=True)) for one in files] == [PLAN]


async def test_what_else_is_told_of_a_letter_that_waits_does_not_call_it_on_its_way(inbound: Inbound) -> None:
    closed = "See the plan: https://protect-eu.mimecast.com/s/AbCdE1234FgH"
    await sent(inbound, letter(closed, PLAN))
    (told,) = [one for one in map(words, await inbound.due()) if "A link in your letter may not open" in one]
    assert "Your letter to Quiet River waits here. At least" in " ".join(told.split())
    assert "on its way" not in told
    await sent(inbound, letter(closed, message_id="2@real.example"))
    (told,) = [one for one in map(words, await inbound.due()) if "A link in your letter may not open" in one]
    assert "Your letter is on its way to Quiet River. At least" in " ".join(told.split())


async def test_with_a_no_it_is_destroyed_and_its_author_hears_so_alone(inbound: Inbound) -> None:
    await sent(inbound, letter("See the plan.", PLAN))
    (asking,) = await inbound.due()
    await answered(inbound, words(asking), "no")
    (told,) = await inbound.due()
    assert told.recipient == JANE and "as you wished" in words(told)
    assert not await inbound.store.holds.rows()
    (entry,) = [one for one in await inbound.entries() if one.kind == "letter"]
    assert (entry.outcome, entry.reason) == ("failed", "denied")


async def test_who_does_not_answer_hears_that_it_was_not_sent(inbound: Inbound) -> None:
    await sent(inbound, letter("See the plan.", PLAN))
    await inbound.due()

    async def nothing(*_: object) -> int:
        return 0

    give_up = partial(give_up_late, store=inbound.store, notices=inbound.notices)
    inbound.now = NOW + timedelta(days=8)
    work = Work(inbound.store, lambda: None, nothing, nothing, give_up, nothing, nothing)
    await run_due(work, lambda: inbound.now)
    told = [words(one) for one in await inbound.due(JANE)]
    assert sum("no answer came in time" in text for text in told) == 1
    await run_due(work, lambda: inbound.now)
    assert not await inbound.due(), "told once"


async def test_an_unclear_answer_is_asked_again_and_then_left_to_the_coordinator(inbound: Inbound) -> None:
    await sent(inbound, letter("See the plan.", PLAN))
    (asking,) = await inbound.due()
    await answered(inbound, words(asking), "what file?")
    (again,) = await inbound.due()
    assert "may we send your letter to Quiet River as it is?" in " ".join(words(again).split())
    await answered(inbound, words(again), "hm")
    told = {one.recipient: " ".join(words(one).split()) for one in await inbound.due()}
    assert set(told) == {JANE, OPERATOR}
    assert "whether to send it as it is" in told[OPERATOR]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tool.exe", b"whatever\x00\x01"),
        ("Tool.EXE .", b"whatever\x00\x01"),
        ("start.desktop", b"\x00\x01\x02"),
        ("photo", b"MZ\x90\x00" + bytes(200)),
        ("link.dat", b"L\0\0\0\x01\x14\x02\0" + bytes(60)),
        ("notes.one", bytes.fromhex("e4525c7b8cd8a74d") + bytes(60)),
        ("disk", bytes(32769) + b"CD001" + bytes(10)),
    ],
)
async def test_a_program_is_refused_whoever_might_say_yes(inbound: Inbound, name: str, content: bytes) -> None:
    assert (await sent(inbound, letter("Look!", (name, content)))).startswith("554 5.6.0 ")
    assert not await inbound.store.holds.rows()


async def test_contact_details_wait_for_their_author_where_the_programme_asks(home: Home) -> None:
    async with programme(home, contact="ask") as inbound:
        assert (await sent(inbound, letter(CALL))).startswith("250 ")
        (asking,) = await inbound.due()
        assert "a telephone number: +44 7700 900123" in words(asking)
        await answered(inbound, words(asking), "yes")
        (relayed,) = await inbound.due(OMAR)
        assert CALL in words(relayed)


async def test_somebody_elses_number_is_no_question(home: Home) -> None:
    async with programme(home, contact="ask") as inbound:
        await sent(inbound, letter("The library is at 0117 496 0123, ask for Mr Smith."))
        assert [one.recipient for one in await inbound.due()] == [OMAR]


async def test_where_the_coordinator_decides_both_are_told_and_the_coordinator_reads_the_letter(home: Home) -> None:
    async with programme(home, contact="coordinator") as inbound:
        assert (await sent(inbound, letter(CALL))).startswith("250 ")
        told = {one.recipient: words(one) for one in await inbound.due()}
        assert set(told) == {JANE, OPERATOR}
        assert "+44 7700 900123" in told[JANE]
        assert f"> {CALL}" in told[OPERATOR] and JANE not in told[OPERATOR]
        assert "a telephone number" in told[OPERATOR]
        (hold,) = await inbound.store.holds.rows()
        assert hold.why == "coordinator decides"
        given = HoldDecision.RELEASED, "ada", "fine", NOW + timedelta(days=1)
        inbound.now = given[-1]
        await decide(await hold_of(hold.journal_id, inbound.store), *given, store=inbound.store, notices=None)
        (relayed,) = await inbound.due(OMAR)
        assert CALL in words(relayed)
        assert signed_at(inbound, relayed.content, "Mon, 02 Mar 2026 12:00:00 +0000")


async def test_the_same_letter_sent_twice_is_asked_about_once(inbound: Inbound) -> None:
    first = await sent(inbound, letter("See the plan.", PLAN))
    assert await sent(inbound, letter("See the plan.", PLAN)) == first
    assert len(await inbound.due()) == 1


async def test_a_pair_that_closed_before_the_answer_gets_nothing(inbound: Inbound) -> None:
    await sent(inbound, letter("See the plan.", PLAN))
    (asking,) = await inbound.due()
    await inbound.store.directory.set_state("p1", PairState.PAUSED, NOW)
    await answered(inbound, words(asking), "yes")
    assert [one.recipient for one in await inbound.due()] == [JANE]


async def test_an_unproven_letter_is_not_asked_about_twice(inbound: Inbound) -> None:
    inbound.verdicts[JANE] = Verdict.UNPROVEN
    assert (await sent(inbound, letter("See the plan.", PLAN))).startswith("550 5.7.1 ")
    await inbound.quarantine.drain(5)
    assert not await inbound.store.holds.rows()
    assert not await inbound.due()


async def test_the_event_says_that_it_is_held_and_for_whom(inbound: Inbound) -> None:
    await sent(inbound, letter("See the plan.", PLAN))
    held = [event for event in await inbound.store.events.list() if event.kind is EventKind.HELD]
    assert [event.facts["reason"] for event in held] == ["author decides"]
