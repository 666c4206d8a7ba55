"""What is older than [retention] says, and nothing else, is deleted in small transactions; relay check reports
delays."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay.model import Identity, JournalEntry, NewDelivery, NewPair, Persona, Side
from relay.operations.check import check
from relay.operations.findings import Finding, Level
from relay.operations.retention import check_retention, forget_old
from relay.outcomes import Sent
from relay.scheduling.job import Work
from relay.scheduling.runner import run_due
from relay.settings import RetentionSettings, Settings
from relay.store import UNPROVEN, UNPROVEN_ADDRESS, Acceptance, ConfirmationRequest, OldRows, Settlement, Store
from relay.store import retention as engine
from relay.vault import Vault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 86400.0
SETTINGS = Settings(
    "relay.test",
    retention=RetentionSettings(letters=20 * DAY, events=40 * DAY, questions=10 * DAY, return_paths=5 * DAY),
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    url: str = "" if request.param == "sqlite" else request.getfixturevalue("empty_postgres")
    return url or tmp_path / "relay.db"


@pytest.fixture
async def store(place: Path | str) -> AsyncIterator[Store]:
    vault = Vault(b"k" * 32)
    await Store.create(place, vault)
    opened = await Store.open(place, vault)
    mentor, mentee = Persona("Amber Heron", "a@relay.test"), Persona("Quiet River", "q@relay.test")
    people = Identity(("jane@real.example",)), Identity(("omar@home.example",))
    await opened.directory.add_pairs([NewPair("p1", mentor, mentee, *people, "", "en", ago(100))])
    yield opened
    await opened.close()


def token(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()[:24]


async def letter(store: Store, id: str, days: float, *, sent: bool = True, **question: object) -> None:
    """A kept letter that was accepted ``days`` days ago."""
    entry = JournalEntry(id, "p1", Side.MENTOR, "letter", ago(days), 3, 3)
    held = str(question.pop("held", ""))
    path = f"b-{token(id)}@relay.test"
    delivery = NewDelivery(id, id, "omar@home.example", path, id.encode(), ago(days), held=held)
    asked = ConfirmationRequest(f"q-{id}", id, **question) if held else None  # type: ignore[arg-type]
    await store.accept([Acceptance(entry, None, (delivery,), keep=True, written=(id,), question=asked)])
    if sent and not held:
        await store.queue.settle([Settlement(id, Sent("250"), None, ago(days))])


async def there(store: Store) -> dict[str, bool]:
    """Journal id → whether its letter is still kept."""
    return {entry.id: content is not None async for entry, content in store.journal.all()}


async def test_letters_are_deleted_before_their_journal_entries_and_young_or_owed_ones_stay(store: Store) -> None:
    for id, days in (("ancient", 50), ("old", 30), ("young", 10)):
        await letter(store, id, days)
    await letter(store, "owed", 60, sent=False)
    deleted = await forget_old(store, SETTINGS, NOW)
    assert (deleted.letters, deleted.journal, deleted.events) == (2, 1, 2)
    assert await there(store) == {"old": False, "young": True, "owed": True}
    assert await forget_old(store, SETTINGS, NOW) == OldRows()


async def test_return_paths_and_fingerprints_are_deleted_except_the_return_path_of_a_letter_still_owed(
    store: Store,
) -> None:
    await letter(store, "old", 6)
    await letter(store, "owed", 6, sent=False)
    await letter(store, "young", 4)
    deleted = await forget_old(store, SETTINGS, NOW)
    assert (deleted.return_paths, deleted.fingerprints) == (1, 2)
    found = [await store.queue.returned(token(id)) for id in ("old", "owed", "young")]
    assert found == [None, "owed", "young"]


async def test_a_confirmation_request_is_deleted_and_its_letter_stays_held(store: Store) -> None:
    await letter(store, "old", 11, held=UNPROVEN_ADDRESS, expires_at=None)
    await letter(store, "young", 9, held=UNPROVEN_ADDRESS, expires_at=None)
    assert (await forget_old(store, SETTINGS, NOW)).questions == 1
    assert await store.questions.find("q-old", NOW) is None
    assert await store.questions.find("q-young", NOW) is not None
    row = await store.queue.row("old")
    assert row is not None
    assert row.state == "held"


async def test_an_unproven_letter_is_deleted_with_its_confirmation_request(store: Store) -> None:
    await letter(store, "old", 11, held=UNPROVEN, expires_at=NOW + timedelta(days=1))
    assert (await forget_old(store, SETTINGS, NOW)).questions == 1
    assert await store.questions.expire(NOW) == 1
    assert await there(store) == {"old": False}


async def test_transactions_are_small_and_an_interrupted_run_is_continued(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_ROWS", 3)
    for number in range(10):
        await letter(store, f"l{number}", 50 - number)
    jobs = []
    run = store.retention._writer.run

    async def counting(job, **how):  # the third transaction is cancelled
        jobs.append(job)
        if len(jobs) == 3:
            raise asyncio.CancelledError
        return await run(job, **how)

    monkeypatch.setattr(store.retention._writer, "run", counting)
    with pytest.raises(asyncio.CancelledError):
        await forget_old(store, SETTINGS, NOW)
    assert sum((await there(store)).values()) == 4
    assert (await forget_old(store, SETTINGS, NOW)).letters == 4
    assert not any((await there(store)).values())


async def test_relay_check_reports_what_is_a_day_overdue_and_letters_held_too_long(store: Store) -> None:
    await letter(store, "since today", 20.5)
    assert [finding.level for finding in await check_retention(store, SETTINGS, NOW)] == [Level.WARNING]
    generous = dataclasses.replace(SETTINGS, retention=RetentionSettings(letters=20 * DAY))
    assert [finding.level for finding in await check_retention(store, generous, NOW)] == [Level.OK]
    await letter(store, "overdue", 22)
    await letter(store, "held", 22, held=UNPROVEN_ADDRESS, expires_at=None)
    found: list[Finding] = await check_retention(store, generous, NOW)
    assert [finding.what for finding in found] == [
        "older than [retention] says: 1 kept letters",
        "1 held letters are older than retention.letters, and are kept as long as they are held",
    ]


async def test_it_is_done_once_an_hour(store: Store) -> None:
    done: list[datetime] = []

    async def forget(at: datetime) -> None:
        done.append(at)

    async def nothing(*_: object) -> int:
        return 0

    work = Work(store, lambda: None, nothing, forget, nothing, nothing, nothing)
    for minutes in range(0, 125, 5):
        await run_due(work, lambda at=NOW + timedelta(minutes=minutes): at)
    assert done == [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=2)]


async def test_relay_check_covers_retention(home) -> None:
    assert "nothing is older than [retention] says" in [one.what for one in await check(home, {}, NOW)]


async def test_relay_check_says_what_is_on_legal_hold_and_finds_no_delay_there(store: Store) -> None:
    await letter(store, "overdue", 60)
    await store.legal_holds.put("p1", NOW, on=True, who="root", why="file 12")
    deleted = await forget_old(store, SETTINGS, NOW)
    assert deleted == OldRows(fingerprints=1), "what recognises a letter that is sent twice is of no use to anybody"
    assert [(one.level, one.what) for one in await check_retention(store, SETTINGS, NOW)] == [
        (Level.OK, "pairs on legal hold, of which nothing is deleted: p1")
    ]
    assert await there(store) == {"overdue": True}
