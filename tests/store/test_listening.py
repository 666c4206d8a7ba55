"""Relay nodes that share a database notify each other of queued deliveries."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from relay.store import Store
from relay.vault import Vault


async def test_a_node_is_notified_when_another_one_queues_a_delivery(empty_postgres: str, vault: Vault, make) -> None:  # type: ignore[no-untyped-def]
    await Store.create(empty_postgres, vault)
    ours, theirs = await Store.open(empty_postgres, vault), await Store.open(empty_postgres, vault)
    heard = asyncio.Event()
    try:
        await ours.directory.add_pairs([make.pair()])
        await ours.listen(heard.set)
        await ours.listen(lambda: pytest.fail("once is enough"))
        assert not heard.is_set()
        await theirs.accept([make.acceptance()])
        await asyncio.wait_for(heard.wait(), 20)
    finally:
        await theirs.close()
        await ours.close()


async def test_nobody_is_notified_of_a_delivery_that_is_being_tried_already(  # type: ignore[no-untyped-def]
    empty_postgres: str, vault: Vault, make
) -> None:
    await Store.create(empty_postgres, vault)
    ours, theirs = await Store.open(empty_postgres, vault), await Store.open(empty_postgres, vault)
    heard: asyncio.Queue[str] = asyncio.Queue()
    try:
        await ours.directory.add_pairs([make.pair()])
        await ours.listen(lambda: heard.put_nowait("something is due"))
        tried, held = make.acceptance(id="d1"), make.acceptance(held="by hand")
        await theirs.accept([tried, held], {"d1": make.later(minutes=10)})
        await theirs.accept([make.acceptance()])
        await asyncio.wait_for(heard.get(), 20)
        assert heard.empty()
    finally:
        await theirs.close()
        await ours.close()


async def test_on_sqlite_nobody_is_notified(path: Path, vault: Vault, make) -> None:  # type: ignore[no-untyped-def]
    await Store.create(path, vault)
    store = await Store.open(path, vault)
    try:
        await store.directory.add_pairs([make.pair()])
        await store.listen(lambda: pytest.fail("this relay knows what it has queued"))
        await store.accept([make.acceptance()])
    finally:
        await store.close()
