"""A large letter is one sealed file beside SQLite's database, for as long as a row names it and no longer."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay.outcomes import Deferred, Failed, Sent
from relay.store import Cutoffs, Decided, Decider, HoldDecision, Settlement, Store, StoreBusyOrFull, StoreError, Upgrade
from relay.store.engine import letter_files, writer
from relay.store.engine.letter_files import LetterFiles
from relay.store.engine.migrate import Step, shipped
from relay.store.engine.sqlite import make_ready
from relay.vault import Vault

from .conftest import NOON, Make, OpenStore

PHOTOGRAPH = b"Subject: hello\r\nDate: Sat, 01 Mar 2025 12:00:00 +0000\r\n\r\n" + b"The kettle is on.\r\n" * 8000
AGES = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(path: Path) -> Path:
    """These letters are files beside SQLite's; on PostgreSQL they are in the table."""
    return path


def files(path: Path) -> list[Path]:
    folder = path.with_name(path.name + "-letters")
    return sorted(folder.iterdir()) if folder.exists() else []


async def contents(store: Store) -> list[bytes]:
    return [delivery.content for delivery in (await store.queue.claim(NOON, 9)).deliveries]


async def test_a_large_letter_is_a_file_that_only_its_row_opens(paired: Store, make: Make, path: Path, look) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH, keep=True)])
    (file,) = files(path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"kettle" not in file.read_bytes()
    assert look("SELECT length(sealed) < 100, file FROM letter") == [(1, file.name)]
    assert path.with_name(path.name + "-wal").stat().st_size < len(PHOTOGRAPH)
    assert await contents(paired) == [PHOTOGRAPH]
    assert [content async for _, content in paired.journal.all()] == [PHOTOGRAPH]
    (kept,) = await paired.kept_letters.of_pair("k7f3q2")
    assert await paired.kept_letters.content(kept) == PHOTOGRAPH


async def test_a_small_letter_stays_in_the_table(paired: Store, make: Make, path: Path) -> None:
    await paired.accept([make.acceptance()])
    assert files(path) == []


@pytest.mark.parametrize("outcome", [Sent(), Failed("5.1.1")])
async def test_with_its_row_goes_its_file(paired: Store, make: Make, path: Path, outcome: Sent | Failed) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH)])
    await paired.queue.settle([Settlement("d1", outcome, None, NOON)])
    await paired.journal.list()
    await paired.close()
    assert files(path) == []


async def test_a_letter_that_is_tried_again_keeps_its_file(paired: Store, make: Make) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH)])
    assert await contents(paired) == [PHOTOGRAPH]
    await paired.queue.settle([Settlement("d1", Deferred("4.4.1"), NOON, NOON)])
    assert await contents(paired) == [PHOTOGRAPH]


async def test_several_deliveries_of_the_same_octets_share_a_file(paired: Store, make: Make, path: Path) -> None:
    one = make.acceptance(id="d1", content=PHOTOGRAPH)
    other = make.delivery(one.entry, id="d2", content=bytes(bytearray(PHOTOGRAPH)))
    await paired.accept([type(one)(one.entry, None, (*one.deliveries, other), False)])
    assert len(files(path)) == 1
    await paired.queue.settle([Settlement("d1", Sent(), None, NOON)])
    assert await contents(paired) == [PHOTOGRAPH]


async def test_the_file_of_a_letter_that_was_not_accepted_goes(paired: Store, make: Make, path: Path) -> None:
    entry = make.entry(pair_id="nobody")
    with pytest.raises(StoreError):
        await paired.accept([make.acceptance(entry=entry, content=PHOTOGRAPH)])
    await paired.close()
    assert files(path) == []


async def test_a_row_whose_deletion_is_rolled_back_keeps_its_file(paired: Store, make: Make) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH)])

    def job(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM delivery")
        db.execute("DELETE FROM letter")
        raise StoreError("no")

    with pytest.raises(StoreError):
        await paired._writer.run(job)
    assert await contents(paired) == [PHOTOGRAPH]


async def test_a_full_disk_puts_a_large_letter_off(paired: Store, make: Make, monkeypatch, path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(letter_files, "_flush", full)
    with pytest.raises(StoreBusyOrFull):
        await paired.accept([make.acceptance(content=PHOTOGRAPH)])
    monkeypatch.undo()
    assert files(path) == []
    await paired.accept([make.acceptance(content=PHOTOGRAPH)])
    assert await contents(paired) == [PHOTOGRAPH]


@pytest.mark.parametrize("harm", ["removed", "altered", "exchanged"])
async def test_a_letter_whose_file_is_damaged_is_held_and_the_others_are_claimed(
    paired: Store, make: Make, path: Path, harm: str
) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH)])
    (file,) = files(path)
    await paired.accept([make.acceptance(id="d2", content=PHOTOGRAPH + b"other")])
    (other,) = set(files(path)) - {file}
    if harm == "removed":
        file.unlink()
        assert await paired.large_letters.missing() == 1
    elif harm == "altered":
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    else:
        file.write_bytes(other.read_bytes())
    assert await contents(paired) == [PHOTOGRAPH + b"other"]
    assert [hold.delivery_id for hold in await paired.holds.rows()] == ["d1"]


