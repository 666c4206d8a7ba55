"""Letters are opened in processes that may fail without harm to any other letter."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop

from relay.model import Headers, Identity, Known, Persona, RebuildOrder
from relay.refusals import CannotAnonymise, TryLater
from relay.workers import Workers, WorkerSettings
from relay.workers.desk import Desk

AUTHOR, READER = Persona("Quiet River", "q@relay.example"), Persona("Amber Heron", "a@relay.example")
KNOWN = Known(Identity(("jane.doe@real.example",)), AUTHOR, Identity(("omar@home.example",)), READER)
HEADERS = Headers(AUTHOR.name, AUTHOR.alias, "omar@home.example", "ab@relay.example", datetime(2026, 1, 2, tzinfo=UTC))
SETTINGS = WorkerSettings(count=1, deadline=20, memory=1 << 30, domain="relay.example", keys=())


def order(body: bytes = b"Hello", kind: bytes = b"text/plain") -> RebuildOrder:
    return RebuildOrder(b"From: jane.doe@real.example\r\nContent-Type: " + kind + b"\r\n\r\n" + body, KNOWN, HEADERS)


def with_file(octets: bytes, kind: str) -> RebuildOrder:
    body = (
        b"--x\r\n\r\nhi\r\n--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=f\r\n"
    )
    body += f"Content-Type: {kind}\r\n\r\n".encode() + base64.encodebytes(octets) + b"\r\n--x--\r\n"
    return order(body, b"multipart/mixed; boundary=x")


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    made = Workers(SETTINGS)
    await made.open()
    yield made
    await made.close()


async def test_a_letter_comes_back_rebuilt(workers: Workers) -> None:
    assert b"Hello" in (await workers.rebuild(order())).content


async def test_a_refusal_comes_back_with_its_words(workers: Workers) -> None:
    with pytest.raises(CannotAnonymise, match="encrypted"):
        await workers.rebuild(order(b"--x\r\n\r\n--x--\r\n", b"multipart/encrypted; boundary=x"))


async def test_a_letter_that_kills_its_worker_is_put_off_and_the_next_one_served(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    os.kill(worker.process.pid or 0, signal.SIGSTOP)
    asking = asyncio.create_task(workers.rebuild(order()))
    await asyncio.sleep(0.1)
    os.kill(worker.process.pid or 0, signal.SIGKILL)
    with pytest.raises(TryLater):
        await asking
    assert b"Hello" in (await workers.rebuild(order())).content


async def test_a_letter_behind_one_that_kills_its_worker_goes_to_the_next_worker(workers: Workers) -> None:
    (worker,) = workers._all
    os.kill(worker.process.pid or 0, signal.SIGSTOP)
    first, second, third = (asyncio.create_task(workers.rebuild(order())) for _ in range(3))
    await asyncio.sleep(0.1)
    assert worker.load == 2
    os.kill(worker.process.pid or 0, signal.SIGKILL)
    with pytest.raises(TryLater):
        await first
    assert b"Hello" in (await second).content
    assert b"Hello" in (await third).content


async def test_nothing_waits_behind_a_large_letter_and_a_large_one_behind_nothing(workers: Workers) -> None:
    (worker,) = workers._all
    os.kill(worker.process.pid or 0, signal.SIGSTOP)
    loads = []
    for size in (10, 100_000, 10):
        asyncio.create_task(workers.rebuild(order(b"x" * size)))  # noqa: RUF006
        await asyncio.sleep(0.02)
        loads.append(worker.load)
    assert loads == [1, 1, 1]
    os.kill(worker.process.pid or 0, signal.SIGCONT)


async def test_whoever_waits_when_all_is_closed_hears_so(workers: Workers) -> None:
    (worker,) = workers._all
    os.kill(worker.process.pid or 0, signal.SIGSTOP)
    waiting = [asyncio.create_task(workers.rebuild(order())) for _ in range(3)]
    await asyncio.sleep(0.05)
    await workers.close()
    assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [TryLater] * 3


async def test_a_worker_that_died_at_rest_costs_no_letter_anything(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    os.kill(worker.process.pid or 0, signal.SIGKILL)
    worker.process.join(30)
    assert b"Hello" in (await workers.rebuild(order())).content


async def test_a_worker_that_died_over_a_letter_and_has_not_told_yet_keeps_nobody_waiting(workers: Workers) -> None:
    (worker,) = workers._all
    os.kill(worker.process.pid or 0, signal.SIGSTOP)
    first = asyncio.create_task(workers.rebuild(order()))
    await asyncio.sleep(0.1)
    os.kill(worker.process.pid or 0, signal.SIGKILL)
    worker.process.join(30)
    second = asyncio.create_task(workers.rebuild(order()))  # asks before the loop looks at any socket
    async with asyncio.timeout(60):
        with pytest.raises(TryLater):
            await first
        assert b"Hello" in (await second).content


async def test_a_worker_whose_socket_is_closing_is_not_asked(workers: Workers) -> None:
    (worker,) = workers._all
    assert worker._transport is not None
    worker._transport.abort()
    async with asyncio.timeout(60):
        assert b"Hello" in (await workers.rebuild(order())).content
    assert not worker.process.is_alive()


async def test_a_letter_that_takes_too_long_is_refused_and_the_next_one_served(workers: Workers) -> None:
    (worker,) = workers._all
    worker._deadline = 0.000_001
    with pytest.raises(CannotAnonymise, match="tangled"):
        await workers.rebuild(order())
    assert b"Hello" in (await workers.rebuild(order())).content


async def test_a_letter_that_needs_too_much_memory_is_refused() -> None:
    workers = Workers(replace(SETTINGS, memory=340 << 20))
    await workers.open()
    try:
        with pytest.raises(CannotAnonymise):
            await workers.rebuild(order(b"x" * (120 << 20)))
        assert b"Hello" in (await workers.rebuild(order())).content
    finally:
        await workers.close()


def test_large_letters_pass_in_both_directions_under_the_servers_own_loop() -> None:
    async def story() -> list[int]:
        workers = Workers(SETTINGS)
        await workers.open()
        try:
            large = with_file(b"words and words\r\n" * 100_000, "text/plain")
            return [len((await workers.rebuild(letter)).content) for letter in (order(), large, order(), large)]
        finally:
            await workers.close()

    small, large, again, once_more = uvloop.run(story())
    assert (small, large) == (again, once_more)
    assert large > 2_000_000


async def test_large_letters_pass_without_a_desk_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "new", lambda: Desk(None))
    workers = Workers(SETTINGS)
    await workers.open()
    try:
        assert len((await workers.rebuild(order(b"words\r\n" * 100_000))).content) > 600_000
    finally:
        await workers.close()


async def test_a_worker_whose_answer_is_not_on_the_desk_is_replaced(workers: Workers) -> None:
    (worker,) = workers._all
    take = worker._desk.take
    worker._desk.take = lambda length: take(length + 1)  # type: ignore[method-assign]
    with pytest.raises(TryLater):
        await workers.rebuild(order(b"words\r\n" * 100_000))
    assert b"Hello" in (await workers.rebuild(order())).content
    assert worker not in workers._all


@pytest.mark.parametrize("length", [3, 5, 1 << 40, (1 << 64) - 1])
def test_what_a_worker_says_lies_there_is_not_made_room_for(length: int) -> None:
    desk = Desk.new()
    assert desk.put(b"four")
    with pytest.raises(OSError):
        desk.take(length)
    assert desk.take(4) == b"four"
    desk.close()


async def test_what_a_worker_had_is_given_back_to_the_system() -> None:
    for _ in range(2):  # the first time, things are opened that stay
        before = len(list(Path("/proc/self/fd").iterdir()))
        workers = Workers(SETTINGS)
        await workers.open()
        await workers.rebuild(order(b"words\r\n" * 100_000))
        (worker,) = workers._all
        assert os.fstat(worker._desk._sheet or 0).st_size == 0, "nothing lies there any more"
        await workers.close()
        await asyncio.sleep(0)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_the_server_goes_before_its_workers(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    assert os.getpriority(os.PRIO_PROCESS, worker.process.pid or 0) > os.getpriority(os.PRIO_PROCESS, 0)


async def test_letters_share_the_workers_and_each_gets_its_own_answer() -> None:
    workers = Workers(replace(SETTINGS, count=2))
    await workers.open()
    try:
        answers = await asyncio.gather(*(workers.rebuild(order(f"number {n}.".encode())) for n in range(50)))
    finally:
        await workers.close()
    assert all(f"number {n}.".encode() in answer.content for n, answer in enumerate(answers))


def test_what_libraries_say_about_a_letter_is_heard_by_nobody() -> None:
    loud = "import logging, os, sys, warnings; logging.error('canary'); warnings.warn('canary'); "
    loud += "os.write(2, b'canary'); print('canary'); sys.stderr.write('canary'); sys.stdout.flush()"
    silent = "from relay.workers.work import be_silent; be_silent(); " + loud
    for program, heard in ((silent, False), (loud, True)):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        assert (b"canary" in done.stdout + done.stderr) is heard
