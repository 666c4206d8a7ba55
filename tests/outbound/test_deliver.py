"""Deliveries are tried at once when a slot is free, else in the order of the queue, within the limits per
destination."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.outcomes import Deferred, Sent
from relay.store import StoreBusyOrFull, StoreError

from .conftest import Server, Watched, accept, letter, looked, through, until, with_delivery

pytestmark = pytest.mark.usefixtures("hints_only")


async def test_a_letter_with_a_slot_is_sent_at_once_and_its_delivery_finished(
    deliverer: Watched, server: Server
) -> None:
    assert await accept(deliverer, 1)
    await through(deliverer, server, 1)
    assert await deliverer._store.queue.rows() == []
    assert (await deliverer._store.journal.show("j1"))[0].outcome == "delivered"  # type: ignore[index]


async def test_a_destination_gets_at_most_its_slots_and_the_others_wait_in_the_queue(
    deliverer: Watched, server: Server
) -> None:
    server.gate.clear()
    assert [await accept(deliverer, n) for n in range(5)] == [True, True, True, False, False]
    await looked(deliverer)
    assert await accept(deliverer, 5, "ann@other.example"), "others wait, but not for this server"
    await until(lambda: server.now == 4)
    assert not await accept(deliverer, 6, "bea@third.example"), "there is no place at all"
    server.gate.set()
    await until(lambda: len(server.got) == 7)
    assert server.most == 4
    await until(lambda: not deliverer._admission.waiting.has(deliverer._store.queue.destination("omar@home.example")))
    place = deliverer.reserve("omar@home.example")
    assert place is not None
    deliverer.release(place)


async def test_deliveries_beyond_the_cap_of_a_destination_are_sent_later(deliverer: Watched, server: Server) -> None:
    await deliverer._store.accept([letter(n) for n in range(12)])
    deliverer.wake()
    await until(lambda: len(server.got) == 12)


async def test_a_new_letter_does_not_overtake_one_that_waits_for_the_same_server(
    deliverer: Watched, server: Server
) -> None:
    server.gate.clear()
    for number in range(5):
        await accept(deliverer, number)
    await looked(deliverer)
    deliverer._admission.slots.give_back(
        deliverer._store.queue.destination("omar@home.example")
    )  # a slot is free, but the others were first
    assert deliverer.reserve("omar@home.example") is None
    deliverer._admission.slots.take(deliverer._store.queue.destination("omar@home.example"))


async def test_letters_accepted_during_a_look_do_not_exceed_the_limits(deliverer: Watched, server: Server) -> None:
    server.gate.clear()
    await deliverer._store.accept([letter(n, f"omar@home{n}.example") for n in range(3)])
    deliverer.wake()
    await asyncio.sleep(0)  # the look begins
    at_once = [await accept(deliverer, 3 + n, f"ann@home{3 + n}.example") for n in range(4)]
    await until(lambda: server.now == 4)
    await asyncio.sleep(0.1)
    server.gate.set()
    await through(deliverer, server, 7)
    assert (any(at_once), server.most) == (True, 4)
    assert await deliverer._store.queue.rows() == []


async def test_after_an_incomplete_look_no_new_letter_overtakes(deliverer: Watched, server: Server) -> None:
    server.gate.clear()
    await deliverer._store.accept([letter(n, f"omar@home{n}.example") for n in range(50)])
    deliverer.wake()
    await until(lambda: server.now == 4)
    deliverer._admission.slots.give_back(deliverer._store.queue.destination("omar@home0.example"))
    assert deliverer.reserve("ann@other.example") is None
    deliverer._admission.slots.take(deliverer._store.queue.destination("omar@home0.example"))


async def test_under_load_new_letters_are_sent_at_once_again_after_some_waited(
    deliverer: Watched, server: Server
) -> None:
    """After a look into the queue during a stream of letters, new letters must not all have to wait in the queue."""
    at_once = 0
    for number in range(60):
        if number % 20 == 0:
            deliverer.wake()
        at_once += await accept(deliverer, number)
        await until(lambda: not deliverer._tasks)
    assert at_once > 50


async def test_letters_to_a_server_that_is_down_wait(deliverer: Watched, server: Server) -> None:
    server.says = Deferred("4.4.1")
    for number in range(5):
        await accept(deliverer, number)
        await until(lambda: server.got and not deliverer._tasks)
    await looked(deliverer)
    deliverer._admission.waiting.look()
    deliverer._admission.waiting.found((), more=False)  # so that only the server's state delays the next letter
    assert deliverer.reserve("omar@home.example") is None
    place = deliverer.reserve("ann@other.example")
    assert place is not None
    deliverer.release(place)


async def test_a_retry_falls_due_without_a_wake_up(deliverer: Watched, server: Server) -> None:
    server.says = Deferred("451 4.3.0")
    with_delivery(deliverer, retry_after=(0.2,))
    assert await accept(deliverer, 1)
    await until(lambda: server.got)
    server.says = Sent("250 2.0.0")
    await until(lambda: len(server.got) >= 2)


async def test_a_queue_that_cannot_be_read_is_read_again(
    deliverer: Watched, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("relay.outbound.deliver._STORE_PAUSE", 0.01)
    claim, faults = deliverer._store.queue.claim, [StoreBusyOrFull("full")] * 3

    async def ailing(*given: Any, **named: Any) -> Any:
        if faults:
            raise faults.pop()
        return await claim(*given, **named)

    deliverer._store.queue.claim = ailing  # type: ignore[method-assign]
    await deliverer._store.accept([letter(1)])
    deliverer.wake()
    await through(deliverer, server, 1)
    assert caplog.messages == ["the queue cannot be read now: StoreBusyOrFull"] * 3


async def test_a_delivery_that_cannot_be_settled_is_left_until_its_lease_expires(
    deliverer: Watched, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    settle = deliverer._store.queue.settle

    async def broken(*_: object) -> None:
        raise StoreError("damaged")

    deliverer._store.queue.settle = broken  # type: ignore[method-assign, assignment]
    assert await accept(deliverer, 1)
    await until(lambda: server.got and not deliverer._tasks)
    assert caplog.messages == ["j1 not settled, and left until its lease expires: StoreError"]
    assert [row.state for row in await deliverer._store.queue.rows()] == ["sending"], "it has arrived"
    assert not deliverer._admission.slots.taken
    deliverer._store.queue.settle = settle  # type: ignore[method-assign]


async def test_a_released_slot_is_free_again(deliverer: Watched) -> None:
    for _ in range(10):
        place = deliverer.reserve("omar@home.example")
        assert place is not None
        assert place.until > datetime.now(UTC) + timedelta(seconds=30)
        deliverer.release(place)


async def test_a_letter_that_cannot_be_committed_frees_its_slot(deliverer: Watched) -> None:
    assert await accept(deliverer, 1)
    await until(lambda: not deliverer._tasks)
    for _ in range(5):
        with pytest.raises(StoreError):
            await accept(deliverer, 1)  # a duplicate id
    assert not deliverer._admission.slots.taken


async def test_a_letter_with_a_slot_reserved_before_stop_is_still_sent(deliverer: Watched, server: Server) -> None:
    server.gate.clear()
    place = deliverer.reserve("omar@home.example")
    stopping = asyncio.create_task(deliverer.stop(20))
    await asyncio.sleep(0.05)
    assert deliverer.reserve("omar@home.example") is None
    assert place is not None
    accepted = await deliverer._store.accept([letter(1)], {"d1": place.until})
    deliverer.take(accepted.trying[0], place)
    await asyncio.sleep(0.05)
    assert not stopping.done()
    server.gate.set()
    await stopping
    assert server.got == [b"1"]


async def test_a_letter_accepted_after_stop_stays_in_the_queue(deliverer: Watched, server: Server) -> None:
    place = deliverer.reserve("omar@home.example")
    assert place is not None
    accepted = await deliverer._store.accept([letter(1)], {"d1": place.until})
    await deliverer.stop(0.01)
    deliverer.take(accepted.trying[0], place)
    await asyncio.sleep(0.05)
    assert (server.got, server.now, deliverer._tasks) == ([], 0, set())
    assert not deliverer._admission.slots.taken
    assert [row.state for row in await deliverer._store.queue.rows()] == ["sending"], "until it is recovered"


async def test_a_letter_that_got_no_slot_is_not_overtaken_before_the_next_look(
    deliverer: Watched, server: Server
) -> None:
    server.gate.clear()
    assert [await accept(deliverer, n) for n in range(3)] == [True, True, True]
    assert deliverer.reserve("omar@home.example") is None  # its letter is about to be queued
    destination = deliverer._store.queue.destination("omar@home.example")
    deliverer._admission.slots.give_back(destination)
    assert deliverer.reserve("omar@home.example") is None
    deliverer._admission.slots.take(destination)


async def test_a_delivery_that_falls_due_while_all_slots_are_taken_is_not_overtaken(
    deliverer: Watched, server: Server
) -> None:
    server.gate.clear()
    assert all([await accept(deliverer, n, f"omar@home{n}.example") for n in range(4)])
    deliverer.wake()
    await asyncio.sleep(0.05)  # it sees that no slot is free
    deliverer._admission.slots.give_back(deliverer._store.queue.destination("omar@home0.example"))
    assert deliverer.reserve("ann@other.example") is None
    deliverer._admission.slots.take(deliverer._store.queue.destination("omar@home0.example"))
