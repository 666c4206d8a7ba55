"""WHO, COPY and FORGET by mail: who read, a copy of everything, and being forgotten, now or when a duty ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from relay import ledger
from relay.authentication.verdict import Verdict
from relay.letters.member_letters import MemberLetters
from relay.mentoring.audit import record_reading, record_reveal
from relay.mentoring.legal_hold import forget_wished, hold_legal
from relay.model import Envelope, EventKind, MemberState, PairState, Side
from relay.outcomes import Failed, Sent
from relay.store import FORGET_WISHED, Settlement

from .conftest import DOMAIN, JANE, OMAR, PARTNER, AtTheDesk, code_in, field_of, words_of

OPERATOR = "desk@ops.example"


async def letter(desk: AtTheDesk, words: str, *, who: str = JANE) -> str:
    """A letter that was delivered. Returns its id."""
    to = f"{PARTNER if who == JANE else 'amber-heron.p1'}@{DOMAIN}"
    desk.sent += 1
    reply = await desk.inbound.send(who, to, body=words, message_id=f"{desk.sent}@letters.example")
    due = await desk.inbound.due()
    await desk.inbound.store.queue.settle([Settlement(one.id, Sent(), None, desk.inbound.now) for one in due])
    return reply.rpartition(" ")[2]


async def a_large_copy(desk: AtTheDesk) -> list[Any]:
    """The mails in which a copy of four long letters comes, where each may have 220,000 octets."""
    for number in range(4):
        await letter(desk, "\r\n".join(f"{number} {line} {hash((number, line))}" for line in range(1500)))
    small = replace(desk.inbound.settings, smtp=replace(desk.inbound.settings.smtp, max_message_size=220_000))
    object.__setattr__(desk.inbound.acceptor.handlers.desk.desk, "settings", small)
    await desk.says("copy")
    sent = await desk.letters(JANE)
    assert len(sent) > 1
    return sent


def files_of(delivery: Any) -> list[tuple[str, ZipFile]]:
    mail = message_from_bytes(delivery.content, policy=default)
    return [(one.get_filename() or "", ZipFile(BytesIO(one.get_content()))) for one in mail.iter_attachments()]


async def forgets(desk: AtTheDesk, who: str = JANE) -> None:
    """Ask to be forgotten, and confirm it with the code."""
    await desk.says("forget", who=who)
    (asked,) = await desk.letters(who)
    await desk.says(code_in(asked), to=field_of(asked, "Reply-To"), who=who)


async def run_job(desk: AtTheDesk, **later: float) -> object:
    """What the scheduler does when the job is due."""
    inbound = desk.inbound
    assert FORGET_WISHED in [one.name for one in await inbound.store.jobs.rows()]
    at = inbound.now + timedelta(**later)
    letters = MemberLetters(inbound.notices.writer)
    return await forget_wished(inbound.store, letters, at, home=inbound.home)


async def test_who_says_who_read_with_when_and_why(desk: AtTheDesk) -> None:
    store = desk.inbound.store
    entry = await store.journal.show(await letter(desk, "Hello"))
    assert entry is not None
    await desk.says("who")
    (told,) = await desk.letters(JANE)
    assert "nobody has read a letter of yours" in " ".join(words_of(told).split())
    await record_reading(store, entry[0], "olga", "a file could not be opened", desk.inbound.now)
    await desk.says("", to="who")
    (told,) = await desk.letters(JANE)
    words = " ".join(words_of(told).split())
    assert (
        "1 March 2026 – Somebody of the programme read a letter of yours. (olga – a file could not be opened)" in words
    )
    await desk.says("who", who=OMAR)
    (told,) = await desk.letters(OMAR)
    words = " ".join(words_of(told).split())
    assert "read a letter to you. (olga)" in words
    assert "a file could not be opened" not in words
    assert await desk.commands() == ["who", "who", "who"]


async def test_that_somebody_looked_at_the_other_one_is_not_told(desk: AtTheDesk) -> None:
    omar = await desk.inbound.store.members.having(OMAR)
    assert omar is not None
    await record_reveal(desk.inbound.store, omar, "olga", "reported by Jane", desk.inbound.now)
    await desk.says("who")
    (told,) = await desk.letters(JANE)
    assert "olga" not in words_of(told)


async def test_copy_sends_everything_in_one_file_and_nothing_of_the_other(desk: AtTheDesk) -> None:
    await letter(desk, "Hello from me")
    await letter(desk, "Hello back", who=OMAR)
    await desk.says("copy")
    (sent,) = await desk.letters(JANE)
    ((name, archive),) = files_of(sent)
    assert name == "my-data.zip"
    data = json.loads(archive.read("data.json"))
    assert [one["text"].strip() for one in data["letters"]] == ["Hello from me", "Hello back"]
    everything = b"".join(archive.read(one) for one in archive.namelist())
    assert JANE.encode() in everything
    assert OMAR.encode() not in everything + sent.content
    assert b"omar" not in everything.lower()
    events = [one.facts.get("for") for one in await desk.inbound.store.events.list() if one.kind is EventKind.EXPORTED]
    assert events == ["member"]


async def test_a_large_copy_comes_in_several_mails(desk: AtTheDesk) -> None:
    sent = await a_large_copy(desk)
    assert all(len(one.content) < 220_000 for one in sent)
    names = [name for one in sent for name, _ in files_of(one)]
    assert names == [f"my-data-{at}.zip" for at in range(1, len(sent) + 1)]
    count = sum(len(json.loads(archive.read("data.json"))["letters"]) for one in sent for _, archive in files_of(one))
    assert count == 4


async def test_nobody_gets_a_copy_who_only_says_that_they_are_the_member(desk: AtTheDesk) -> None:
    desk.inbound.verdicts[JANE] = Verdict.UNPROVEN
    assert (await desk.says("copy")).startswith("550")
    await desk.inbound.quarantine.drain(5)
    asked = await desk.letters(JANE)
    assert all(not files_of(one) for one in asked)
    assert EventKind.EXPORTED not in [one.kind for one in await desk.inbound.store.events.list()]


async def test_forgetting_is_confirmed_and_then_done_within_the_minute(desk: AtTheDesk) -> None:
    id = await letter(desk, "Hello")
    await desk.says("forget")
    assert await desk.state() is PairState.ACTIVE
    (asked,) = await desk.letters(JANE)
    await desk.says("YES", to=field_of(asked, "Reply-To"))
    assert await desk.state() is PairState.ENDED
    jane = await desk.inbound.store.members.having(JANE)
    assert jane is not None
    assert jane.state is MemberState.LEFT
    assert await run_job(desk) is None
    assert await desk.inbound.store.members.having(JANE) is None
    kept = await desk.inbound.store.journal.show(id)
    assert kept is not None
    assert kept[1] is None
    home = desk.inbound.home
    assert ledger.read([home.forgotten], home.read_vault()).holds(jane.parts[0].key)
    (told,) = await desk.letters(JANE)
    assert "This is our last mail to you." in " ".join(words_of(told).split())
    assert await desk.got(OMAR) == ["Your letters have come to an end"]
    (operator,) = await desk.letters(OPERATOR)
    assert "relay forgets them within a minute" in " ".join(words_of(operator).split())
    assert (await desk.says("copy")).startswith("550 5.7.1"), "now they are a stranger"


async def test_a_no_forgets_nobody(desk: AtTheDesk) -> None:
    await desk.says("forget")
    (asked,) = await desk.letters(JANE)
    await desk.says("NO", to=field_of(asked, "Reply-To"))
    assert await desk.inbound.store.legal_holds.wishes() == {}
    assert await desk.state() is PairState.ACTIVE


async def test_under_a_legal_hold_they_leave_now_and_are_forgotten_when_it_is_lifted(desk: AtTheDesk) -> None:
    store, now = desk.inbound.store, desk.inbound.now
    id = await letter(desk, "Hello")
    await hold_legal("p1", store, now, on=True, who="root", why="court order against Jane")
    await forgets(desk)
    (told,) = await desk.letters(JANE)
    words = " ".join(words_of(told).split())
    assert "a legal duty does not let us delete" in words
    assert "court" not in words
    assert await desk.state() is PairState.ENDED
    (operator,) = await desk.letters(OPERATOR)
    assert "relay pair hold-legal p1 off" in words_of(operator)
    assert await run_job(desk) == now + timedelta(hours=1)
    assert await store.members.having(JANE) is not None
    assert (await desk.says("copy")).startswith("250 "), "their rights go on"
    assert await desk.got(JANE) == ["Your copy"]
    await hold_legal("p1", store, now, on=False, who="root", why="closed")
    assert await run_job(desk, days=30) is None
    assert await store.members.having(JANE) is None
    kept = await store.journal.show(id)
    assert kept is not None
    assert kept[1] is None
    desk.inbound.now = now + timedelta(days=30)
    (last,) = await desk.letters(JANE)
    assert "That duty has ended" in " ".join(words_of(last).split())


async def test_who_was_reported_cannot_destroy_the_letters_before_a_person_decides(desk: AtTheDesk) -> None:
    store = desk.inbound.store
    id = await letter(desk, "Hello")
    await store.directory.set_state("p1", PairState.REPORTED, desk.inbound.now)
    await forgets(desk)
    (told,) = await desk.letters(JANE)
    assert "report" not in words_of(told)
    assert await desk.state() is PairState.REPORTED
    assert await run_job(desk) is not None
    kept = await store.journal.show(id)
    assert kept is not None
    assert kept[1] is not None
    await store.directory.set_state("p1", PairState.ENDED, desk.inbound.now, who="olga")
    assert await run_job(desk) is None
    assert await store.members.having(JANE) is None


async def test_asking_twice_to_be_forgotten_is_one_wish(desk: AtTheDesk) -> None:
    await hold_legal("p1", desk.inbound.store, desk.inbound.now, on=True, who="root", why="file 12")
    await forgets(desk)
    await desk.letters(JANE)
    await forgets(desk)
    asked = [one for one in await desk.inbound.store.events.list() if one.kind is EventKind.FORGET_ASKED]
    assert len(asked) == 1
    assert asked[0].side is Side.MENTOR


async def test_who_has_a_mailbox_too_small_for_their_copy_hears_it_once_and_a_person_gives_it(desk: AtTheDesk) -> None:
    sent = await a_large_copy(desk)
    notices, store = desk.inbound.notices, desk.inbound.store
    told = await notices.undeliverable(sent[-1].journal_id, Failed("552 5.3.4"), desk.inbound.now)
    assert told is not None
    await store.queue.settle([Settlement(sent[-1].id, Failed("552 5.3.4"), None, desk.inbound.now, (told,))])
    assert await notices.undeliverable(sent[0].journal_id, Failed("552 5.3.4"), desk.inbound.now) is None
    (said,) = await desk.letters(JANE)
    assert "too large for your mailbox" in " ".join(words_of(said).split())
    assert (await desk.got(OMAR), await desk.got(OPERATOR)) == ([], [])


async def test_a_report_that_a_copy_is_too_large_is_understood_and_other_failures_of_it_are_told_to_nobody(
    desk: AtTheDesk,
) -> None:
    await desk.says("copy")
    (sent,) = await desk.letters(JANE)
    for status, subjects in (("5.2.2", []), ("5.3.4", ["Your copy"])):
        report = (
            "From: MAILER-DAEMON@real.example\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; real.example\r\n\r\n"
            f"Final-Recipient: rfc822; {JANE}\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--\r\n"
        ).encode()
        await desk.inbound.envelope(Envelope("", (sent.return_path,), report, "192.0.2.1"))
        assert await desk.got(JANE) == subjects
        await desk.says("copy")
        sent = (await desk.letters(JANE))[-1]


async def test_a_copy_that_waits_still_goes_out_when_the_other_member_is_forgotten(desk: AtTheDesk) -> None:
    await desk.says("copy")
    omar = await desk.inbound.store.members.having(OMAR)
    assert omar is not None
    await desk.inbound.store.members.forget(omar.number, desk.inbound.now, None)
    assert await desk.got(JANE) == ["Your copy"]
