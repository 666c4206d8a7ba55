"""Saves a home into one file while relay runs, and makes a home of such a file again."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from relay import __version__
from relay.home import Home, HomeError
from relay.settings_file import load
from relay.store import Store
from relay.vault import Vault

FORM = 1
_MANIFEST = "backup.json"
_DATABASE = "relay.db"


async def back_up(home: Home, store: Store, file: Path, now: datetime, *, keys: bool) -> int:
    """Write settings, own templates, the database as it is at this moment, and on request the keys, to a new ``file``.

    Returns its size in octets. Letters may come and go meanwhile. Raises HomeError when ``file`` exists or cannot be
    written, StoreError when the database cannot be read.
    """
    try:
        with _draft(file) as draft:
            copy = draft.with_name(_DATABASE)
            await store.copy_to(copy)
            _pack(draft, home, copy, now, keys=keys)
            # Never over another file, not even one that came meanwhile (link(2) refuses).
            os.link(draft, file)
            return _size(draft)
    except FileExistsError as error:
        raise HomeError(f"{file} exists already and stays as it is", "choose another name") from error
    except OSError as error:
        raise HomeError(f"{file} cannot be written: {error.strerror}", "choose another folder") from error


def _size(path: Path) -> int:
    return path.stat().st_size


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """A name for the new file while it is made, on the same disk. Raises FileExistsError before any work is done."""
    if file.exists():
        raise FileExistsError(file)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".relay-backup-") as folder:
        yield Path(folder) / "backup"


def _pack(draft: Path, home: Home, copy: Path, now: datetime, *, keys: bool) -> None:
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            manifest = {"form": FORM, "relay": __version__, "made_at": now.isoformat(), "keys": keys}
            _add(tar, _MANIFEST, json.dumps(manifest).encode())
            _add(tar, "relay.toml", home.toml.read_bytes())
            for path in _files(home.templates) + (_files(home.keys) if keys else []):
                _add(tar, str(path.relative_to(home.path)), path.read_bytes())
            entry = _entry(_DATABASE, copy.stat().st_size)
            with copy.open("rb") as database:
                tar.addfile(entry, database)
        out.flush()
        os.fsync(out.fileno())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


async def restore(home: Home, file: Path, *, hold: bool) -> int:
    """Make a home of a backup, in a folder that is empty or holds the keys only.

    ``hold``: what was still to be delivered is held until somebody looks (relay queue retry), for it may have arrived
    after the backup was made. Returns how many deliveries are still to be made. Raises HomeError, StoreError,
    SettingsError; then the folder is as it was.
    """
    if home.toml.exists():
        raise HomeError(
            f"{home.path} is a home already", "restore into another folder with --home, and look at it first"
        )
    foreign = [path.name for path in home.path.iterdir() if path != home.keys] if home.path.is_dir() else []
    if foreign:
        raise HomeError(f"{home.path} is not empty", "restore into a new folder, or one that holds only keys")
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _unpacked(home, file) as made:
        settings = load(made.toml, {})
        store = await Store.open(made.db, _vault_of(home, made))
        try:
            await store.check()
            if hold:
                await store.queue.hold_all()
            counts = await store.queue.counts()
        finally:
            await store.close()
        place = home.place(settings.store.url)
        _move(made, home, place if isinstance(place, Path) else home.db)
    return sum(counts.values())


@contextmanager
def _room(home: Home) -> Iterator[None]:
    """The folder of the home to be. One that was not there is gone again after a fault."""
    if home.toml.exists():
        raise HomeError(f"{home.path} is a home already", "restore into another folder, and look at it first")
    there = home.path.is_dir()
    if there and any(path != home.keys for path in home.path.iterdir()):
        raise HomeError(f"{home.path} is not empty", "restore into a new folder, or one that holds only keys")
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(f"{home.path} cannot be made: {error.strerror}", "choose another folder") from error
    try:
        yield
    except BaseException:
        if not there:
            home.path.rmdir()
        raise


@contextmanager
def _unpacked(home: Home, file: Path) -> Iterator[Home]:
    """The backup in a folder beside what it will become."""
    with tempfile.TemporaryDirectory(dir=home.path, prefix=".relay-restore-") as folder:
        try:
            with tarfile.open(file, "r:") as tar:
                names = tar.getnames()
                if _MANIFEST not in names or _DATABASE not in names:
                    raise HomeError(f"{file} is no backup of relay", "give the file that relay backup made")
                form = json.loads(_read(tar, _MANIFEST)).get("form")
                if form != FORM:
                    raise HomeError(f"{file} was made by a newer relay", "install that version, or a later one")
                tar.extractall(folder, filter="data")
        except OSError as error:
            raise HomeError(f"{file} cannot be read: {error.strerror or error}", "see to the file") from error
        except (tarfile.TarError, ValueError) as error:
            raise HomeError(f"{file} is no backup of relay, or is damaged", "give another backup") from error
        yield Home(Path(folder))


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    return member.read() if member is not None else b"{}"


def _vault_of(home: Home, made: Home) -> Vault:
    return made.read_vault() if made.vault_key.exists() else home.read_vault()


def _move(made: Home, home: Home, database: Path) -> None:
    """Into place; relay.toml last, for it makes the folder a home."""
    if database.exists():
        raise HomeError(f"{database} exists already and stays as it is", "move it away first")
    if made.keys.is_dir() and not home.keys.exists():
        made.keys.chmod(0o700)
        shutil.move(made.keys, home.keys)
    if made.templates.is_dir():
        shutil.move(made.templates, home.templates)
    for path, place in ((made.db, database), (made.toml, home.toml)):
        path.chmod(0o600)
        shutil.move(path, place)
