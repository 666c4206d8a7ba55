"""Copying a database to the other kind: every row arrives, and the programme continues there."""

from __future__ import annotations

from pathlib import Path

import pytest

from relay.store import LetterKey, RouteLookup, Store, StoreError
from relay.store.engine import copying
from relay.store.engine.database import columns, tables
from relay.vault import Vault


def places(way: str, path: Path, url: str) -> tuple[Path | str, Path | str]:
    return (path, url) if way == "to PostgreSQL" else (url, path)


@pytest.mark.parametrize("way", ["to PostgreSQL", "to SQLite"])
async def test_every_row_is_copied_and_the_programme_continues(
    way: str, path: Path, empty_postgres: str, vault: Vault, make, open_store
) -> None:
    whence, whither = places(way, path, empty_postgres)
    await Store.create(whence, vault)
    before = await open_store(whence)
    await before.directory.add_pairs([make.pair(f"p{n}", (f"a{n}@x.example",), (f"b{n}@x.example",)) for n in range(3)])
    entries = [make.acceptance(entry=make.entry(pair_id="p1"), keep=True) for _ in range(1203)]
    await before.accept(entries)
    await before.accept([make.acceptance(entry=make.entry(pair_id="p1"), link=make.link("own@x", "ours@r", pair="p1"))])
    await Store.create(whither, vault)
    copied = await before.copy_into(whither)
    assert (copied["pair"], copied["journal"], copied["delivery"], copied["thread"]) == (3, 1204, 1204, 1)

    after = await open_store(whither)
    assert [p async for p in after.directory.each()] == [p async for p in before.directory.each()]
    assert [e async for e in after.journal.all()] == [e async for e in before.journal.all()]
    alias = "amber-heron.p1@relay.example"
    way = (await after.look_up("b1@x.example", [alias], LetterKey((), ("ours@r",), make.noon)))[alias]
    assert isinstance(way, RouteLookup)
    assert way.known_ids == {"ours@r": "own@x"}
    claimed = (await after.queue.claim(make.noon, 2000)).deliveries
    assert len(claimed) == 1204
    assert {d.recipient for d in claimed} == {"tomas@home.example"}
    assert await after.events.list() == await before.events.list()
    assert (await after.events.verify()).fault == ""
    # New rows get numbers after the copied ones.
    await after.directory.add_pairs([make.pair("p9", ("a9@x.example",), ("b9@x.example",))])
    await after.accept([make.acceptance(entry=make.entry(pair_id="p9"))])
    assert (await after.events.verify()).fault == ""


async def test_a_database_that_holds_a_programme_is_not_overwritten(
    path: Path, empty_postgres: str, vault: Vault, make, open_store
) -> None:
    await Store.create(path, vault)
    await Store.create(empty_postgres, vault)
    there = await open_store(empty_postgres)
    await there.directory.add_pairs([make.pair()])
    here = await open_store(path)
    with pytest.raises(StoreError, match="was not changed"):
        await here.copy_into(empty_postgres)
    assert len(await there.directory.pairs()) == 1


GIVEN = {"proof", "event_chain", "vault_key"}  # few rows, whose number relay gives itself


async def test_every_table_with_numbered_rows_is_copied_by_number(path: Path, vault: Vault, open_store) -> None:
    """A new table belongs into copying.py: its rows are paged, and its numbers go on after the copied ones."""
    await Store.create(path, vault)
    store = await open_store(path)

    def numbered(db) -> set[str]:
        return {table for table in tables(db) if "number" in columns(db, table)}

    assert await store._reader.run(numbered) == {*copying._NUMBERED, *GIVEN}
