"""relay vault rotate: replaces the vault key while relay serve runs, and encrypts everything with the new key.

The order of steps makes an interruption at any moment harmless. The new key is in keys/vault.new before anything is
encrypted with it. While there are rows under both keys, the database holds each key encrypted with the other. The old
key is deleted from keys/ when no row is under it any more, and from the database last.
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
"""How long the database holds both keys when several relays share it. Each of them reads it every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rotation has to do: encrypt ``rows`` rows again. ``begun_at``: when an unfinished one began, or None."""

    rows: int
    begun_at: datetime | None


async def plan(store: Store) -> Plan:
    """What relay vault rotate would do now. Raises StoreError."""
    under_way = await store.key_change.under_way()
    if under_way is not None:
        return Plan(under_way.left, under_way.switched_at)
    return Plan(await store.key_change.rows(), None)


async def rotate_vault(
    home: Home, store: Store, now: Callable[[], datetime], settling: timedelta = timedelta(0)
) -> bool:
    """Encrypt everything with a new vault key, or continue an interrupted rotation.

    ``settling``: how long to wait, from the switch of keys, until other relays have found the new key. Returns False
    when SQLite's WAL may still hold rows under the old key, because another connection was reading. Raises HomeError,
    StoreError; then nothing is lost, and it can be called again.
    """
    change = store.key_change
    if await change.under_way() is None:
        if not home.next_vault_key.exists():
            _stage(home, read_key(new_key()))
        secret = home.read_secret(home.next_vault_key)
        await _retried(lambda: change.begin(secret, now()))
    new = (await change.secrets())[0]
    if new not in home.vault_secrets():  # this home was restored from a backup that was made during a rotation
        _stage(home, new)
    await _all_rows(store)
    under_way = await change.under_way()
    if under_way is not None:
        await asyncio.sleep(max(0.0, (under_way.switched_at + settling - now()).total_seconds()))
    _promote(home, new)
    await _retried(change.end)
    for _ in range(_TRIES):
        if await change.clear_log():
            return True
        await asyncio.sleep(0.1)
    return False


async def reseal(store: Store, secret: bytes, now: datetime) -> None:
    """Encrypt everything in a database with ``secret``. Nobody else may have it open. Raises StoreError."""
    if await store.key_change.under_way() is not None:  # the backup was made during a rotation
        await _all_rows(store)
        await store.key_change.end()
    if (await store.key_change.secrets())[0] != secret:
        await store.key_change.begin(secret, now)
        await _all_rows(store)
        await store.key_change.end()


async def _all_rows(store: Store) -> None:
    more = True
    while more:
        more = await _retried(store.key_change.step)
        await asyncio.sleep(0.005)  # lets other writers in between two transactions: SQLite has one writer at a time


async def check_rotation(store: Store) -> list[Finding]:
    """Whether a rotation is unfinished, and which old look-up keys are still in use. Raises StoreError."""
    under_way = await store.key_change.under_way()
    if under_way is not None:
        return [
            warn(
                f"the vault key is being replaced since {under_way.switched_at:%Y-%m-%d %H:%M} UTC: "
                f"{under_way.left} rows are left",
                "if relay vault rotate is not running any more, run it again: it goes on where it stopped",
            )
        ]
    return [
        fine(
            f"an old look-up key is kept for return paths, confirmation requests and fingerprints from before "
            f"{at:%Y-%m-%d %H:%M} UTC, until [retention] deletes the last of them; it decrypts nothing"
        )
        for at in await store.key_change.retired_at()
    ]


def settling(place: object) -> timedelta:
    """How long other relays need to find a new key, by ``place`` (Home.place): on SQLite there are none."""
    return _SETTLING if isinstance(place, str) else timedelta(0)


def _stage(home: Home, secret: bytes) -> None:
    try:
        home.stage_vault_key(base64.b64encode(secret).decode() + "\n")
    except OSError as error:
        raise HomeError(
            f"{home.keys} cannot be written: {error.strerror}", "correct that, then run the same command again"
        ) from error


def _promote(home: Home, new: bytes) -> None:
    try:
        with home.holding_keys():
            ledger.reencrypt(home, home.read_vault().sealing_with(new))
            home.promote_vault_key()
    except OSError as error:
        raise HomeError(
            f"{home.keys} cannot be written: {error.strerror}", "correct that, then run the same command again"
        ) from error


async def _retried(work: Callable[[], Awaitable[T]]) -> T:
    """Call ``work``, and again while the database is busy. Raises StoreBusyOrFull after 10 s."""
    for _ in range(_TRIES):
        try:
            return await work()
        except StoreBusyOrFull:
            await asyncio.sleep(0.5)
    return await work()