async def test_a_released_letter_leaves_its_file(paired: Store, make: Make, path: Path) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH, held="by hand")])
    await paired.holds.decide(Decided("d1", HoldDecision.RELEASED, Decider.PERSON, NOON + timedelta(hours=1)))
    (content,) = [d.content for d in (await paired.queue.claim(NOON + timedelta(hours=2), 9)).deliveries]
    assert content.endswith(b"The kettle is on.\r\n") and len(content) > len(PHOTOGRAPH)
    await paired.close()
    assert files(path) == []


async def test_a_forgotten_members_files_go(paired: Store, make: Make, path: Path) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH, keep=True), make.acceptance(content=PHOTOGRAPH + b"2")])
    assert len(files(path)) == 2
    owner = await paired.members.having("ingrid.maier@work.example")
    await paired.members.forget(owner.number, NOON, None)
    await paired.close()
    assert files(path) == []


async def test_a_kept_letter_that_is_too_old_goes_with_its_file(paired: Store, make: Make, path: Path) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH, keep=True)])
    await paired.queue.settle([Settlement("d1", Sent(), None, NOON)])
    assert len(files(path)) == 1
    await paired.retention.delete(Cutoffs(**dict.fromkeys(Cutoffs.__dataclass_fields__, AGES)))
    await paired.close()
    assert files(path) == []


async def test_a_copy_of_the_database_holds_the_letters_itself(
    paired: Store, make: Make, path: Path, tmp_path: Path, open_store: OpenStore
) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH, keep=True)])
    await paired.copy_to(tmp_path / "copy.db")
    copy = await open_store(tmp_path / "copy.db")
    assert await contents(copy) == [PHOTOGRAPH]
    assert await contents(paired) == [PHOTOGRAPH]


async def test_the_copy_before_an_upgrade_holds_the_letters_itself(
    paired: Store, make: Make, path: Path, tmp_path: Path, vault: Vault, open_store: OpenStore
) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH)])
    await paired.close()
    sizes: list[int] = []

    def before(upgrade: Upgrade) -> None:
        sizes.append(upgrade.octets)
        upgrade.copy_to(tmp_path / "copy.db")

    later = Step(shipped()[-1].number + 1, "later.sql", "CREATE TABLE later (number INTEGER) STRICT;")
    with closing(sqlite3.connect(path, isolation_level=None, factory=letter_files.LetterConnection)) as db:
        make_ready(db, path, vault, (*shipped(), later), {}, checkpoints=True, before=before)
    assert sizes[0] > len(PHOTOGRAPH)
    assert await contents(await open_store(tmp_path / "copy.db")) == [PHOTOGRAPH]


async def test_no_file_goes_while_the_database_is_copied(paired: Store, make: Make, path: Path) -> None:
    await paired.accept([make.acceptance(id="d1", content=PHOTOGRAPH)])
    with LetterFiles(path).staying():
        await paired.queue.settle([Settlement("d1", Sent(), None, NOON)])
        await paired.journal.record(make.entry(id="later"))
        assert len(files(path)) == 1
        assert await paired.large_letters.sweep(AGES) == 0
    assert await paired.large_letters.sweep(AGES) == 1
    assert files(path) == []


async def test_a_move_to_postgresql_takes_the_files_along(
    paired: Store, make: Make, empty_postgres: str, vault: Vault, open_store: OpenStore
) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH), make.acceptance()])
    await Store.create(empty_postgres, vault)
    await paired.copy_into(empty_postgres)
    moved = await open_store(empty_postgres)
    assert sorted(map(len, await contents(moved))) == sorted(map(len, await contents(paired)))


