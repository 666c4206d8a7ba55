"""Replaces the vault key while relay serves: a new key, everything sealed anew under it, the old one gone.

The order makes a stop at any moment harmless. The new key is in keys/vault.new before anything is sealed with it. While
rows are under both keys, the database holds each key sealed with the other. The old key leaves keys/ when no row is
under it, and the database forgets it last.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from relay import ledger
from relay.home import Home, HomeError
from relay.operations.findings import Finding, fine, warn
from relay.store import Store, StoreBusyOrFull
from relay.vault import new_key, read_key

T = TypeVar("T")

_TRIES = 20
_SETTLING = timedelta(seconds=45)
"""Several relays on one database: each looks into it every 15 seconds, and finds the new key there until the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change of keys has to do: ``rows`` to be sealed anew; ``begun_at`` when one was begun and not ended."""

    rows: int
    begun_at: datetime | None


async def plan(store: Store) -> Plan:
    """What there is to do. Raises StoreError."""
    under_way = await store.key_change.under_way()
    if under_way is not None:
        return Plan(under_way.left, under_way.switched_at)
    return Plan(await store.key_change.rows(), None)


async def rotate_vault(
    home: Home, store: Store, now: Callable[[], datetime], settling: timedelta = timedelta(0)
) -> bool:
    """Put everything under a new vault key, or go on with that where it was stopped. Raises HomeError, StoreError: then
    do it again, nothing is lost. ``settling``: so long others get to find the new key. False when the log of SQLite may
    still hold rows under the old key, because somebody was reading in it."""
    change = store.key_change
    if await change.under_way() is None:
        if not home.next_vault_key.exists():
            _stage(home, read_key(new_key()))
        secret = home.read_secret(home.next_vault_key)
        await _patiently(lambda: change.begin(secret, now()))
    new = (await change.secrets())[0]
    if new not in home.vault_secrets():  # of a home restored from a backup made meanwhile
        _stage(home, new)
    await _all_rows(store)
    under_way = await change.under_way()
    if under_way is not None:
        await asyncio.sleep(max(0.0, (under_way.switched_at + settling - now()).total_seconds()))
    _promote(home, new)
    await _patiently(change.end)
    for _ in range(_TRIES):
        if await change.clear_log():
            return True
        await asyncio.sleep(0.1)
    return False


async def reseal(store: Store, secret: bytes, now: datetime) -> None:
    """Put a database that nobody else has open under ``secret``. Raises StoreError."""
    if await store.key_change.under_way() is not None:  # the backup was made in the middle of one
        await _all_rows(store)
        await store.key_change.end()
    if (await store.key_change.secrets())[0] != secret:
        await store.key_change.begin(secret, now)
        await _all_rows(store)
        await store.key_change.end()


async def _all_rows(store: Store) -> None:
    more = True
    while more:
        more = await _patiently(store.key_change.step)
        await asyncio.sleep(0.005)  # SQLite lets whoever waits in only between two transactions


async def check_rotation(store: Store) -> list[Finding]:
    """Whether a change of the vault key was begun and not ended, and what an old key still finds. Raises StoreError."""
    under_way = await store.key_change.under_way()
    if under_way is not None:
        return [
            warn(
                f"the vault key is being changed since {under_way.switched_at:%Y-%m-%d %H:%M} UTC: "
                f"{under_way.left} rows are left",
                "unless it is at work: relay vault rotate goes on where it was",
            )
        ]
    return [
        fine(
            f"return paths, questions and fingerprints from before {at:%Y-%m-%d %H:%M} UTC are found by the look-up "
            "key of then, until [retention] deletes the last of them; it opens nothing"
        )
        for at in await store.key_change.retired_at()
    ]


def settling(place: object) -> timedelta:
    """How long others need to find a new key: those on a database that several relays share."""
    return _SETTLING if isinstance(place, str) else timedelta(0)


def _stage(home: Home, secret: bytes) -> None:
    try:
        home.stage_vault_key(base64.b64encode(secret).decode() + "\n")
    except OSError as error:
        raise HomeError(
            f"{home.keys} cannot be written: {error.strerror}", "see to the disk, and do it again"
        ) from error


def _promote(home: Home, new: bytes) -> None:
    try:
        with home.holding_keys():
            ledger.seal_anew(home, home.read_vault().sealing_with(new))
            home.promote_vault_key()
    except OSError as error:
        raise HomeError(
            f"{home.keys} cannot be written: {error.strerror}", "see to the disk, and do it again"
        ) from error


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """``work``, again while the database is busy. Raises StoreBusyOrFull when it stays so."""
    for _ in range(_TRIES):
        try:
            return await work()
        except StoreBusyOrFull:
            await asyncio.sleep(0.5)
    return await work()
