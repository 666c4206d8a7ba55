"""Events during a look into the queue, one interleaving per test."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.outcomes import Deferred, Outcome
from relay.store.engine.times import to_stored

from .conftest import Server, Watched, accept, letter, looked, until

pytestmark = pytest.mark.usefixtures("hints_only")
HOME, OTHER = "omar@home.example", "ann@other.example"


class Slow(Server):
    """A server where only letters to ``slow`` wait for the gate."""

    slow: tuple[str, ...] = (HOME,)

    async def send(self, *, recipient: str, return_path: str, content: bytes) -> Outcome:
        if recipient in self.slow:
            return await super().send(recipient=recipient, return_path=return_path, content=content)
        self.got.append(content)
        return self.says


@pytest.fixture
def server() -> Slow:
    made = Slow()
    made.gate.clear()
    return made


class Look:
    """The next look into the queue: sets ``seen`` after reading, and continues when ``go`` is set."""

    def __init__(self, deliverer: Watched) -> None:
        self.seen, self.go = asyncio.Event(), asyncio.Event()
        claim = deliverer._store.queue.claim

        async def slowly(*given: Any, **named: Any) -> Any:
            claimed = await claim(*given, **named)
            self.seen.set()
            await self.go.wait()
            return claimed

        deliverer._store.queue.claim = slowly  # type: ignore[method-assign]


async def claimed_without_a_slot(deliverer: Watched) -> None:
    """Letter 2 is claimed while letter 3, newly accepted, takes the last slot of its destination."""
    await accept(deliverer, 0)
    await accept(deliverer, 1)
    await looked(deliverer)
    look = Look(deliverer)
    await deliverer._store.accept([letter(2)])
    deliverer.wake()
    await look.seen.wait()
    assert await accept(deliverer, 3)
    look.go.set()
    await asyncio.sleep(0.05)


async def test_a_claimed_delivery_without_a_slot_does_not_stop_others(deliverer: Watched, server: Slow) -> None:
    await claimed_without_a_slot(deliverer)
    await deliverer._store.accept([letter(4, OTHER)])
    deliverer.wake()
    await until(lambda: server.got == [b"4"])
    await until(lambda: not deliverer._admission.waiting.has(deliverer._store.queue.destination("bea@third.example")))
    assert await accept(deliverer, 5, "bea@third.example")
    assert [row.attempts for row in await deliverer._store.queue.rows() if row.id == "d2"] == [0]
    server.gate.set()
    await until(lambda: len(server.got) == 6)


async def test_no_try_begins_after_stop(deliverer: Watched, server: Slow) -> None:
    await claimed_without_a_slot(deliverer)
    await deliverer.stop(0.1)
    server.gate.set()
    await asyncio.sleep(0.1)
    assert (server.got, deliverer._tasks) == ([], set())


async def test_deliveries_claimed_during_stop_are_returned_to_the_queue(deliverer: Watched, server: Slow) -> None:
    await looked(deliverer)
    look = Look(deliverer)
    await deliverer._store.accept([letter(0, OTHER)])
    deliverer.wake()
    await look.seen.wait()
    await deliverer.stop(1)
    look.go.set()
    async with asyncio.timeout(20):
        while [row.state for row in await deliverer._store.queue.rows()] != ["queued"]:
            await asyncio.sleep(0.01)
    assert server.got == []


async def test_a_delivery_waiting_for_any_slot_gets_the_first_free_one(deliverer: Watched, server: Slow) -> None:
    letters = [letter(0), letter(1), *(letter(2 + n, f"bea@home{n}.example") for n in range(3))]
    await deliverer._store.accept(letters)
    await deliverer._store._writer.run(lambda db: db.execute("UPDATE delivery SET again = 1"))
    deliverer.wake()
    await until(lambda: server.now == 2)


async def test_a_delivery_that_falls_due_while_all_slots_are_taken_begins_soon(
    deliverer: Watched, server: Slow
) -> None:
    server.slow = tuple(f"bea@home{n}.example" for n in range(4))
    soon = to_stored(datetime.now(UTC) + timedelta(seconds=0.5))
    await deliverer._store.accept([letter(9)])
    await deliverer._store._writer.run(lambda db: db.execute("UPDATE delivery SET again = 1, due_at = ?", (soon,)))
    await looked(deliverer)
    look = Look(deliverer)
    await deliverer._store.accept([letter(n, to) for n, to in enumerate(server.slow[:3])])
    deliverer.wake()
    await look.seen.wait()
    assert await accept(deliverer, 3, server.slow[3])
    look.go.set()
    await until(lambda: server.now == 4)
    server.gate.set()
    await until(lambda: b"9" in server.got)


async def test_many_deliveries_to_one_server_do_not_hide_others_behind_them(deliverer: Watched, server: Slow) -> None:
    await deliverer._store.accept([*(letter(n) for n in range(60)), letter(99, OTHER)])
    deliverer.wake()
    await until(lambda: server.got == [b"99"])


async def test_a_slot_that_became_free_during_a_look_is_used(deliverer: Watched, server: Slow) -> None:
    elsewhere = deliverer._store.queue.destination("bea@elsewhere.example")
    for _ in range(3):  # while a server is down, the next regular look is later
        deliverer._admission.learn(elsewhere, Deferred("4.4.1"), datetime.now(UTC))
    assert all([await accept(deliverer, number) for number in range(3)])
    await looked(deliverer)
    look = Look(deliverer)
    await deliverer._store.accept([letter(9)])
    deliverer.wake()
    await look.seen.wait()
    server.gate.set()
    await until(lambda: not deliverer._tasks)
    look.go.set()
    await until(lambda: b"9" in server.got)
