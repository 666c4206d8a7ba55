"""Refusals padded to an interval, and the work behind them."""

from __future__ import annotations

import asyncio

import pytest

from relay.inbound import response_timing
from relay.inbound.response_timing import INTERVAL, DelayedJob, DelayedJobs, pad_to_interval


@pytest.mark.parametrize(("work", "intervals"), [(0.0, 1), (0.05, 1), (0.15, 1), (0.25, 2)])
async def test_whatever_the_work_took_the_answer_comes_pad_to_interval(work: float, intervals: int) -> None:
    loop, took = asyncio.get_running_loop(), []
    while len(took) < 10 and min(took, default=10) >= intervals * INTERVAL + 0.05:
        begun = loop.time()
        await asyncio.sleep(work)
        await pad_to_interval(begun)
        took.append(loop.time() - begun)
    # The machine may be busy with other things, which makes an answer late; the earliest of ten says what was meant.
    assert intervals * INTERVAL <= min(took) + 0.002 < intervals * INTERVAL + 0.05


def job(work: response_timing.Job, octets: int, member: bool | str, network: str = "") -> DelayedJob:
    """``member`` True: for one of their own."""
    name = f"member {id(work)}" if member is True else member or ""
    return DelayedJob(work, octets, name, network)


class Notes:
    """Jobs that note that they ran, and how many ran at a time."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.now = self.most = 0

    def job(self, name: str) -> response_timing.Job:
        async def run() -> None:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.005)
            self.now -= 1
            self.done.append(name)

        return run


async def test_what_is_put_off_is_done_one_at_a_time_for_nobody_as_for_a_member() -> None:
    later, notes = DelayedJobs(latest=0.05), Notes()
    for number in range(6):
        assert later.put(job(notes.job(str(number)), 100, number % 2 == 0))
    assert notes.done == []
    while len(notes.done) < 6:
        await asyncio.sleep(0.01)
    assert notes.done == ["0", "1", "2", "3", "4", "5"]
    assert notes.most == 1
    assert later.put(job(notes.job("again"), 100, True))
    while len(notes.done) < 7:
        await asyncio.sleep(0.01)


async def test_a_flood_for_nobody_leaves_room_for_members_and_memory() -> None:
    later, notes = DelayedJobs(latest=0.05), Notes()
    taken = [later.put(job(notes.job("nobody"), 1_000_000, False)) for _ in range(100)]
    assert sum(taken) == 8
    assert not later.put(job(notes.job("nobody"), 70_000_000, False))
    assert not later.put(job(notes.job("huge"), 70_000_000, True))
    assert all(later.put(job(notes.job("member"), 1_000_000, True)) for _ in range(60))
    assert not all(later.put(job(notes.job("member"), 1_000_000, True)) for _ in range(60))
    await later.finish(0)


async def test_at_the_end_what_is_for_members_is_done_and_nothing_else() -> None:
    later, notes = DelayedJobs(latest=0.05), Notes()
    for number in range(10):
        later.put(job(notes.job(f"member {number}"), 1, True))
        later.put(job(notes.job("nobody"), 1, False))
    await later.finish(5)
    assert notes.done.count("nobody") <= 1
    assert len([name for name in notes.done if name != "nobody"]) == 10
    assert not later.put(job(notes.job("late"), 1, True))


async def test_work_that_breaks_off_does_not_keep_the_next_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    later, notes = DelayedJobs(latest=0.05), Notes()

    async def broken() -> None:
        raise ValueError("jane@real.example")

    later.put(job(broken, 1, True))
    later.put(job(notes.job("next"), 1, True))
    await later.finish(5)
    assert notes.done == ["next"]
    assert "ValueError" in caplog.text
    assert "jane" not in caplog.text


async def test_a_flood_in_one_members_name_leaves_room_for_the_newest_network() -> None:
    later, notes = DelayedJobs(latest=0.05), Notes()
    for number in range(12):
        assert later.put(job(notes.job(f"forged {number}"), 1, "m", f"net{number}"))
    assert later.put(job(notes.job("own"), 1, "m", "home"))
    for number in range(9):  # those of one network make room for one another, and for nobody else's
        later.put(job(notes.job(f"more {number}"), 1, "m", "net11"))
    await later.finish(5)
    assert "own" in notes.done
    assert len(notes.done) == 5