async def test_a_new_vault_key_opens_the_files_and_the_old_one_does_not(
    paired: Store, make: Make, path: Path, vault: Vault
) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH)])
    new = secrets.token_bytes(32)
    await paired.key_change.begin(new, NOON)
    while await paired.key_change.step():
        pass
    await paired.key_change.end()
    await paired.close()
    store = await Store.open(path, Vault(new))
    try:
        assert await contents(store) == [PHOTOGRAPH]
    finally:
        await store.close()
    with closing(sqlite3.connect(path)) as db, pytest.raises(Exception, match="cannot be decrypted"):
        vault.open(db.execute("SELECT sealed FROM letter").fetchone()[0], "letter/1/0/file")


async def test_only_files_without_a_row_that_are_old_enough_are_swept(paired: Store, make: Make, path: Path) -> None:
    await paired.accept([make.acceptance(content=PHOTOGRAPH)])
    orphan = LetterFiles(path).put(PHOTOGRAPH)
    assert await paired.large_letters.sweep(datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert orphan.name in {file.name for file in files(path)}
    assert await paired.large_letters.sweep(AGES) == 1
    assert await contents(paired) == [PHOTOGRAPH]


async def test_a_letter_whose_file_was_swept_before_its_commit_is_not_accepted(
    paired: Store, make: Make, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = LetterFiles.put

    def swept(self: LetterFiles, content: bytes) -> object:
        file = real(self, content)
        (self.folder / file.name).unlink()
        return file

    monkeypatch.setattr(LetterFiles, "put", swept)
    with pytest.raises(StoreError, match="nothing was accepted"):
        await paired.accept([make.acceptance(content=PHOTOGRAPH)])
    assert await contents(paired) == []


class Killer:
    """Kills this process (SIGKILL) at the n-th of the moments around each step that changes the disk."""

    def __init__(self, moments: int) -> None:
        self._moments = moments
        for owner, names in ((os, ("open", "fsync", "unlink", "mkdir")), (writer, ("_commit",))):
            for name in names:
                self._around(owner, name)

    def _moment(self) -> None:
        self._moments -= 1
        if self._moments == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _around(self, owner: object, name: str) -> None:
        real = getattr(owner, name)

        def both(*given: object, **named: object) -> object:
            self._moment()
            result = real(*given, **named)
            self._moment()
            return result

        setattr(owner, name, both)


async def _lives(path: Path, vault: Vault, make: Make, told: int, moment: int) -> None:
    """Accept a large letter, then settle it; write to ``told`` what was promised."""
    store = await Store.open(path, vault)
    Killer(moment)
    await store.accept([make.acceptance(id="d1", content=PHOTOGRAPH)], {"d1": NOON})
    os.write(told, b"a")
    await store.queue.settle([Settlement("d1", Sent(), None, NOON)])
    os.write(told, b"s")
    await store.close()


def killed(path: Path, vault: Vault, moment: int) -> tuple[bool, bytes]:
    """Whether it was killed at ``moment``, and what was promised before."""
    read, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(_lives(path, vault, Make(iter(range(1, 99))), told, moment))
        finally:
            os._exit(0)
    os.close(told)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(read, "rb") as promised:
        return os.WIFSIGNALED(status), promised.read()


async def _prepared(path: Path, vault: Vault, make: Make) -> None:
    await Store.create(path, vault)
    store = await Store.open(path, vault)
    await store.directory.add_pairs([make.pair()])
    await store.close()


async def _left(path: Path, vault: Vault) -> tuple[list[bytes], str, int]:
    """The contents still owed, the outcome of the letter, and how many files are left after the sweep."""
    store = await Store.open(path, vault)
    try:
        await store.queue.recover(NOON, start=True)
        assert await store.large_letters.missing() == 0
        await store.large_letters.sweep(AGES)
        entries = await store.journal.list()
        return await contents(store), entries[0].outcome if entries else "", len(files(path))
    finally:
        await store.close()


def test_when_killed_at_any_moment_no_promised_letter_is_lost_and_no_file_stays(
    tmp_path: Path, vault: Vault, make: Make
) -> None:
    moment, died = 1, True
    while died:
        path = tmp_path / str(moment) / "relay.db"
        path.parent.mkdir()
        asyncio.run(_prepared(path, vault, make))
        died, promised = killed(path, vault, moment)
        owed, outcome, left = asyncio.run(_left(path, vault))
        if promised == b"":  # not accepted, or accepted and not told: then all of it is there
            assert (owed, left) in (([], 0), ([PHOTOGRAPH], 1)), moment
        elif promised == b"a":
            assert (owed, left, outcome) in (([PHOTOGRAPH], 1, "accepted"), ([], 0, "delivered")), moment
        else:
            assert (owed, left, outcome) == ([], 0, "delivered"), moment
        moment += 1
    assert moment > 12
