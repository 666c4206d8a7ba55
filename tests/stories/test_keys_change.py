"""Keys are replaced while relay runs, and no letter is refused or lost."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

from relay.settings import Address

from .conftest import House, Members, letter

JANE, OMAR = "jane.doe@real.example", "omar@home.example"


async def test_a_running_relay_uses_the_new_vault_key_by_itself(house: House, members: Members) -> None:
    pair = house.pair(JANE, OMAR)
    alias = pair["mentee"]["alias"]
    house.start()
    sent = 0

    async def letters(count: int) -> None:
        nonlocal sent
        for _ in range(count):
            sent += 1
            content = letter(JANE, alias, body=f"Number {sent}.", message_id=f"m{sent}@real.example")
            assert (await house.send(JANE, alias, content))[0] == 250

    await letters(3)
    # Twice, so that the second rotation replaces a key that relay found while it ran.
    for _ in range(2):
        before = (house.home / "keys" / "vault.key").read_bytes()
        rotating = asyncio.create_task(asyncio.to_thread(house.run, "vault", "rotate", "--yes", "--json"))
        while not rotating.done():
            await letters(1)
        assert json.loads(await rotating)["rotated"] is True
        assert (house.home / "keys" / "vault.key").read_bytes() != before
        await letters(2)
    await members.wait_for(sent)
    await house.settled()
    house.stop()
    house.start()
    await letters(2)
    assert len(await members.wait_for(sent)) == sent
    assert len(house.run("log", "list").splitlines()) == sent


async def test_a_running_relay_signs_with_the_new_dkim_keys_once_dns_has_their_records(
    house: House, members: Members, name_server: Callable[..., Awaitable[Address]]
) -> None:
    zone: dict[object, object] = {}
    server = await name_server(zone)
    house.env["RELAY_DNS__NAMESERVERS"] = f'["{server.host}:{server.port}"]'
    alias = house.pair(JANE, OMAR)["mentee"]["alias"]
    house.start()
    sent = 0

    async def selectors() -> list[str]:
        """The selectors that the next letter is signed with."""
        nonlocal sent
        sent += 1
        content = letter(JANE, alias, body=f"Number {sent}.", message_id=f"m{sent}@real.example")
        assert (await house.send(JANE, alias, content))[0] == 250
        arrived = (await members.wait_for(sent))[-1]
        return re.findall(r"^ s=([^;]+);", arrived.content.decode(), re.MULTILINE)

    async def rotate() -> dict[str, Any]:
        done: dict[str, Any] = json.loads(await asyncio.to_thread(house.run, "dkim", "rotate", "--json"))
        return done

    assert await selectors() == ["relay-rsa", "relay-ed25519"]
    begun = await rotate()
    assert (begun["step"], [record["type"] for record in begun["records"]]) == ("begin", ["TXT", "TXT"])
    assert (await rotate())["step"] == "wait"
    for record in begun["records"]:
        pieces = re.findall(".{1,255}", record["value"])
        zone[record["name"], "TXT"] = [" ".join(f'"{piece}"' for piece in pieces)]
    switched = await rotate()
    assert (switched["step"], switched["signing"]) == ("switch", begun["coming"])
    assert [old["selector"] for old in switched["old"]] == ["relay-rsa", "relay-ed25519"]
    published = [json.loads(line) for line in house.run("dns", "records", "--json").splitlines()]
    assert len([record for record in published if "_domainkey" in record["name"]]) == 6
    assert house.process is not None
    os.kill(house.process.pid, signal.SIGHUP)
    end = time.monotonic() + 60
    while "restarting with them" not in house.log.read_text() or house.log.read_text().count("listening on") < 2:
        assert time.monotonic() < end, house.log.read_text()
        await asyncio.sleep(0.1)
    assert await selectors() == begun["coming"]
