"""Copies a home for a rehearsal: settings, keys, templates and a snapshot of the database, always as SQLite."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

from relay.home import Home
from relay.operations.upgrade_backup import backing_up
from relay.settings import Settings
from relay.store import Store


async def copy_home(home: Home, settings: Settings, folder: Path) -> Home:
    """Copy ``home`` to the new ``folder``, with the database as relay.db. The home does not change, and may be in use.

    Raises HomeError, StoreError, OSError.
    """
    copy = Home(folder)
    await asyncio.to_thread(_copy_files, home, copy)
    vault, place = home.read_vault(), home.place(settings.store.url)
    store = await Store.open(place, vault, checkpoints=False, before=backing_up(home, lambda: datetime.now(UTC)))
    try:
        if isinstance(place, Path):
            await store.copy_to(copy.db)
        else:
            await Store.create(copy.db, vault)
            await store.copy_into(copy.db)
    finally:
        await store.close()
    return copy


def _copy_files(home: Home, copy: Home) -> None:
    copy.path.mkdir(mode=0o700)
    shutil.copytree(home.keys, copy.keys)
    if home.templates.is_dir():
        shutil.copytree(home.templates, copy.templates)
    shutil.copy2(home.toml, copy.toml)
