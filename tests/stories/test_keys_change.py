"""Keys are replaced while relay serves: letters go on arriving, none is refused, none lost."""

from __future__ import annotations

import asyncio
import json

from .conftest import House, Members, letter

JANE, OMAR = "jane.doe@real.example", "omar@home.example"


async def test_a_relay_that_serves_takes_the_new_vault_key_by_itself(house: House, members: Members) -> None:
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
    # Twice, so that the second takes the place of a key that relay has only heard of.
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
