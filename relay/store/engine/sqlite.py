"""The database file: made once, checked and brought up to date each time it is opened."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from relay.store.engine.migrate import After, Step, migrate, shipped
from relay.store.engine.vault_keys import check_key, write_proof
from relay.store.errors import StoreDamaged, StoreError, StoreMissing, damaged, store_wide
from relay.vault import Vault

APPLICATION_ID = 0x72656C79  # "rely": how file(1) and we know the file as ours (sqlite.org/fileformat2.html)
BUSY_MILLISECONDS = 30_000  # an import of 100,000 pairs holds the database for some seconds
_FULLY_CHECKED_OCTETS = 64 * 1024 * 1024

_EACH_CONNECTION = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA foreign_keys = ON",
    # In WAL mode NORMAL does not sync at commit: a power cut would lose letters already answered with 250.
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    # Otherwise a deleted letter stays readable in free pages (for whoever has the key) until they are used again.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
)


def create(path: Path, vault: Vault) -> None:
    """Make a new database at ``path``, readable by its owner only. Raises StoreError when there is a file already."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{path.name} exists already and stays as it is; choose another home for a new one") from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made ({error.strerror}); see that the folder exists and is yours"
        ) from error
    # Made beside it and moved over: at no moment is there half a database under the right name.
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        _make(draft, vault)
        draft.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise


def _make(path: Path, vault: Vault) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        tune(db, checkpoints=True)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(db, shipped())
        write_proof(db, vault)


def _sync_folder(folder: Path) -> None:
    # A new name is on the disk only when its folder is (fsync(2)).
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_there(path: Path) -> Path:
    """``path`` in full. Raises StoreMissing unless it is a file with something in it.

    SQLite would make an empty database of it, and every alias would then be unknown.
    """
    try:
        octets = path.stat().st_size
    except OSError as error:
        raise StoreMissing(
            f"there is no database at {path}; make a home with relay init, or bring one back with relay restore FILE"
        ) from error
    if octets == 0:
        raise StoreMissing(f"the database at {path} is an empty file; bring it back with relay restore FILE")
    return path.resolve()


def make_ready(
    db: sqlite3.Connection, path: Path, vault: Vault, steps: tuple[Step, ...], after: After, *, checkpoints: bool
) -> None:
    """Tune the writing connection, check the file and the key, bring the file up to date.

    Raises StoreDamaged, StoreNewer, StoreBusyOrFull or StoreError.
    """
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreDamaged(f"{path} is no database of relay; see that --home names the right folder")
        tune(db, checkpoints=checkpoints)
        _check_length(db, path)
        migrate(db, steps, after)
        check_key(db, vault)
        small = path.stat().st_size <= _FULLY_CHECKED_OCTETS
        check(db, ("",) if small else ("member", "address", "pair", "alias", "delivery"))
    except sqlite3.Error as error:
        raise store_wide(error) or damaged() from error


def tune(db: sqlite3.Connection, *, checkpoints: bool) -> None:
    """Set what SQLite forgets from one connection to the next. ``checkpoints``: move the log into the file."""
    for pragma in _EACH_CONNECTION:
        db.execute(pragma)
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError("this disk cannot hold the database (no shared memory: a network disk?); use a local one")
    db.execute(f"PRAGMA wal_autocheckpoint = {4000 if checkpoints else 0}")


def tune_reader(db: sqlite3.Connection) -> None:
    """The same for a connection that only reads."""
    for pragma in (
        f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
        "PRAGMA cache_size = -16384",
        "PRAGMA query_only = ON",
    ):
        db.execute(pragma)


def check(db: sqlite3.Connection, tables: tuple[str, ...] = ("",)) -> None:
    """Raise StoreDamaged when the tables ("" for all) are not sound. Reads each of their pages."""
    for table in tables:
        if db.execute(f"PRAGMA quick_check({table or 1})").fetchone()[0] != "ok":
            raise damaged()


def copy(db: sqlite3.Connection, path: Path) -> None:
    """The whole database, as this connection sees it, into a new file."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as new:
        db.backup(new)
        # One file, no log beside it: it may be carried away alone.
        new.execute("PRAGMA journal_mode = DELETE")


def _check_length(db: sqlite3.Connection, path: Path) -> None:
    """A file cut short. Beside a log it may be shorter than it says, for the rest is in the log."""
    pages, size = db.execute("PRAGMA page_count").fetchone()[0], db.execute("PRAGMA page_size").fetchone()[0]
    log = path.with_name(path.name + "-wal")
    if path.stat().st_size < pages * size and not (log.exists() and log.stat().st_size):
        raise damaged()
