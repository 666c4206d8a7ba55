"""Mail to a return path of ours: reports are absorbed, failures told of, and a person's letter there is refused."""

from __future__ import annotations

import quopri
from typing import Any

import pytest

from relay.model import Envelope
from relay.outcomes import Sent
from relay.store import Settlement

from ..conftest import DOMAIN, OPERATOR, Inbound

JANE, OMAR = "jane@real.example", "omar@home.example"
TO_OMAR = f"quiet-river.p1@{DOMAIN}"
DAEMON = "MAILER-DAEMON@mx.far.example"


@pytest.fixture
async def inbound(inbound: Inbound) -> Inbound:
    await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
    return inbound


async def delivered(inbound: Inbound, number: int = 1) -> Any:
    """A letter of Jane's that the next server took."""
    await inbound.send(JANE, TO_OMAR, body=f"Letter {number}", message_id=f"m{number}@real.example")
    (owed,) = await inbound.due(OMAR)
    await inbound.store.queue.settle([Settlement(owed.id, Sent(), None, inbound.now)])
    return owed


def report(status: str = "5.1.1", action: str = "failed") -> bytes:
    return (
        f"From: {DAEMON}\r\nSubject: Undelivered Mail\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\n\r\n<{OMAR}> at mx.home.example said no\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.home.example\r\n\r\nFinal-Recipient: rfc822; {OMAR}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


async def came(inbound: Inbound, path: str, content: bytes, sender: str = "") -> str:
    return await inbound.envelope(Envelope(sender, (path,), content, "192.0.2.1"))


async def journal(inbound: Inbound, id: str) -> tuple[str, str]:
    found = await inbound.store.journal.show(id)
    assert found is not None
    return found[0].outcome, found[0].reason


def complaint(path: str) -> bytes:
    """What a provider's feedback loop sends (RFC 5965): it encloses the letter and names its reader."""
    return (
        "From: fbl@bigmail.example\r\nSubject: Complaint\r\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n"
        "--b\r\n\r\nThis is a complaint.\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: abuse\r\nOriginal-Mail-From: <{path}>\r\nOriginal-Rcpt-To: <{OMAR}>\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nTo: {OMAR}\r\n\r\nMy private words\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("to", ["return path", "abuse", "postmaster"])
async def test_of_a_complaint_the_operator_hears_which_letter_and_nothing_of_it(to: str, inbound: Inbound) -> None:
    owed = await delivered(inbound)
    path = owed.return_path if to == "return path" else f"{to}@{DOMAIN}"
    for _ in range(2):
        assert (await came(inbound, path, complaint(owed.return_path), "fbl@bigmail.example")).startswith("250")
    assert await journal(inbound, owed.journal_id) == ("delivered", "")
    (word,) = await inbound.due(OPERATOR)
    text = b" ".join(word.content.split())
    assert b"Quiet River (mentee of pair p1) marked the letter" in text and owed.journal_id.encode() in text
    for secret in (OMAR, "private words", "bigmail", JANE):
        assert secret.encode() not in word.content
    assert await inbound.due(JANE) == []


@pytest.mark.parametrize("path", ["", "b-000000000000000000000000@" + DOMAIN, "somebody@elsewhere.example"])
async def test_a_complaint_about_nobody_knows_what_is_told_without_its_words(path: str, inbound: Inbound) -> None:
    assert (await came(inbound, f"abuse@{DOMAIN}", complaint(path), "fbl@bigmail.example")).startswith("250")
    (word,) = await inbound.due(OPERATOR)
    assert b"does not say which" in b" ".join(quopri.decodestring(word.content).split())
    assert OMAR.encode() not in word.content and b"private words" not in word.content


async def test_a_failure_is_written_to_the_letters_line_and_its_author_told_by_pseudonym(inbound: Inbound) -> None:
    owed = await delivered(inbound)
    assert (await came(inbound, owed.return_path, report())).startswith("250")
    assert await journal(inbound, owed.journal_id) == ("failed", "returned 5.1.1")
    (word,) = await inbound.due(JANE)
    assert word.return_path == ""
    assert b"Quiet River" in word.content
    assert b"home.example" not in word.content


async def test_a_letter_fails_once_however_many_reports_come(inbound: Inbound) -> None:
    owed = await delivered(inbound)
    for status in ("5.1.1", "5.2.2", "5.1.1"):
        assert (await came(inbound, owed.return_path, report(status))).startswith("250")
    assert await journal(inbound, owed.journal_id) == ("failed", "returned 5.1.1")
    assert len(await inbound.due(JANE)) == 1
    assert [one.kind for one in await inbound.entries()].count("automatic") == 3


@pytest.mark.parametrize(
    "content",
    [
        report("4.4.1", "delayed"),
        report("2.0.0", "relayed"),
        f"From: <{OMAR}>\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am away.\r\n".encode(),
        f"From: <{OMAR}>\r\nSubject: Re: Words\r\n\r\nThank you for your letter.\r\n".encode(),
    ],
    ids=["late", "relayed", "away", "words like a person's"],
)
async def test_what_is_no_failure_is_noted_and_changes_nothing(content: bytes, inbound: Inbound) -> None:
    owed = await delivered(inbound)
    assert (await came(inbound, owed.return_path, content)).startswith("250")
    assert await journal(inbound, owed.journal_id) == ("delivered", "")
    assert await inbound.due() == []
    assert [one.kind for one in await inbound.entries()].count("automatic") == 1


async def test_a_person_who_writes_to_a_return_path_hears_that_there_is_no_such_address(inbound: Inbound) -> None:
    owed = await delivered(inbound)
    letter = f"From: <{OMAR}>\r\nSubject: Hello\r\n\r\nHow are you?\r\n".encode()
    reply = await came(inbound, owed.return_path, letter, OMAR)
    assert reply.startswith("550 5.7.1") and "UnknownAlias" in reply
    assert await journal(inbound, owed.journal_id) == ("delivered", "")


async def test_a_machine_that_gives_a_sender_is_absorbed_like_others(inbound: Inbound) -> None:
    owed = await delivered(inbound)
    assert (await came(inbound, owed.return_path, report(), DAEMON)).startswith("250")
    assert await journal(inbound, owed.journal_id) == ("failed", "returned 5.1.1")


@pytest.mark.parametrize(("sender", "refusal"), [("", "NotAuthentic"), (DAEMON, "UnknownAlias")])
async def test_a_return_path_that_nobody_was_given_takes_nothing(sender: str, refusal: str, inbound: Inbound) -> None:
    await delivered(inbound)
    reply = await came(inbound, f"b-{'f' * 24}@{DOMAIN}", report(), sender)
    assert reply.startswith("550 5.7.1") and refusal in reply
    assert [one.kind for one in await inbound.entries()].count("automatic") == 0


async def test_one_report_about_two_letters_is_told_of_each(inbound: Inbound) -> None:
    first, second = await delivered(inbound, 1), await delivered(inbound, 2)
    envelope = Envelope("", (first.return_path, second.return_path), report(), "192.0.2.1")
    assert (await inbound.envelope(envelope)).startswith("250")
    for owed in (first, second):
        assert await journal(inbound, owed.journal_id) == ("failed", "returned 5.1.1")
    assert len(await inbound.due(JANE)) == 2


async def test_a_report_about_a_notice_of_ours_is_absorbed_and_not_answered(inbound: Inbound) -> None:
    owed = await delivered(inbound)
    await came(inbound, owed.return_path, report())
    await inbound.due(JANE)
    assert (await came(inbound, owed.return_path, report("5.7.1"))).startswith("250")
    assert await inbound.due() == []
