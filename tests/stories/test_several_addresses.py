"""A member writes from several addresses: each is proven by an answered request, and none reaches the partner."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from typing import Any, cast

from relay.settings import Address

from .conftest import HOST, Arrived, House, Members, letter

OLD, NEW, MENTEE = "jane.doe@real.example", "jane@new.example", "omar@home.example"
MakeServer = Callable[[dict[object, object]], Awaitable[Address]]


async def opened(house: House, make: MakeServer) -> dict[str, Any]:
    """A pair whose addresses can be proven, and a new address of the mentor's that was just added."""
    zone: dict[object, object] = {}
    for domain in ("real.example", "new.example", "home.example", "stranger.example"):
        zone[domain, "TXT"] = [f'"v=spf1 ip4:{HOST} -all"']
    where = await make(zone)
    house.env |= {"RELAY_AUTHENTICITY__VERIFY": "self", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
    pair = house.pair(OLD, MENTEE, "--silent", "--mentor-known-as", "Jane Doe")
    house.run("member", "add-address", pair["pair"], "mentor", NEW)
    house.start()
    return pair


def mail(arrived: Arrived) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(arrived.content, policy=email.policy.default))


def text(arrived: Arrived) -> str:
    return arrived.words


def sender(arrived: Arrived) -> str:
    return str(mail(arrived)["From"].addresses[0].addr_spec)


def to(members: Members, address: str) -> list[Arrived]:
    return [one for one in members.letters if one.recipient == address]


async def answer(house: House, question: Arrived, author: str) -> None:
    words = letter(author, sender(question), body="Yes", message_id=f"{len(question.content)}@{author}")
    assert (await house.send(author, sender(question), words))[0] == 250


async def write(house: House, author: str, alias: str, body: str) -> tuple[int, str]:
    code, said = await house.send(author, alias, letter(author, alias, body=body, message_id=f"{hash(body)}@{author}"))
    return code, said


async def held(house: House) -> list[str]:
    listed = await asyncio.to_thread(house.run, "held", "list", "--json")
    return [json.loads(line)["last_status"] for line in listed.splitlines()]


async def test_a_letter_from_an_unproven_address_is_held_until_the_member_answers(
    house: House, members: Members, name_server: MakeServer
) -> None:
    pair = await opened(house, name_server)
    alias = pair["mentee"]["alias"]
    await members.wait_for(2)
    (asking,), (word,) = to(members, NEW), to(members, OLD)
    assert sender(asking).startswith("c-")
    assert sender(word) == "help@relay.example"
    assert pair["mentee"]["name"] not in text(asking) + text(word)
    assert NEW not in word.content.decode()
    assert OLD not in asking.content.decode()

    said = await write(house, NEW, alias, "From the new address.")
    assert said == await write(house, "x@stranger.example", alias, "Hello")
    assert said[0] == 550
    question = (await members.wait_for(3))[2]
    assert (question.recipient, question.return_path) == (OLD, "")
    assert "From the new address." not in question.content.decode()
    assert NEW not in question.content.decode()
    assert await held(house) == ["unproven-address"]
    assert to(members, MENTEE) == []

    await answer(house, question, OLD)
    sent = (await members.wait_for(4))[3]
    assert sent.recipient == MENTEE
    assert "From the new address." in text(sent)
    assert await held(house) == []
    # The answer released that letter only; the address is not proven by it.
    assert (await write(house, NEW, alias, "And another."))[0] == 550
    assert "another address" in str(mail((await members.wait_for(5))[4])["Subject"])
    nothing_sent(house, members)


async def test_an_answered_request_proves_the_address_and_letters_cross_both_ways(
    house: House, members: Members, name_server: MakeServer
) -> None:
    pair = await opened(house, name_server)
    to_mentee, to_mentor = pair["mentee"]["alias"], pair["mentor"]["alias"]
    await members.wait_for(2)
    assert (await write(house, NEW, to_mentee, "This one waits."))[0] == 550
    await members.wait_for(3)
    await answer(house, to(members, NEW)[0], NEW)
    await members.wait_for(5)
    assert "is on its way now" in text(to(members, NEW)[1])
    assert [text(one).strip() for one in to(members, MENTEE)] == ["This one waits."]

    assert (await write(house, NEW, to_mentee, "From the new one."))[0] == 250
    assert (await write(house, OLD, to_mentee, "From the old one."))[0] == 250
    await members.wait_for(7)
    assert {sender(one) for one in to(members, MENTEE)} == {to_mentor}
    assert (await write(house, MENTEE, to_mentor, "An answer."))[0] == 250
    assert text((await members.wait_for(8))[7]).strip() == "An answer."
    assert members.letters[7].recipient == OLD

    await asyncio.to_thread(house.run, "member", "set-primary", pair["pair"], "mentor", NEW)
    assert (await write(house, MENTEE, to_mentor, "Where to?"))[0] == 250
    await members.wait_for(10)
    assert text(to(members, NEW)[-1]).strip() == "Where to?"
    assert "go to another address" in str(mail(to(members, OLD)[-1])["Subject"])
    assert (await write(house, OLD, to_mentee, "The old one still works."))[0] == 250
    await members.wait_for(11)
    nothing_sent(house, members)


