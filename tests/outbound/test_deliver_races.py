"""What happens while the deliverer looks into the queue, one interleaving a test."""

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
    """Only what goes to ``slow`` waits at the gate."""

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
    """The next look into the queue: has ``seen`` what is there, and goes on when ``go`` is set."""

    def __init__(self, deliverer: Watched) -> None:
        self.seen, self.go = asyncio.Event(), asyncio.Event()
        claim = deliverer._store.queue.claim

        async def slowly(*given: Any, **named: Any) -> Any:
            claimed = await claim(*given, **named)
            self.seen.set()
            await self.go.wait()
            return claimed

        deliverer._store.queue.claim = slowly  # type: ignore[method-assign]


async def one_without_a_place(deliverer: Watched) -> None:
    """Letter 2 is taken from the queue while letter 3 takes the last place to its server at the door."""
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


async def test_what_was_taken_without_a_place_stops_nobody_else(deliverer: Watched, server: Slow) -> None:
    await one_without_a_place(deliverer)
    await deliverer._store.accept([letter(4, OTHER)])
    deliverer.wake()
    await until(lambda: server.got == [b"4"])
    await until(lambda: not deliverer._admission.waiting.has(deliverer._store.queue.destination("bea@third.example")))
    assert await accept(deliverer, 5, "bea@third.example")
    assert [row.attempts for row in await deliverer._store.queue.rows() if row.id == "d2"] == [0]
    server.gate.set()
    await until(lambda: len(server.got) == 6)


async def test_nothing_is_begun_after_the_end(deliverer: Watched, server: Slow) -> None:
    await one_without_a_place(deliverer)
    await deliverer.stop(0.1)
    server.gate.set()
    await asyncio.sleep(0.1)
    assert (server.got, deliverer._tasks) == ([], set())


async def test_what_a_look_takes_after_the_end_is_given_back(deliverer: Watched, server: Slow) -> None:
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


async def test_who_waits_for_want_of_any_place_gets_the_first_one(deliverer: Watched, server: Slow) -> None:
    letters = [letter(0), letter(1), *(letter(2 + n, f"bea@home{n}.example") for n in range(3))]
    await deliverer._store.accept(letters)
    await deliverer._store._writer.run(lambda db: db.execute("UPDATE delivery SET again = 1"))
    deliverer.wake()
    await until(lambda: server.now == 2)


async def test_what_falls_due_while_all_is_full_goes_soon(deliverer: Watched, server: Slow) -> None:
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


async def test_a_crowd_for_one_server_hides_nobody_behind_it(deliverer: Watched, server: Slow) -> None:
    await deliverer._store.accept([*(letter(n) for n in range(60)), letter(99, OTHER)])
    deliverer.wake()
    await until(lambda: server.got == [b"99"])


async def test_a_slot_that_became_free_during_a_look_is_used(deliverer: Watched, server: Slow) -> None:
    elsewhere = deliverer._store.queue.destination("bea@elsewhere.example")
    for _ in range(3):  # while any server is left alone, nobody comes by soon of itself
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
