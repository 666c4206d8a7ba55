"""A letter and its answer are relayed in one thread, and neither shows who wrote it."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import dkim
import pytest

from .conftest import DOMAIN, House, Members, letter

ALLOWED = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "Auto-Submitted", "DKIM-Signature",
}  # fmt: skip

TELLTALE = (
    "Received: from laptop.real.example ([192.0.2.7]) by mx.real.example; Mon, 2 Mar 2026 10:00:00 +0300",
    "Date: Mon, 02 Mar 2026 10:00:00 +0300",
    "Reply-To: jane.doe@real.example",
    "User-Agent: Mozilla Thunderbird",
    "X-Originating-IP: [192.0.2.7]",
)


def opened(content: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


async def test_letters_cross_both_ways_in_one_thread(house: House, members: Members) -> None:
    pair = house.pair("jane.doe@real.example", "omar@home.example", "--silent", "--mentor-known-as", "Jane Doe")
    house.start()
    mentor, mentee = "jane.doe@real.example", "omar@home.example"
    to_mentee, to_mentor = pair["mentee"]["alias"], pair["mentor"]["alias"]

    body = "Dear friend,\n\nwrite to Jane.Doe@Real.Example or jane.doe [at] real [dot] example.\n\nJane Doe"
    code, said = await house.send(mentor, to_mentee, letter(mentor, to_mentee, *TELLTALE, body=body))
    assert (code, said.startswith("2.0.0 accepted as ")) == (250, True)
    first = opened((await members.wait_for(1))[0].content)
    assert members.letters[0].recipient == mentee
    assert set(first.keys()) <= ALLOWED
    assert str(first["From"]) == f"{pair['mentor']['name']} <{to_mentor}>"
    assert str(first["To"]) == mentee
    assert str(first["Date"]).endswith("+0000")
    assert "dear friend" in members.letters[0].words.lower()
    for secret in ("jane", "doe", "real.example", "laptop", "192.0.2", "thunderbird", "+0300"):
        assert secret not in members.letters[0].told

    reply = letter(mentee, to_mentor, f"In-Reply-To: {first['Message-ID']}", message_id="r1@home.example")
    assert (await house.send(mentee, to_mentor, reply))[0] == 250
    second = opened((await members.wait_for(2))[1].content)
    assert members.letters[1].recipient == mentor
    # The mentor's program knows the letter by the Message-ID that it gave it.
    assert str(second["In-Reply-To"]) == "<m1@real.example>"
    assert "<m1@real.example>" in str(second["References"])

    own = letter(
        mentor,
        to_mentee,
        "In-Reply-To: <m1@real.example>",
        "References: <m1@real.example>",
        message_id="m2@real.example",
    )
    assert (await house.send(mentor, to_mentee, own))[0] == 250
    third = opened((await members.wait_for(3))[2].content)
    assert third["In-Reply-To"] == first["Message-ID"]


async def test_every_letter_is_signed_with_keys_that_dns_records_publishes(house: House, members: Members) -> None:
    jane, operator = "jane.doe@real.example", "desk@ops.example"
    house.env["RELAY_PROGRAMME__OPERATOR"] = operator
    alias = house.pair(jane, "omar@home.example", "--no-invite")["mentee"]["alias"]
    house.start()
    welcome = [one.content for one in await members.wait_for(4)]
    for to in (alias, f"postmaster@{DOMAIN}"):
        assert (await house.send(jane, to, letter(jane, to, message_id=f"{to[0]}@real.example")))[0] == 250
    arrived = (await members.wait_for(6))[4:]
    to_operator = [one.content for one in arrived if one.recipient == operator]
    relayed = [one.content for one in arrived if one.recipient != operator]
    records = house.run("dns", "records")

    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        wanted = name.decode().rstrip(".").removesuffix(f".{DOMAIN}")
        for line in records.splitlines():
            if wanted in line and "p=" in line:
                return "".join(line.split('"')[1::2]).encode()
        return None

    def signed_by(content: bytes) -> list[str]:
        assert [dkim.DKIM(content).verify(n, dnsfunc=txt) for n in (0, 1)] == [True, True]
        return re.findall(r"^ s=([^;]+);", content.decode(), re.MULTILINE)

    assert list(map(signed_by, relayed)) == [["relay-rsa", "relay-ed25519"]]
    assert list(map(signed_by, welcome + to_operator)) == [["programme-rsa", "programme-ed25519"]] * 5


@pytest.mark.parametrize(
    "stranger",
    [
        "unknown alias",
        "somebody else's alias",
        "unknown author",
        "author of the other side",
        "two authors",
        "null sender",
    ],
)
async def test_strangers_get_the_same_reply(house: House, members: Members, stranger: str) -> None:
    ours, other = house.pair(), house.pair("third@elsewhere.example", "fourth@elsewhere.example")
    house.start()
    alias = ours["mentee"]["alias"]
    author = "jane.doe@real.example"
    cases = {
        "unknown alias": (author, f"quiet-nobody.aaaaaaaaaaaaaa@{DOMAIN}", letter(author, alias)),
        "somebody else's alias": (author, other["mentee"]["alias"], letter(author, alias)),
        "unknown author": ("x@y.example", alias, letter("x@y.example", alias)),
        "author of the other side": ("omar@home.example", alias, letter("omar@home.example", alias)),
        "two authors": (author, alias, letter(author, alias, "From: x@y.example")),
        "null sender": ("", alias, letter(author, alias)),
    }
    sender, to, content = cases[stranger]
    code, said = await house.send(author, to, content, return_path=sender)
    assert (code, said) == (
        550,
        "5.7.1 this address takes letters only from the person it was made for, sent from the address they registered; "
        "a member will find help in their welcome letter",
    )
    assert members.letters == []


async def test_only_a_member_is_told_that_the_pair_is_paused_or_ended(house: House, members: Members) -> None:
    pair = house.pair()
    house.start()
    author, alias = "jane.doe@real.example", pair["mentee"]["alias"]
    house.run("pair", "pause", pair["pair"], "--yes")
    code, said = await house.send(author, alias, letter(author, alias))
    assert (code, said[:5], "paused" in said) == (550, "5.2.1", True)
    assert (await house.send("x@y.example", alias, letter("x@y.example", alias)))[1][:5] == "5.7.1"
    house.run("pair", "resume", pair["pair"])
    assert (await house.send(author, alias, letter(author, alias)))[0] == 250
    house.run("pair", "end", pair["pair"], "--yes")
    assert (await house.send(author, alias, letter(author, alias)))[1][:5] == "5.2.1"
    await members.wait_for(1)


async def test_copies_are_not_sent_and_the_author_is_told_once(house: House, members: Members) -> None:
    pair = house.pair()
    house.start()
    author, alias = "jane.doe@real.example", pair["mentee"]["alias"]
    await house.send(author, alias, letter(author, alias, "Cc: friend@elsewhere.example, other@elsewhere.example"))
    await members.wait_for(2)
    by_recipient = {a.recipient: a for a in members.letters}
    assert set(by_recipient) == {author, "omar@home.example"}
    notice = by_recipient[author]
    assert notice.return_path == ""
    assert opened(notice.content)["Auto-Submitted"] == "auto-replied"
    assert "2 people" in notice.words
    assert b"elsewhere" not in by_recipient["omar@home.example"].content


async def test_no_file_or_output_of_the_process_identifies_anybody(
    house: House, members: Members, tmp_path: Path
) -> None:
    pair = house.pair()
    house.start()
    author, alias = "jane.doe@real.example", pair["mentee"]["alias"]
    members.answer = lambda address: "550 5.1.1 <omar@home.example> user unknown" if "omar" in address else None
    body = "the-secret-canary-sentence"
    await house.send(author, alias, letter(author, alias, body=body))
    await members.wait_for(1)
    await house.send("x@y.example", alias, letter("x@y.example", alias, body=body))
    house.stop()
    on_disk = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    for secret in (b"jane.doe", b"omar@", b"home.example", b"real.example", body.encode(), b"x@y.example"):
        assert secret not in on_disk
