"""Saves a home into one sealed file while relay runs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from relay import __version__
from relay.home import Home, HomeError
from relay.operations.backup_file import pack
from relay.operations.backup_layout import DATABASE, FORM, MANIFEST, SETTINGS, UnfitError
from relay.store import Store
from relay.vault import Vault


async def back_up(home: Home, store: Store, file: Path, now: datetime, *, keys: bool) -> int:
    """Write settings, own templates, the database as it is at this moment, and on request the keys, to a new ``file``,
    and seal it with a key that comes of the vault key.

    Returns its size in octets. Letters may come and go meanwhile. Raises HomeError when ``file`` exists or cannot be
    written, or when the vault key is missing, StoreError when the database cannot be read.
    """
    vault = home.read_vault()
    try:
        with _draft(file) as draft:
            copy = draft.with_name(DATABASE)
            await store.copy_to(copy)
            _write(draft, vault, _members(home, copy, now, keys=keys))
            # Never over another file, not even one that came meanwhile (link(2) refuses).
            os.link(draft, file)
            return _size(draft)
    except UnfitError as error:
        raise HomeError(f"no backup was made: {error}", "rename it, or take it out of the home") from error
    except FileExistsError as error:
        raise HomeError(f"{file} exists already and stays as it is", "choose another name") from error
    except OSError as error:
        raise HomeError(f"{file} cannot be written: {error.strerror}", "choose another folder") from error


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """A name for the new file while it is made, on the same disk. Raises FileExistsError before any work is done."""
    if file.exists():
        raise FileExistsError(file)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".relay-backup-") as folder:
        yield Path(folder) / "backup"


def _members(home: Home, copy: Path, now: datetime, *, keys: bool) -> Iterator[tuple[str, bytes | Path]]:
    manifest = {"form": FORM, "relay": __version__, "made_at": now.isoformat(), "keys": keys}
    yield MANIFEST, json.dumps(manifest).encode()
    yield SETTINGS, home.toml.read_bytes()
    for path in _files(home.templates) + (_files(home.keys) if keys else []):
        yield str(path.relative_to(home.path)), path.read_bytes()
    yield DATABASE, copy


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _write(draft: Path, vault: Vault, members: Iterator[tuple[str, bytes | Path]]) -> None:
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as out:
        pack(out, vault, members)
        out.flush()
        os.fsync(out.fileno())


def _size(path: Path) -> int:
    return path.stat().st_size
