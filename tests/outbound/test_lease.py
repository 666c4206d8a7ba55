"""No delivery is tried by two processes: a try ends before its lease, and none begins shortly before its end."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.outcomes import Deferred, Outcome
from relay.settings import Address

from .conftest import Server, Watched, accept, letter, looked, through, until, with_delivery

pytestmark = pytest.mark.usefixtures("hints_only")
TO = "omar@home.example"
LEASE, KEPT = 900.0, 90.0
"""Seconds: the lease, and the part of it reserved for recording the result."""


class Clock:
    """The deliverer's clock, which moves only when the test moves it."""

    def __init__(self, deliverer: Watched) -> None:
        self.at = datetime.now(UTC)
        deliverer._now = lambda: self.at
        deliverer._settling = type(deliverer._settling)(
            deliverer._delivery,
            deliverer._store,
            deliverer._settling.notices,
            deliverer._settling.suspending,
            lambda: self.at,
        )

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(deliverer: Watched) -> Clock:
    return Clock(deliverer)


async def begin(deliverer: Watched, clock: Clock, after: float) -> None:
    """Accept a letter with a slot, and begin its try ``after`` seconds, as if the commit had taken that long."""
    slot = deliverer.reserve(TO)
    assert slot is not None
    accepted = await deliverer._store.accept([letter(1, TO)], {"d1": slot.until})
    clock.forward(after)
    deliverer.take(accepted.trying[0], slot)


async def status(deliverer: Watched) -> tuple[str, str]:
    """State and last status of the one delivery."""
    (row,) = await deliverer._store.queue.rows()
    return row.state, row.last_status


async def test_a_try_ends_before_its_lease(deliverer: Watched, server: Server, clock: Clock) -> None:
    server.gate.clear()
    await begin(deliverer, clock, LEASE - KEPT - 0.2)
    await until(lambda: server.now == 1)
    await until(lambda: not deliverer._tasks)
    assert await status(deliverer) == ("queued", "4.4.2")
    assert server.got == [], "cancelled, not finished"


async def test_a_try_may_use_all_of_its_time(deliverer: Watched, server: Server, clock: Clock) -> None:
    """A try is not cancelled early: the reply of a server at the last moment counts."""
    server.gate.clear()
    await begin(deliverer, clock, LEASE - KEPT - 15)
    await until(lambda: server.now == 1)
    await asyncio.sleep(0.3)
    server.gate.set()
    await through(deliverer, server, 1)
    assert await deliverer._store.queue.rows() == []


@pytest.mark.parametrize("after", [LEASE - KEPT, LEASE, 2 * LEASE])
async def test_no_try_begins_shortly_before_its_lease_ends(
    after: float, deliverer: Watched, server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(deliverer, clock, after)
    await until(lambda: not deliverer._tasks)
    assert (server.got, server.now) == ([], 0)
    assert await status(deliverer) == ("sending", ""), "it is left to whoever recovers it"
    assert caplog.messages == ["j1 not tried: its lease is about to expire"]
    assert not deliverer._admission.slots.taken
    assert await deliverer._store.queue.recover(clock.at + timedelta(seconds=LEASE)) == 1
    deliverer.wake()
    await through(deliverer, server, 1)


async def test_the_lease_counts_from_the_claim(deliverer: Watched, server: Server, clock: Clock) -> None:
    """The machine was suspended between the claim and the try."""
    await looked(deliverer)
    claim = deliverer._store.queue.claim

    async def slowly(*given: Any, **named: Any) -> Any:
        assert named["lease"] == LEASE
        claimed = await claim(*given, **named)
        clock.forward(LEASE - KEPT)
        return claimed

    deliverer._store.queue.claim = slowly  # type: ignore[method-assign]
    await deliverer._store.accept([letter(1)])
    clock.forward(60)
    deliverer.wake()
    await until(lambda: not deliverer._admission.look_due and not deliverer._tasks)
    async with asyncio.timeout(20):
        while await status(deliverer) != ("sending", ""):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert server.got == []


async def test_a_delivery_that_is_being_tried_is_not_claimed(deliverer: Watched, server: Server, clock: Clock) -> None:
    server.gate.clear()
    await begin(deliverer, clock, 0)
    await until(lambda: server.now == 1)
    queue = deliverer._store.queue
    assert await queue.recover(clock.at + timedelta(seconds=LEASE - 1)) == 0
    assert (await queue.claim(clock.at + timedelta(days=1), 20)).deliveries == ()
    server.gate.set()
    await through(deliverer, server, 1)


async def test_an_exception_while_sending_defers_the_delivery(
    deliverer: Watched, server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stumble(**_: object) -> Outcome:
        raise ValueError("omar@home.example")

    monkeypatch.setattr(deliverer, "_send", stumble)
    for number in range(5):
        await accept(deliverer, number)
        await until(lambda: not deliverer._tasks)
    assert {(row.state, row.last_status) for row in await deliverer._store.queue.rows()} == {("queued", "4.3.0")}
    assert "j1 not tried, error in relay: ValueError" in caplog.messages
    assert "omar" not in caplog.text
    assert not deliverer._admission.breaker.down(datetime.now(UTC)), "the server has said nothing"


@pytest.mark.parametrize("smarthost", [None, Address("mail.example", 587)])
async def test_a_server_that_does_not_reply_is_named_without_naming_a_member(
    smarthost: Address | None, deliverer: Watched, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with_delivery(deliverer, smarthost=smarthost)
    deliverer._admission._one_server = smarthost is not None
    server.says = Deferred("4.4.1")
    for number in range(3):
        await accept(deliverer, number)
        await until(lambda: not deliverer._tasks)
    key = deliverer._store.queue.destination(TO)
    name = "the smarthost mail.example port 587" if smarthost else f"server {key[:12]}"
    await until(lambda: f"no reply from {name}: not tried for 30 s" in caplog.messages)
    deliverer._learn(key, Deferred("450 4.2.0"))
    assert caplog.messages[-1] == f"{name} replies again"
    levels = {record.levelname for record in caplog.records if name in record.getMessage()}
    assert levels == {"WARNING", "INFO"}
    assert "home.example" not in caplog.text
