"""Forgers, look-alikes and strangers get the same refusal; a member is accepted, by every kind of proof."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import smtplib
from collections.abc import Awaitable, Callable

import dkim
import pytest

from relay.message.write.dkim_sign import new_rsa_key, public_record
from relay.settings import Address

from .conftest import HOST, House, Members, letter

MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"
ELSEWHERE = "127.0.0.66"
PEM = new_rsa_key()
RECORD = public_record(PEM)
KEY = [f'"{RECORD[:250]}" "{RECORD[250:]}"']

Zone = dict[object, object]
MakeServer = Callable[[Zone], Awaitable[Address]]


def records() -> Zone:
    """The mentor's domain and the forger's have SPF, DKIM and DMARC; the mentee's has none."""
    found: Zone = {("home.example", "A"): [HOST]}
    for domain, address in (("real.example", HOST), ("rea1.example", ELSEWHERE), ("evil.example", ELSEWHERE)):
        found[domain, "TXT"] = [f'"v=spf1 ip4:{address} -all"']
        found[f"_dmarc.{domain}", "TXT"] = ['"v=DMARC1; p=reject"']
        found[f"k._domainkey.{domain}", "TXT"] = KEY
    return found


async def opened(house: House, zone: Zone, make: MakeServer, **settings: str) -> tuple[str, str]:
    """Start relay with this DNS. Returns the aliases that the mentor and the mentee write to."""
    where = await make(zone)
    house.env |= {"RELAY_AUTHENTICITY__VERIFY": "self", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
    house.env |= settings
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    return pair["mentee"]["alias"], pair["mentor"]["alias"]


async def hear(house: House, content: str, return_path: str, alias: str, peer: str = HOST, signer: str = "") -> str:
    """The reply after the final dot."""
    octets = content.replace("\n", "\r\n").encode()
    if signer:
        fields = [b"from", b"to", b"subject"]
        octets = dkim.sign(octets, b"k", signer.encode(), PEM.encode(), include_headers=fields) + octets

    def send() -> str:
        with smtplib.SMTP(HOST, house.port, "client.example", source_address=(peer, 0)) as client:
            client.ehlo()
            client.mail(return_path)
            client.rcpt(alias)
            code, said = client.data(octets)
            return f"{code} {said.decode()}"

    return await asyncio.to_thread(send)


async def test_a_member_is_accepted_and_everybody_else_gets_the_same_refusal(
    house: House, members: Members, name_server: MakeServer
) -> None:
    alias, _ = await opened(house, records(), name_server)
    mallory, double = "mallory@evil.example", "jane.doe@rea1.example"
    honest = letter(MENTOR, alias, message_id="honest@real.example")
    assert (await hear(house, honest, MENTOR, alias)).startswith("250 ")
    another = letter(MENTOR, alias, body="Again", message_id="another@real.example")
    assert (await hear(house, another, "x@elsewhere.example", alias, ELSEWHERE, "real.example")).startswith("250 ")
    await members.wait_for(2)

    forged = letter(MENTOR, alias, message_id="forged@real.example")
    two = forged.replace("Subject:", f"From: <{mallory}>\nSubject:", 1)
    tale = f"Authentication-Results: relay.example; dmarc=pass header.from=real.example\n{forged}"
    heard = {
        await hear(house, forged, MENTOR, alias, ELSEWHERE),
        await hear(house, forged, mallory, alias, ELSEWHERE),
        await hear(house, forged, mallory, alias, ELSEWHERE, "evil.example"),
        await hear(house, forged, "", alias, ELSEWHERE),
        await hear(house, two, mallory, alias, ELSEWHERE, "evil.example"),
        await hear(house, tale, mallory, alias, ELSEWHERE),
        await hear(house, letter(double, alias), double, alias, ELSEWHERE, "rea1.example"),
        await hear(house, letter(mallory, alias), mallory, alias, ELSEWHERE, "evil.example"),
        await hear(house, letter(MENTEE, alias), MENTEE, alias, ELSEWHERE),
        await hear(house, forged, MENTOR, "nobody.here@relay.example", ELSEWHERE),
        await hear(house, letter(MENTOR, "nobody.here@relay.example"), MENTOR, "nobody.here@relay.example"),
    }
    assert len(heard) == 1
    assert heard.pop().startswith("550 5.7.1 this address takes letters only from the person it was made for")
    await asyncio.sleep(0.3)
    assert len(members.letters) == 2


async def test_a_letter_is_deferred_while_dns_does_not_answer_and_then_accepted(
    house: House, members: Members, name_server: MakeServer
) -> None:
    zone = records()
    zone |= {"real.example": "SERVFAIL"}
    alias, _ = await opened(house, zone, name_server)
    said = await hear(house, letter(MENTOR, alias), MENTOR, alias)
    assert said == "451 4.7.24 could not check just now who sent this; please try again later"
    assert said == await hear(house, letter(MENTOR, alias), MENTOR, "nobody.here@relay.example")
    del zone["real.example"]
    assert (await hear(house, letter(MENTOR, alias), MENTOR, alias)).startswith("250 ")
    await members.wait_for(1)


@pytest.mark.parametrize(("wish", "taken"), [("accept", True), ("confirm", False)])
async def test_an_unproven_letter_is_handled_as_on_unproven_says(
    house: House, members: Members, name_server: MakeServer, wish: str, taken: bool
) -> None:
    _, alias = await opened(house, records(), name_server, RELAY_AUTHENTICITY__ON_UNPROVEN=wish)
    said = await hear(house, letter(MENTEE, alias), MENTEE, alias)
    assert said.startswith("250 " if taken else "550 5.7.1 this address takes letters only from")
    if not taken:
        entries = [json.loads(line) for line in house.run("log", "list", "--json").splitlines()]
        assert ("refused", "Unproven") in [(entry["outcome"], entry["reason"]) for entry in entries]


async def test_behind_a_mail_server_only_its_own_results_count(
    house: House, members: Members, name_server: MakeServer
) -> None:
    upstream = {"RELAY_AUTHENTICITY__VERIFY": "upstream", "RELAY_AUTHENTICITY__AUTHSERV_ID": "mx.relay.example"}
    alias, _ = await opened(house, {}, name_server, **upstream)
    by = "Received: from client.example by mx.relay.example; Wed, 4 Feb 2026 08:41:05 +0100\n"
    found = "Authentication-Results: mx.relay.example; dmarc=pass header.from=real.example\n"
    good, bad = found + by, found.replace("pass", "fail") + by
    assert (await hear(house, good + letter(MENTOR, alias), MENTOR, alias)).startswith("250 ")
    for words in ("", found, by + found, by + good, bad, bad + good, good.replace("mx.", "mx2.") + good):
        assert (await hear(house, words + letter(MENTOR, alias), MENTOR, alias)).startswith("550 5.7.1 ")
    await members.wait_for(1)


async def test_an_unproven_member_is_asked_and_their_answer_releases_the_letter(
    house: House, members: Members, name_server: MakeServer
) -> None:
    _, alias = await opened(house, records(), name_server)
    said = await hear(house, letter(MENTEE, alias, body="Dear mentor", message_id="u1@home.example"), MENTEE, alias)
    stranger = await hear(house, letter("x@home.example", alias), "x@home.example", alias)
    assert said == stranger
    assert said.startswith("550 ")
    question = (await members.wait_for(1))[0]
    assert (question.recipient, question.return_path) == (MENTEE, "")
    assert b"Dear mentor" not in question.content
    to = str(email.message_from_bytes(question.content, policy=email.policy.default)["From"].addresses[0].addr_spec)
    (held,) = [json.loads(line) for line in (await asyncio.to_thread(house.run, "held", "list", "--json")).splitlines()]
    assert held["last_status"] == "unproven"
    answer = f"From: <{MENTEE}>\nTo: <{to}>\nSubject: Re: Did you\nMessage-ID: <a@home.example>\n\nyes\n"
    assert (await hear(house, answer, MENTEE, to)).startswith("250 ")
    sent = (await members.wait_for(2))[1]
    assert sent.recipient == MENTOR
    assert b"Dear mentor" in sent.content
    assert house.run("held", "list", "--json") == ""


async def test_only_a_proven_member_is_told_that_the_pair_is_closed(
    house: House, members: Members, name_server: MakeServer
) -> None:
    alias, _ = await opened(house, records(), name_server)
    (pair,) = [json.loads(line)["pair"] for line in house.run("pair", "list", "--json").splitlines()]
    for verb, words in ((("pause",), "is paused just now"), (("end", "--silent"), "has ended")):
        await asyncio.to_thread(house.run, "pair", *verb, pair, "--yes")
        said = await hear(house, letter(MENTOR, alias), "x@elsewhere.example", alias, ELSEWHERE, "real.example")
        assert said.startswith("550 5.2.1 your mentoring pair ")
        assert words in said
        heard = {
            await hear(house, letter(MENTOR, alias), MENTOR, alias, ELSEWHERE),
            await hear(house, letter(MENTOR, alias), "mallory@evil.example", alias, ELSEWHERE, "evil.example"),
            await hear(house, letter(MENTEE, alias), MENTEE, alias),
            await hear(house, letter("jane@evil.example", alias), "jane@evil.example", alias, ELSEWHERE),
        }
        assert {said[:9] for said in heard} == {"550 5.7.1"}
        assert len(heard) == 1
    told = await members.wait_for(2)
    assert [one.recipient for one in told] == [MENTOR, MENTOR], "the proven author, by letter, once for each reason"
    assert "Your pair is paused just now." in told[0].words
    assert "Your pair has ended." in told[1].words
    assert len(members.letters) == 2


@pytest.mark.parametrize(
    "written",
    ["{0}%elsewhere.example@relay.example", "elsewhere.example!{0}@relay.example", "@relay.example:{0}@relay.example"],
)
async def test_an_address_with_hidden_parts_is_not_relayed(
    written: str, house: House, members: Members, name_server: MakeServer
) -> None:
    alias, _ = await opened(house, records(), name_server)
    local = alias.partition("@")[0]

    def ask(*recipients: str) -> list[int]:
        with smtplib.SMTP(HOST, house.port, "client.example") as client:
            client.ehlo()
            client.mail(MENTOR)
            return [client.docmd("RCPT", f"TO:<{one}>")[0] for one in recipients]

    assert {code // 100 for code in await asyncio.to_thread(ask, written.format(local))} == {5}
    quoted = f'"{local}"@relay.example'  # well formed, so RCPT is accepted; but there is no such alias
    assert await asyncio.to_thread(ask, quoted, f'"{alias}"@relay.example') == [250, 550]
    said = await hear(house, letter(MENTOR, alias), MENTOR, quoted)
    assert said.startswith("550 5.7.1 this address takes letters only from")
    assert members.letters == []
