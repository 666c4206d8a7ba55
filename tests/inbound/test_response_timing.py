"""The beat, and the work behind a refusal."""

from __future__ import annotations

import asyncio

import pytest

from relay.inbound import response_timing as evenly
from relay.inbound.response_timing import BEAT, Later, on_the_beat


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evenly, "_SOONEST", 0.01)
    monkeypatch.setattr(evenly, "_LATEST", 0.05)


@pytest.mark.parametrize(("work", "beats"), [(0.0, 1), (0.05, 1), (0.15, 1), (0.25, 2)])
async def test_whatever_the_work_took_the_answer_comes_on_the_beat(work: float, beats: int) -> None:
    loop, took = asyncio.get_running_loop(), []
    while len(took) < 10 and min(took, default=10) >= beats * BEAT + 0.05:
        begun = loop.time()
        await asyncio.sleep(work)
        await on_the_beat(begun)
        took.append(loop.time() - begun)
    # The machine may be busy with other things, which makes an answer late; the earliest of ten says what was meant.
    assert beats * BEAT <= min(took) + 0.002 < beats * BEAT + 0.05


class Notes:
    """Jobs that note that they ran, and how many ran at a time."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.now = self.most = 0

    def job(self, name: str) -> evenly.Job:
        async def run() -> None:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.005)
            self.now -= 1
            self.done.append(name)

        return run


async def test_what_is_put_off_is_done_one_at_a_time_for_nobody_as_for_a_member() -> None:
    later, notes = Later(), Notes()
    for number in range(6):
        assert later.put(notes.job(str(number)), 100, wanted=number % 2 == 0)
    assert notes.done == []
    while len(notes.done) < 6:
        await asyncio.sleep(0.01)
    assert notes.done == ["0", "1", "2", "3", "4", "5"]
    assert notes.most == 1
    assert later.put(notes.job("again"), 100, wanted=True)
    while len(notes.done) < 7:
        await asyncio.sleep(0.01)


async def test_a_flood_for_nobody_leaves_room_for_members_and_memory() -> None:
    later, notes = Later(), Notes()
    taken = [later.put(notes.job("nobody"), 1_000_000, wanted=False) for _ in range(100)]
    assert sum(taken) == 8
    assert not later.put(notes.job("nobody"), 70_000_000, wanted=False)
    assert not later.put(notes.job("huge"), 70_000_000, wanted=True)
    assert all(later.put(notes.job("member"), 1_000_000, wanted=True) for _ in range(60))
    assert not all(later.put(notes.job("member"), 1_000_000, wanted=True) for _ in range(60))
    await later.finish(0)


async def test_at_the_end_what_is_for_members_is_done_and_nothing_else() -> None:
    later, notes = Later(), Notes()
    for number in range(10):
        later.put(notes.job(f"member {number}"), 1, wanted=True)
        later.put(notes.job("nobody"), 1, wanted=False)
    await later.finish(5)
    assert notes.done.count("nobody") <= 1
    assert len([name for name in notes.done if name != "nobody"]) == 10
    assert not later.put(notes.job("late"), 1, wanted=True)


async def test_work_that_breaks_off_does_not_keep_the_next_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    later, notes = Later(), Notes()

    async def broken() -> None:
        raise ValueError("jane@real.example")

    later.put(broken, 1, wanted=True)
    later.put(notes.job("next"), 1, wanted=True)
    await later.finish(5)
    assert notes.done == ["next"]
    assert "ValueError" in caplog.text
    assert "jane" not in caplog.text