async def test_a_letter_refused_just_before_its_author_gives_up_is_held(
    house: House, members: Members, name_server: MakeServer
) -> None:
    pair = await opened(house, name_server)
    await members.wait_for(2)
    assert (await write(house, NEW, pair["mentee"]["alias"], "Just in time."))[0] == 550
    assert await asyncio.to_thread(house.stop) == 0
    assert await held(house) == ["unproven-address"]


async def test_a_refused_letter_from_an_unproven_address_is_reported_to_a_proven_one(
    house: House, members: Members, name_server: MakeServer
) -> None:
    pair = await opened(house, name_server)
    alias = pair["mentee"]["alias"]
    await members.wait_for(2)
    house.run("pair", "pause", pair["pair"], "--yes")
    assert await write(house, NEW, alias, "While it rests.") == await write(house, "x@stranger.example", alias, "Hi")
    told = (await members.wait_for(3))[2]
    assert told.recipient == OLD
    assert "paused" in text(told)
    house.run("pair", "resume", pair["pair"])
    vacation = letter(NEW, alias, "Auto-Submitted: auto-replied", body="I am away.")
    assert (await house.send(NEW, alias, vacation))[0] == 550
    assert (await write(house, OLD, alias, "Goes on."))[0] == 250
    await members.wait_for(4)
    assert await held(house) == []
    nothing_sent(house, members)


async def test_a_forgotten_member_becomes_a_stranger_and_the_partner_gets_a_notice(
    house: House, members: Members, name_server: MakeServer
) -> None:
    house.env |= {"RELAY_DELIVERY__RETRY_AFTER": '["1h"]'}
    pair = await opened(house, name_server)
    to_mentee, to_mentor = pair["mentee"]["alias"], pair["mentor"]["alias"]
    await members.wait_for(2)
    members.answer = lambda _: "451 4.3.0 later"
    assert (await write(house, OLD, to_mentee, "One more thing."))[0] == 250
    assert (await write(house, MENTEE, to_mentor, "Are you there?"))[0] == 250
    async with asyncio.timeout(30):
        while house.log.read_text().count(" deferred ") < 2:
            await asyncio.sleep(0.05)
    assert "--yes" in house.run("member", "forget", pair["pair"], "mentor", code=2)
    done = json.loads(house.run("member", "forget", pair["pair"], "mentor", "--yes", "--json"))
    assert (done["pairs"], done["deliveries"]) == (1, 2)
    members.answer = lambda _: None
    stranger = await write(house, "x@stranger.example", to_mentee, "Hello")
    assert await write(house, OLD, to_mentee, "Hello again.") == stranger
    assert await write(house, NEW, to_mentee, "Hello again.") == stranger
    code, said = await write(house, MENTEE, to_mentor, "Hello?")
    assert (code, said[:5]) == (550, "5.2.1")
    await answer(house, to(members, NEW)[0], NEW)  # a late answer is absorbed
    told = (await members.wait_for(4))[2:]
    assert [one.recipient for one in told] == [MENTEE, MENTEE]
    assert any("One letter of yours did not arrive" in text(one) for one in told)
    assert any("Your pair has ended. Our coordinator can tell you more." in text(one) for one in told)
    assert len(members.letters) == 4
    for octets in (house.home.joinpath("relay.db").read_bytes(), house.log.read_bytes()):
        for secret in (b"jane.doe", b"jane doe", b"jane@new"):  # four letters may occur in encrypted data by chance
            assert secret not in octets.lower()


def nothing_sent(house: House, members: Members) -> None:
    """Assert that no letter to the mentee and no log line holds an address of the mentor."""
    for one in to(members, MENTEE):
        for word in ("jane", "doe", "real.example", "new.example"):
            assert word not in one.told
    log = house.log.read_text().lower()
    for word in (OLD, NEW, MENTEE, "jane", "omar"):
        assert word not in log
