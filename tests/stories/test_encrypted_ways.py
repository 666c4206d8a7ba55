"""Letters to a real Postfix: encrypted where that is required, by DANE and MTA-STS, and never otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from lab.postfix import Postfix, available

from relay.settings import Address

from ..conftest import Authority, Issued
from .conftest import HOST, RELAY, House, Members, free_port, letter

pytestmark = pytest.mark.skipif(not available(), reason="needs postfix and root")

MENTOR, MENTEE, MX = "jane.doe@real.example", "omar@home.example", "mx.home.example"
MakeServer = Callable[..., Awaitable[Address]]


def tls_lines(issued: Issued) -> Sequence[str]:
    """Postfix offers STARTTLS with this certificate, and says in Received how a letter came."""
    files = (f"smtpd_tls_cert_file = {issued.file}", f"smtpd_tls_key_file = {issued.key}")
    return ("smtpd_tls_security_level = may", "smtpd_tls_received_header = yes", *files)


NO_TLS = "smtpd_tls_security_level = none"


def digest(issued: Issued) -> str:
    """The TLSA record "3 1 1" of its key."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    made = hashes.Hash(hashes.SHA256())
    made.update(issued.certificate.public_key().public_bytes(serialization.Encoding.DER, form))
    return f"3 1 1 {made.finalize().hex()}"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


async def until(house: House, words: str, seconds: float = 30) -> None:
    """Until relay's log has these words."""
    end = time.monotonic() + seconds
    while words not in house.log.read_text():
        assert time.monotonic() < end, house.log.read_text()
        await asyncio.sleep(0.05)


def waiting(house: House) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(house.run("queue", "list", "--json").splitlines()[0])
    shown: dict[str, Any] = json.loads(house.run("queue", "show", row["id"], "--json"))
    return shown


async def write(house: House, pair: dict[str, Any], number: int) -> None:
    alias = pair["mentee"]["alias"]
    text = letter(MENTOR, alias, body=f"Private {number}", message_id=f"m{number}@real.example")
    assert (await house.send(MENTOR, alias, text))[0] == 250


async def test_a_smarthost_that_stops_encrypting_gets_nothing_until_it_does_again(
    house: House, members: Members, open_folder: Path, authority: Authority, stack: ExitStack
) -> None:
    lines = tls_lines(authority.issue("localhost"))
    postfix = Postfix(open_folder / "postfix", free_port(), members.port, lines)
    await asyncio.to_thread(stack.enter_context, postfix)
    house.env |= {"RELAY_DELIVERY__SMARTHOST": f"{HOST}:{postfix.port}", "RELAY_DELIVERY__TLS": "required"}
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    assert f"the smarthost {HOST}:{postfix.port} answers, encrypted" in house.run("check", "--local", code=0)
    await write(house, pair, 1)
    (first,) = await members.wait_for(1)
    assert b"using TLSv1.3" in first.content and b"ESMTPS" in first.content
    await until(house, "delivered, tls=encrypted")
    house.stop()  # its open connection would still be encrypted

    postfix.change(NO_TLS)
    house.start()
    await write(house, pair, 2)
    await until(house, "deferred (tls 4.7.10)")
    assert "offers no encryption" in waiting(house)["meaning"]
    await asyncio.sleep(2.5)  # and two tries more
    assert len(members.letters) == 1
    command = [RELAY, "--home", str(house.home), "check", "--local"]
    checked = subprocess.run(command, env=house.env, capture_output=True, text=True, check=False).stdout
    assert "cannot be used: the next server offers no encryption" in checked
    assert "(tls 4.7.10)" in checked

    postfix.change(*lines)
    assert b"Private 2" in (await members.wait_for(2))[1].content
    await house.settled()


@pytest.fixture
async def home_example(
    port_25: None, house: House, members: Members, open_folder: Path, authority: Authority, name_server: MakeServer
) -> AsyncIterator[tuple[Postfix, dict[object, object], str]]:
    """The mentee's domain: its MX is a Postfix at port 25 of an address of its own. Its DNS zone, and that address."""
    at = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.25"
    lines = tls_lines(authority.issue(MX))
    postfix = Postfix(open_folder / "postfix", 25, members.port, lines, at)
    zone: dict[object, object] = {("home.example", "MX"): [f"10 {MX}."], (MX, "A"): [at]}
    where = await name_server(zone)
    house.env |= {"RELAY_DELIVERY__SMARTHOST": "", "RELAY_DNS__NAMESERVERS": f'["{where.host}:{where.port}"]'}
    with ExitStack() as running:
        await asyncio.to_thread(running.enter_context, postfix)
        yield postfix, zone, at


async def test_by_dane_a_letter_goes_to_the_right_postfix_and_to_no_other(
    house: House,
    members: Members,
    authority: Authority,
    home_example: tuple[Postfix, dict[object, object], str],
) -> None:
    postfix, zone, _ = home_example
    right, wrong = authority.issue(MX), authority.issue(MX)
    zone |= {"secure": ("home.example",), (f"_25._tcp.{MX}", "TLSA"): [digest(right)]}
    postfix.change(*tls_lines(wrong))
    house.env["RELAY_DNS__DNSSEC"] = "validated"
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    await write(house, pair, 1)
    await until(house, "deferred (dane 4.7.5)")
    assert "TLSA records" in waiting(house)["meaning"]
    await asyncio.sleep(1.5)
    assert members.letters == []
    postfix.change(*tls_lines(right))
    (only,) = await members.wait_for(1)
    assert b"ESMTPS" in only.content
    await until(house, "delivered, tls=dane-ee")
    assert "home.example" not in house.log.read_text()


async def test_by_mta_sts_a_letter_waits_for_the_right_postfix_also_after_the_policy_is_hidden(
    house: House,
    members: Members,
    authority: Authority,
    home_example: tuple[Postfix, dict[object, object], str],
) -> None:
    postfix, zone, at = home_example
    policy = f"version: STSv1\nmode: enforce\nmx: {MX}\nmax_age: 86400\n".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(policy)

    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head + policy)
            await writer.drain()
        writer.close()

    site = await asyncio.start_server(web, at, 443, ssl=authority.issue("mta-sts.home.example").context)
    zone |= {("mta-sts.home.example", "A"): [at], ("_mta-sts.home.example", "TXT"): ['"v=STSv1; id=1"']}
    house.env["SSL_CERT_FILE"] = str(authority.file)
    pair = house.pair(MENTOR, MENTEE)
    house.start()
    await write(house, pair, 1)
    await members.wait_for(1)
    await until(house, "delivered, tls=sts")
    house.stop()

    site.close()
    del zone["_mta-sts.home.example", "TXT"]
    postfix.change(NO_TLS)
    house.start()
    await write(house, pair, 2)
    await until(house, "deferred (sts 4.7.10)")
    assert "MTA-STS policy" in waiting(house)["meaning"]
    assert len(members.letters) == 1
    postfix.change(*tls_lines(authority.issue(MX)))
    assert b"Private 2" in (await members.wait_for(2))[1].content
