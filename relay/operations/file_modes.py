"""Whether other users can read relay's secrets, and whether its disk has room."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from relay.home import Home, HomeError
from relay.operations.file_systems import check_file_system
from relay.operations.findings import Finding, fine, warn, wrong
from relay.ownership import as_owner
from relay.settings import Settings

_LOW_DISK = 500 * 1024 * 1024  # octets
_FULL_DISK = 20 * 1024 * 1024
_LOW_FILES = 1000
_NO_FILES = 10


def check_files(home: Home, settings: Settings | None) -> Iterator[Finding]:
    """Whether only the owner can read the secrets, and whether the disk has room. ``settings`` None: they are wrong."""
    database: Path | None = home.db
    if settings is not None:
        try:
            place = home.place(settings.store.url)
            database = place if isinstance(place, Path) else None
        except HomeError as error:
            yield wrong(error.what, error.remedy)
    bad = [finding for path, widest in _modes(home, database) if (finding := _check_mode(path, widest))]
    bad += _open_tls_key(home, settings) if settings is not None else ()
    yield from bad
    if not bad:
        yield fine("only their owner can read the keys and the database")
    for folder in dict.fromkeys((home.path, database.parent if database is not None else home.path)):
        yield from check_file_system(folder)
        yield from _check_disk(folder)


def open_secrets(home: Home, settings: Settings) -> list[Finding]:
    """A finding for each secret that other users can read: keys, database, TLS key. For the log when relay starts."""
    place = home.place(settings.store.url)
    found = [_check_mode(path, widest) for path, widest in _modes(home, place if isinstance(place, Path) else None)]
    return [one for one in found if one is not None] + list(_open_tls_key(home, settings))


def _check_disk(folder: Path) -> Iterator[Finding]:
    try:
        room, free = os.statvfs(folder), shutil.disk_usage(folder).free
    except OSError:
        return  # another finding says that the folder cannot be read
    mib = free // 1024**2
    if free < _FULL_DISK:
        yield wrong(
            f"the disk of {folder} is full or nearly so: {mib} MiB are free",
            "free some space: on a full disk relay accepts no letters (452)",
        )
    elif free < _LOW_DISK:
        yield warn(
            f"only {mib} MiB are free in {folder}",
            "free some disk space: on a full disk relay accepts no letters (452)",
        )
    if room.f_files and room.f_favail < _LOW_FILES:
        delete = "delete files that nobody needs there (df -i)"
        if room.f_favail < _NO_FILES:
            yield wrong(f"the disk of {folder} is full: no more files fit on it (inodes)", delete)
        else:
            yield warn(f"only {room.f_favail} more files fit on the disk of {folder} (inodes)", delete)


def _modes(home: Home, database: Path | None) -> Iterator[tuple[Path, int]]:
    """Paths, each with the widest mode it may have."""
    yield home.path, 0o755
    yield home.toml, 0o644
    yield home.keys, 0o700
    yield home.upgrades, 0o700
    if os.access(home.keys, os.R_OK | os.X_OK, effective_ids=True):
        yield from ((path, 0o600) for path in sorted(home.keys.iterdir()))
    if database is not None:
        yield database, 0o600
        yield database.with_name(f"{database.name}-letters"), 0o700


def _open_tls_key(home: Home, settings: Settings) -> Iterator[Finding]:
    """A TLS key that everybody can read. A group may: other services may use the same key."""
    files = home.tls_files(settings)
    if files is not None and files[1].is_file() and (finding := _check_mode(files[1], 0o640)) is not None:
        yield finding


def _check_mode(path: Path, widest: int) -> Finding | None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None  # the check that needs the file reports it
    except OSError as error:
        return wrong(f"{path} cannot be read: {error.strerror}", as_owner(path))
    if mode & ~widest & 0o777:
        return wrong(f"{path} is open to other users (mode {mode:03o})", f"chmod {widest:03o} {path}")
    return None
