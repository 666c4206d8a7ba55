"""Reports, automatic answers and duplicates are not relayed, and no letter is lost."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import smtplib
from typing import Any

import pytest

from .conftest import DOMAIN, HOST, House, Members, letter

MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"


def report(to: str, *fields: str, words: str = "user unknown", original: str = "") -> str:
    return "\n".join(
        (
            "From: Mail Delivery System <MAILER-DAEMON@mx.home.example>",
            f"To: {to}",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="bb"',
            "",
            "--bb",
            "",
            f"<{MENTEE}>: host in.home.example[203.0.113.9] said: {words}, see https://home.example/why?{MENTEE}",
            "--bb",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.home.example",
            "",
            f"Final-Recipient: rfc822; {MENTEE}",
            *fields,
            "",
            "--bb",
            "Content-Type: message/rfc822",
            "",
            f"To: Omar Haddad <{MENTEE}>",
            original,
            "--bb--",
            "",
        )
    )


FAILED = ("Action: failed", "Status: 5.1.1")


def log(house: House) -> list[dict[str, Any]]:
    return [json.loads(line) for line in house.run("log", "list", "--json").splitlines()]


async def delivered(house: House, members: Members) -> tuple[str, str, str]:
    """Send a letter from mentor to mentee. Returns its return path, the alias it is from, and the one it was sent
    to."""
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    arrived = (await members.wait_for(1))[0]
    shown = email.message_from_bytes(arrived.content, policy=email.policy.default)["From"].addresses[0].addr_spec
    return arrived.return_path, shown, alias


async def quiet(members: Members, count: int) -> None:
    """Wait long enough for something to be sent, and assert that there are still ``count`` letters."""
    await asyncio.sleep(0.7)
    assert len(members.letters) == count


async def test_a_failure_report_becomes_a_status_and_one_notice(house: House, members: Members) -> None:
    return_path, _, _ = await delivered(house, members)
    for _ in range(3):
        code, said = await house.send("", return_path, report(return_path, *FAILED), return_path="")
        assert (code, said.startswith("2.0.0 accepted as ")) == (250, True)
    notice = (await members.wait_for(2))[1]
    await quiet(members, 2)
    assert (notice.recipient, notice.return_path) == (MENTOR, "")
    text = email.message_from_bytes(notice.content, policy=email.policy.default)
    assert text["Auto-Submitted"] == "auto-replied"
    assert "We cannot reach" in notice.words
    assert "Please tell our coordinator" in notice.words
    for told in ("omar", "haddad", "home.example", "203.0.113", "user unknown", "MAILER-DAEMON"):
        assert told.lower() not in notice.told
    entries = log(house)
    assert [e["outcome"] for e in entries if e["kind"] == "letter"] == ["failed"]
    assert [e["reason"] for e in entries if e["kind"] == "automatic"] == ["failed 5.1.1"] * 3


async def test_a_report_without_failure_is_only_recorded(house: House, members: Members) -> None:
    return_path, _, _ = await delivered(house, members)
    for fields in (("Action: delayed", "Status: 4.4.1"), ("Action: delivered", "Status: 2.0.0"), ("Action: relayed",)):
        assert (await house.send("", return_path, report(return_path, *fields), return_path=""))[0] == 250
    await quiet(members, 1)
    await house.settled()
    assert [e["outcome"] for e in log(house) if e["kind"] == "letter"] == ["delivered"]


async def test_a_return_path_accepts_no_letters_and_cannot_be_guessed(house: House, members: Members) -> None:
    return_path, alias, _ = await delivered(house, members)
    guessed = f"b-{'0' * 24}@{DOMAIN}"
    stranger = await house.send(MENTEE, f"nobody@{DOMAIN}", letter(MENTEE, f"nobody@{DOMAIN}"))
    assert await house.send("", guessed, report(guessed, *FAILED), return_path="") == stranger
    assert await house.send(MENTEE, return_path, letter(MENTEE, return_path)) == stranger
    # A person answers the address in From, and that works.
    assert (await house.send(MENTEE, alias, letter(MENTEE, alias)))[0] == 250
    await members.wait_for(2)


def answers(alias: str) -> list[str]:
    return [
        letter(MENTEE, alias, "Auto-Submitted: auto-replied", body="I am away. Omar Haddad, +44 20 7946 0123"),
        letter(MENTEE, alias, "X-Autoreply: yes", "Precedence: bulk"),
        letter(MENTEE, alias, "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"),
        report(alias, *FAILED).replace("MAILER-DAEMON@mx.home.example", MENTEE),
    ]


@pytest.mark.parametrize("return_path", [MENTEE, ""])
async def test_automatic_mail_to_an_alias_is_absorbed(house: House, members: Members, return_path: str) -> None:
    _, alias, _ = await delivered(house, members)
    for text in answers(alias):
        assert (await house.send(MENTEE, alias, text, return_path=return_path))[0] == 250
    await quiet(members, 1)
    entries = [e for e in log(house) if e["kind"] == "automatic"]
    assert len(entries) == 4
    assert {e["side"] for e in entries} == ({"mentee"} if return_path else {None})


async def test_a_letter_that_only_looks_automatic_is_refused_with_advice(house: House, members: Members) -> None:
    _, alias, _ = await delivered(house, members)
    away = letter(MENTEE, alias).replace("Subject: Words", "Subject: Abwesenheitsnotiz: Words")
    code, said = await house.send(MENTEE, alias, away)
    assert (code, "another subject" in said) == (554, True)
    assert (await house.send(MENTEE, alias, letter(MENTEE, alias, body="I got this:\n> Undelivered")))[0] == 250
    await members.wait_for(2)


async def test_mail_with_the_null_return_path_learns_nothing_about_aliases(house: House, members: Members) -> None:
    _, alias, _ = await delivered(house, members)
    nobody = f"pale-otter.zzzzzzzzzzzzz@{DOMAIN}"
    for text in (report(alias, *FAILED), letter("x@outside.example", alias)):
        codes = {(await house.send("", to, text, return_path=""))[0] for to in (alias, nobody)}
        assert len(codes) == 1
    await quiet(members, 1)


async def test_two_auto_responders_stop_after_one_hop(house: House, members: Members) -> None:
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    sent = 0

    async def machine(seen: int) -> int:
        """Answer each letter that arrived since ``seen``."""
        nonlocal sent
        for arrived in members.letters[seen:]:
            message = email.message_from_bytes(arrived.content, policy=email.policy.default)
            to, sent = message["From"].addresses[0].addr_spec, sent + 1
            mark = "Auto-Submitted: auto-replied"
            text = letter(arrived.recipient, to, mark, message_id=f"v{sent}@x.example")
            await house.send(arrived.recipient, to, text, return_path="" if sent % 2 else arrived.recipient)
        return len(members.letters)

    alias, seen = pair["mentee"]["alias"], 0
    await house.send(MENTOR, alias, letter(MENTOR, alias))
    await members.wait_for(1)
    for _ in range(6):
        seen = await machine(seen)
        await asyncio.sleep(0.2)
    assert (len(members.letters), sent) == (1, 1)


async def test_mail_that_relay_sent_is_not_accepted_again(house: House, members: Members) -> None:
    _, alias, _ = await delivered(house, members)
    ours = members.letters[0].content
    redirected = re.sub(rb"(?im)^from: .*\r\n", f"From: {MENTEE}\r\n".encode(), ours)
    renamed = re.sub(rb"(?im)^message-id: .*\r\n", b"Message-ID: <new@home.example>\r\n", redirected)
    for content in (redirected, renamed):
        code, said = await house.send(MENTEE, alias, content)
        assert (code, said[:5]) == (554, "5.4.6")
    await quiet(members, 1)


async def test_a_letter_sent_again_after_a_lost_reply_is_relayed_once(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    first = await house.send(MENTOR, alias, "Received: from one\n" + letter(MENTOR, alias))
    again = await house.send(MENTOR, alias, "Received: from two\n" + letter(MENTOR, alias))
    assert (first[0], again) == (250, first)
    # A different letter with the same Message-ID is not lost.
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias, body="Another")))[1] != first[1]
    await members.wait_for(2)
    await quiet(members, 2)


async def test_the_same_letter_on_two_connections_at_once_is_delivered_once(house: House, members: Members) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    heard = await asyncio.gather(*(house.send(MENTOR, alias, letter(MENTOR, alias)) for _ in range(8)))
    assert len(set(heard)) == 1
    await members.wait_for(1)
    await quiet(members, 1)


async def test_an_undelivered_letter_can_be_sent_again_unchanged(house: House, members: Members) -> None:
    return_path, _, alias = await delivered(house, members)
    await house.send("", return_path, report(return_path, *FAILED), return_path="")
    await members.wait_for(2)
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias)))[0] == 250
    await members.wait_for(3)


async def test_a_report_and_operator_mail_in_one_envelope_are_both_handled(house: House, members: Members) -> None:
    house.env["RELAY_PROGRAMME__OPERATOR"] = "ops@programme.example"
    return_path, _, _ = await delivered(house, members)
    with smtplib.SMTP(HOST, house.port) as client:
        client.sendmail("x@outside.example", [f"abuse@{DOMAIN}", return_path], report(return_path, *FAILED))
    arrived = await members.wait_for(3)
    assert {a.recipient for a in arrived[1:]} == {"ops@programme.example", MENTOR}


async def test_an_auto_responder_of_the_operator_makes_no_loop(house: House, members: Members) -> None:
    operator, ours = "ops@programme.example", f"postmaster@{DOMAIN}"
    house.env["RELAY_PROGRAMME__OPERATOR"] = operator
    house.start()
    assert (await house.send("x@outside.example", ours, letter("x@outside.example", ours)))[0] == 250
    sent = (await members.wait_for(1))[0].content
    told = email.message_from_bytes(sent, policy=email.policy.default)
    marked = letter(operator, ours, "Auto-Submitted: auto-replied")
    unmarked = letter(operator, ours, f"In-Reply-To: {told['Message-ID']}")
    for text, return_path in ((marked, operator), (unmarked, operator), (marked, "")):
        assert (await house.send(operator, ours, text, return_path=return_path))[0] == 250
    assert (await house.send(operator, ours, sent))[0] == 250  # our own mail, sent back by a program
    assert house.log.read_text().count("absorbed: the operator's mailbox answers") == 4
    await quiet(members, 1)
    assert (await house.send(operator, ours, letter(operator, ours, body="Is anybody there?")))[0] == 250
    await members.wait_for(2)


async def test_a_missing_mailbox_is_suspended_and_its_letters_are_held(house: House, members: Members) -> None:
    house.env |= {"RELAY_PROGRAMME__OPERATOR": "ops@programme.example", "RELAY_DELIVERY__SUSPEND_AFTER": "1s"}
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.start()
    members.answer = lambda address: "550 5.1.1 no such user" if address == MENTEE else None
    for number in (1, 2):
        await house.send(MENTOR, alias, letter(MENTOR, alias, message_id=f"g{number}@real.example"))
        await members.wait_for(number)
        await asyncio.sleep(1.2)
    told = await members.wait_for(3)
    assert [a.recipient for a in told if a.recipient != "ops@programme.example"] == [MENTOR, MENTOR]
    for_operator = next(a for a in told if a.recipient != MENTOR)
    assert "mentee of pair" in for_operator.told
    assert "omar" not in for_operator.told

    members.answer = lambda _: None
    assert (await house.send(MENTOR, alias, letter(MENTOR, alias, message_id="m2@real.example")))[0] == 250
    await quiet(members, 3)
    row = json.loads(house.run("member", "list", "--suspended", "--json"))
    assert (row["side"], row["reason"]) == ("mentee", "550 5.1.1")
    assert json.loads(house.run("held", "list", "--json"))["last_status"] == "suspended"

    house.run("member", "resume", "somebody@else.example", code=1)
    house.run("member", "resume", MENTEE)
    house.stop()
    house.start()
    assert (await members.wait_for(4))[3].recipient == MENTEE
    assert house.run("member", "list", "--suspended", "--json") == ""
