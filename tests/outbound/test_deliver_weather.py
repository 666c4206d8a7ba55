"""Deliveries to slow, failing and silent servers, at random: of new letters, from the queue, and retries.

In every interleaving each letter ends once, the limits per server hold, and no delivery waits without need.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from relay.inbound.commit import commit
from relay.outbound.deliver import Deliverer
from relay.outcomes import Deferred, Failed, Outcome, Sent
from relay.store import Effects
from relay.store.engine.database import Database
from relay.store.engine.times import to_stored

from .conftest import letter, with_delivery

LETTERS, SERVERS, MOST, CAP = 90, 9, 4, 3
DUE = "SELECT DISTINCT destination FROM delivery WHERE state = 'queued' AND due_at <= ?"


class Weather:
    """The next servers, with random delays and replies. A letter is identified by its octets."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.gate = asyncio.Event()
        self.now: Counter[str] = Counter()
        self.most = self.most_to_one = 0
        self.ended: Counter[bytes] = Counter()

    async def send(self, *, recipient: str, return_path: str, content: bytes) -> Outcome:
        self.now[recipient] += 1
        self.most, self.most_to_one = max(self.most, self.now.total()), max(self.most_to_one, self.now[recipient])
        slow = recipient.endswith(("0.example", "1.example"))
        await asyncio.sleep(self.dice.choice((0.1, 0.3) if slow else (0.0, 0.0, 0.002, 0.02, 0.05)))
        self.now[recipient] -= 1
        outcomes = Sent("250 2.0.0"), Failed("550 5.7.1"), Deferred("451 4.3.0"), Deferred("4.4.1")
        says = self.dice.choices(outcomes, (80, 4, 10, 6))[0]
        self.ended[content] += not isinstance(says, Deferred)
        return says


@pytest.fixture(autouse=True)
def far_from_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make regular looks rare, so that a missing wake-up is seen."""
    monkeypatch.setattr("relay.outbound.deliver._IDLE", 60.0)


@pytest.fixture(params=[1, 2])
def server(request: pytest.FixtureRequest) -> Weather:
    return Weather(random.Random(request.param))


def _due(db: Database, at: int) -> list[tuple[bytes]]:
    return db.execute(DUE, (at,)).fetchall()


async def longest_needless_wait(deliverer: Deliverer) -> float:
    """Watch until cancelled. Returns the longest time in seconds for which a due delivery to a server with a free slot
    was not tried."""
    loop, longest = asyncio.get_running_loop(), 0.0
    since: dict[str, float] = {}
    try:
        while True:
            now = datetime.now(UTC)
            rows = await deliverer._store._reader.run(partial(_due, at=to_stored(now)))
            closed = {*deliverer._admission.slots.full(), *deliverer._admission.breaker.down(now)}
            waiting = {row[0].hex() for row in rows} - closed if deliverer._admission.slots.free > 0 else set()
            since = {key: since.get(key, loop.time()) for key in waiting}
            longest = max([longest, *(loop.time() - begun for begun in since.values())])
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        return longest


async def test_with_random_servers_every_letter_ends_and_none_waits_without_need(
    deliverer: Deliverer,
    server: Weather,
) -> None:
    store, dice = deliverer._store, server.dice
    with_delivery(deliverer, retry_after=(0.1, 0.2))
    deliverer._admission.breaker._first, deliverer._admission.breaker._longest = 0.1, 0.2
    watching = asyncio.create_task(longest_needless_wait(deliverer))

    async def arrive(number: int) -> Any:
        one = letter(number, f"omar@home{dice.randrange(SERVERS)}.example")
        if dice.random() < 0.7:
            return await commit(store, deliverer, Effects(letters=(one,)))
        await store.accept([one])
        return deliverer.wake()

    async with asyncio.TaskGroup() as door:
        for number in range(LETTERS):
            door.create_task(arrive(number))
            await asyncio.sleep(dice.choice((0, 0, 0.001, 0.01, 0.04)))
    async with asyncio.timeout(50):
        while await store.queue.rows() or deliverer._tasks:
            await asyncio.sleep(0.02)
    watching.cancel()
    entries = [entry for entry in await store.journal.list() if entry.kind == "letter"]
    assert Counter(entry.outcome in ("delivered", "failed") for entry in entries) == {True: LETTERS}
    assert set(server.ended.values()) == {1}, "each ended, and none was sent again after that"
    assert (server.most <= MOST, server.most_to_one <= CAP, deliverer._admission.slots.free) == (True, True, MOST)
    assert await watching < 15
