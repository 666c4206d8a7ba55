"""Due jobs run once, by one node, independently of each other, by the clock they are given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay.message.write.dkim_sign import Signer, Signers
from relay.message.write.sign_again import signing_again
from relay.model import EventKind, Identity, JournalEntry, NewDelivery, NewPair, Persona, Side
from relay.scheduling.job import Job, Work
from relay.scheduling.jobs import JOBS
from relay.scheduling.runner import LEASE, next_due_at, run_due, wait_after
from relay.store import OVER_LIMIT, UNPROVEN, Acceptance, ConfirmationRequest, Store
from relay.vault import Vault

LETTER = b"Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\nx\r\n"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUARTER = timedelta(seconds=15)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "sqlite":
        return tmp_path / "relay.db"
    url: str = request.getfixturevalue("empty_postgres")
    return url


@pytest.fixture
async def store(place: Path | str) -> AsyncIterator[Store]:
    vault = Vault(bytes(32))
    await Store.create(place, vault)
    signer = Signer("relay.test", ())
    opened = await Store.open(place, vault, sign=signing_again(Signers(signer, signer)))
    people = Identity(("jane@real.example",)), Identity(("omar@home.example",))
    personas = Persona("Amber Heron", "amber@relay.test"), Persona("Quiet River", "quiet@relay.test")
    await opened.directory.add_pairs([NewPair("p1", *personas, *people, "", "en", NOON)])
    yield opened
    await opened.close()


async def nothing(*_: object) -> int:
    return 0


def working(store: Store) -> Work:
    return Work(store, lambda: None, nothing, nothing, nothing, nothing, nothing)


def held(id: str, why: str, until: datetime | None = None) -> Acceptance:
    entry = JournalEntry(id, "p1", Side.MENTOR, "letter", NOON, 10, 10)
    delivery = NewDelivery(id, id, "omar@home.example", f"b-{id}@relay.test", LETTER, NOON, held=why)
    question = None if until is None else ConfirmationRequest(f"token{id}", id, until, mailbox="jane@real.example")
    return Acceptance(entry, None, (delivery,), keep=False, question=question)


async def test_a_failing_job_does_not_stop_others_and_is_retried_with_growing_waits(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    async def breaks(_work: Work, _key: str, _now: datetime) -> None:
        ran.append("breaks")
        raise ValueError("jane@real.example")

    async def works(_work: Work, _key: str, _now: datetime) -> None:
        ran.append("works")

    every = timedelta(minutes=1)
    jobs, clock = (Job("breaks", "", breaks, every), Job("works", "", works, every)), Clock()
    assert await run_due(working(store), clock, jobs) == 1
    assert ran == ["breaks", "works"]
    assert "ValueError" in caplog.text
    assert "jane" not in caplog.text
    rows = {row.name: row for row in await store.jobs.rows()}
    assert (rows["breaks"].fault, rows["breaks"].tries, rows["breaks"].due_at) == ("ValueError", 1, NOON + QUARTER)
    assert (rows["works"].fault, rows["works"].tries, rows["works"].due_at) == ("", 0, NOON + every)
    assert await run_due(working(store), clock, jobs) == 0
    clock.at += QUARTER
    assert await run_due(working(store), clock, jobs) == 0
    assert ran == ["breaks", "works", "breaks"]
    assert (await store.jobs.rows())[0].due_at == clock.at + 2 * QUARTER


def test_the_wait_after_failures_grows_to_an_hour() -> None:
    assert [wait_after(tries) // QUARTER for tries in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert wait_after(50) == timedelta(hours=1)


async def test_a_planned_job_runs_once_for_each_key_when_it_is_due(store: Store) -> None:
    ran: list[str] = []

    async def note(_work: Work, key: str, _now: datetime) -> datetime | None:
        ran.append(key)
        return None

    jobs, clock = (Job("note", "", note),), Clock()
    for key, days in (("a", 2), ("b", 1), ("a", 1)):
        await store.jobs.plan("note", key, NOON + timedelta(days=days))
    assert await run_due(working(store), clock, jobs) == 0
    assert await next_due_at(working(store), jobs) == NOON + timedelta(days=1)
    clock.at += timedelta(days=1)
    assert await run_due(working(store), clock, jobs) == 2
    assert sorted(ran) == ["a", "b"]
    assert await next_due_at(working(store), jobs) is None


async def test_a_plan_made_while_the_job_runs_is_kept(store: Store) -> None:
    ran: list[datetime] = []

    async def plans(work: Work, key: str, now: datetime) -> datetime | None:
        ran.append(now)
        if len(ran) == 1:
            await work.store.jobs.plan("plans", key, now)
        return None

    jobs, clock = (Job("plans", "", plans),), Clock()
    await store.jobs.plan("plans", "", NOON)
    for _ in range(3):
        await run_due(working(store), clock, jobs)
    assert ran == [NOON, NOON]


async def test_several_nodes_run_a_job_once_and_another_takes_over_after_a_crash(
    place: Path | str, store: Store
) -> None:
    nodes = [store, await Store.open(place, Vault(bytes(32)))]
    for number in range(20):
        await store.jobs.plan("note", str(number), NOON)
    taken = await asyncio.gather(*(node.jobs.claim(["note"], NOON, LEASE) for node in nodes))
    keys = [claimed.key for some in taken for claimed in some]
    assert sorted(keys) == sorted(map(str, range(20)))
    assert await store.jobs.claim(["note"], NOON + LEASE / 2, LEASE) == []
    again = await nodes[1].jobs.claim(["note"], NOON + LEASE, LEASE)
    assert len(again) == 20
    await store.jobs.done(next(one for some in taken for one in some), None)  # the node that lost its lease
    assert len(await store.jobs.rows()) == 20
    await nodes[1].close()


async def test_a_request_expires_on_time_also_when_the_clock_jumps(store: Store) -> None:
    clock, work = Clock(), working(store)
    until = [NOON + timedelta(days=7), NOON + timedelta(days=9)]
    await store.accept([held("a", UNPROVEN, until[0]), held("b", UNPROVEN, until[1])])
    for expected in until:
        due = await next_due_at(work)
        assert due == expected
        clock.at = due
        await run_due(work, clock)
    assert await next_due_at(work) is None
    told = [(one.journal_id, one.at) for one in await store.events.list() if one.kind is EventKind.REFUSED]
    assert told == [("a", until[0]), ("b", until[1])]
    assert await store.holds.rows() == []


async def test_the_job_for_letters_over_the_limit_repeats_until_none_is_held(store: Store) -> None:
    clock = Clock()
    await store.accept([held("a", OVER_LIMIT), held("b", OVER_LIMIT)])

    async def one(now: datetime) -> int:
        (first, *_) = await store.over_limit.rows()
        return int(await store.over_limit.release(first.delivery_id, now))

    work = replace(working(store), release=one)
    await run_due(work, clock)
    assert await next_due_at(work) == NOON + QUARTER
    clock.at += QUARTER
    await run_due(work, clock)
    assert await next_due_at(work) is None
    assert (await store.queue.counts())["held"] == 0


async def test_deliveries_of_a_dead_process_are_returned_to_the_queue(store: Store) -> None:
    entry = JournalEntry("a", "p1", Side.MENTOR, "letter", NOON, 10, 10)
    delivery = NewDelivery("a", "a", "omar@home.example", "b-a@relay.test", b"x", NOON)
    await store.accept([Acceptance(entry, None, (delivery,), keep=False)])
    await store.queue.claim(NOON, 1, lease=60)
    clock, woken = Clock(), []
    work = replace(working(store), wake=lambda: woken.append(1))
    await run_due(work, clock)
    assert not woken
    clock.at += timedelta(minutes=2)
    await run_due(work, clock)
    assert (woken, (await store.queue.counts())["queued"]) == ([1], 1)


def test_every_job_has_a_unique_name_and_a_description() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.about for job in JOBS)
