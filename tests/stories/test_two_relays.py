"""Two relays share one PostgreSQL database: when one is killed while delivering, every letter is still delivered."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from pathlib import Path

from .conftest import DOMAIN, HOST, House, Members, free_port, letter

MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"


def numbers(members: Members) -> set[int]:
    """The numbers of the letters that arrived."""
    return {int(number) for one in members.letters for number in re.findall(rb"number (\d+)", one.content)}


async def test_when_one_relay_is_killed_the_other_delivers_everything(
    house: House, members: Members, empty_postgres: str, tmp_path: Path
) -> None:
    house.env["RELAY_DELIVERY__LEASE"] = "3s"
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.run("store", "copy", "sqlite:relay.db", empty_postgres)
    house.env["RELAY_STORE__URL"] = empty_postgres
    shutil.copytree(house.home, tmp_path / "second")
    other = House(tmp_path / "second", free_port(), {**house.env, "RELAY_SMTP__LISTEN": ""})
    other.env["RELAY_SMTP__LISTEN"] = f'["{HOST}:{other.port}"]'
    house.start()
    other.start()
    try:
        members.stalled = True
        for number in range(20):
            text = letter(MENTOR, alias, body=f"number {number}.", message_id=f"k{number}@real.example")
            assert (await (house, other)[number % 2].send(MENTOR, alias, text))[0] == 250
        async with asyncio.timeout(30):
            while not members.tries:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        house.stop(signal.SIGKILL)
        members.stalled = False
        async with asyncio.timeout(60):  # a letter whose lease expires may arrive twice
            while numbers(members) != set(range(20)):
                await asyncio.sleep(0.05)
        assert DOMAIN.encode() in members.letters[0].content
    finally:
        assert other.stop() == 0


async def test_two_relays_share_a_port_and_one_can_stop(
    house: House, members: Members, empty_postgres: str, tmp_path: Path
) -> None:
    alias = house.pair(MENTOR, MENTEE)["mentee"]["alias"]
    house.run("store", "copy", "sqlite:relay.db", empty_postgres)
    house.env["RELAY_STORE__URL"] = empty_postgres
    shutil.copytree(house.home, tmp_path / "second" / "home")
    other = House(tmp_path / "second" / "home", house.port, house.env)
    house.start()
    other.start()  # the greeting may come from the first
    try:
        async with asyncio.timeout(60):
            while "listening on" not in other.log.read_text():
                await asyncio.sleep(0.05)
        for number in range(24):
            text = letter(MENTOR, alias, body=f"number {number}.", message_id=f"k{number}@real.example")
            assert (await house.send(MENTOR, alias, text))[0] == 250
        await members.wait_for(24)
        shares = [each.log.read_text().count(" accepted") for each in (house, other)]
        assert sum(shares) == 24
        assert min(shares) > 0, shares
        assert await asyncio.to_thread(house.stop) == 0
        for number in range(5):
            text = letter(MENTOR, alias, body=f"alone {number}.", message_id=f"l{number}@real.example")
            assert (await house.send(MENTOR, alias, text))[0] == 250
        await members.wait_for(29)
    finally:
        assert other.stop() == 0
