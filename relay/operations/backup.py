"""relay backup: saves a home to one file while relay runs."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
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
    with _readable_errors(file), _draft(file) as draft:
        copy = draft.with_name(DATABASE)
        await store.copy_to(copy)
        return _finish(home, draft, file, now, keys=keys)


def back_up_before(home: Home, copy_to: Callable[[Path], None], file: Path, now: datetime) -> int:
    """The same without keys, for a database that is not open yet. ``copy_to`` copies it into a new file."""
    with _readable_errors(file), _draft(file) as draft:
        copy_to(draft.with_name(DATABASE))
        return _finish(home, draft, file, now, keys=False)


def _finish(home: Home, draft: Path, file: Path, now: datetime, *, keys: bool) -> int:
    """Write the backup of the snapshot beside ``draft``, and give it its name. Returns its size."""
    _write(draft, home.read_vault(), _members(home, draft.with_name(DATABASE), now, keys=keys))
    # link(2) fails if the name exists, so a file that was made meanwhile is not overwritten.
    os.link(draft, file)
    return _size(draft)


@contextmanager
def _readable_errors(file: Path) -> Iterator[None]:
    """Turn what can go wrong with ``file`` into a HomeError."""
    try:
        yield
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
