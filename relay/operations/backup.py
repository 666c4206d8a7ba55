"""relay backup: saves a home to one file while relay runs."""

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
    """Write settings, the operator's templates, a snapshot of the database and, with ``keys``, the keys to a new file.

    Its seal, an HMAC, is made with a key derived from the vault key. Returns the size in octets. Raises HomeError when
    ``file`` exists or cannot be written or the vault key is missing, StoreError when the database cannot be read.
    """
    vault = home.read_vault()
    try:
        with _draft(file) as draft:
            copy = draft.with_name(DATABASE)
            await store.copy_to(copy)
            _write(draft, vault, _members(home, copy, now, keys=keys))
            # link(2) fails if the name exists, so a file that was made meanwhile is not overwritten.
            os.link(draft, file)
            return _size(draft)
    except UnfitError as error:
        raise HomeError(f"no backup was made: {error}", "rename that file, or move it out of the home") from error
    except FileExistsError as error:
        raise HomeError(f"{file} exists already and was not changed", "choose another name") from error
    except OSError as error:
        raise HomeError(f"{file} cannot be written: {error.strerror}", "choose another folder") from error


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """A temporary name on the same file system for the new file. Raises FileExistsError if ``file`` exists."""
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
