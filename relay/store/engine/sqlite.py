"""The SQLite file: makes it, checks it and its key, sets up its connections, brings it up to date, copies it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from relay.durable_files import sync_folder
from relay.ownership import as_owner
from relay.store.engine.database import columns, tables, version
from relay.store.engine.letter_files import LetterFiles, letter_files, take_in, watch
from relay.store.engine.migrate import After, Step, due, migrate, shipped
from relay.store.engine.upgrade import BeforeUpgrade, Upgrade
from relay.store.engine.vault_keys import check_key, check_proof, write_proof
from relay.store.errors import StoreDamaged, StoreError, StoreForbidden, StoreMissing, damaged, store_wide
from relay.vault import Vault

APPLICATION_ID = 0x72656C79  # "rely"; file(1) and relay recognise the file by it (sqlite.org/fileformat2.html)
BUSY_MILLISECONDS = 30_000  # an import of 100,000 pairs holds the write lock for some seconds
_FULLY_CHECKED_OCTETS = 64 * 1024 * 1024

_EACH_CONNECTION = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA foreign_keys = ON",
    # In WAL mode NORMAL does not sync at commit: a power cut would lose letters already answered with 250.
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    # Without it a deleted letter stays readable (with the key) in free pages until they are reused.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
)


def create(path: Path, vault: Vault) -> None:
    """Create a database at ``path``, readable by its owner only. Raises StoreError when the file exists."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{path.name} exists already and was not changed", "choose another name") from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be created ({error.strerror})", "check that the folder exists and you may write to it"
        ) from error
    # Created under another name and renamed, so that there is never half a database under this one.
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        _make(draft, vault)
        draft.replace(path)
        sync_folder(path.parent)
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


def check_there(path: Path) -> Path:
    """The absolute ``path``. Raises StoreMissing when the file is missing or empty.

    SQLite would create an empty database there, and every alias would be unknown.
    """
    try:
        octets = path.stat().st_size
        path.open("rb").close()
    except PermissionError as error:
        raise StoreForbidden(f"you may not read the database {path}", as_owner(path)) from error
    except OSError as error:
        raise StoreMissing(
            f"there is no database at {path}", "make a home with relay init, or restore one with relay restore FILE"
        ) from error
    if octets == 0:
        raise StoreMissing(f"the database at {path} is an empty file", "restore it with relay restore FILE")
    return path.resolve()


def make_ready(
    db: sqlite3.Connection,
    path: Path,
    vault: Vault,
    steps: tuple[Step, ...],
    after: After,
    *,
    checkpoints: bool,
    before: BeforeUpgrade | None = None,
) -> None:
    """Tune the writing connection, check file and key, call ``before`` if there are migrations to apply, apply them.

    Raises StoreDamaged, StoreNewer, StoreBusyOrFull or StoreError.
    """
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreDamaged(f"{path} is no database of relay", "check that --home names the right folder")
        tune(db, checkpoints=checkpoints)
        _check_length(db, path)
        files = beside(db, path)
        if before is not None and version(db) and due(db, steps):
            _prepare_upgrade(db, vault, steps, before)
        migrate(db, steps, after)
        if "file" in columns(db, "letter"):
            watch(db, files)
        check_key(db, vault)
        small = path.stat().st_size <= _FULLY_CHECKED_OCTETS
        check(db, ("",) if small else ("member", "address", "pair", "alias", "delivery"))
    except sqlite3.Error as error:
        raise store_wide(error) or damaged() from error


def _prepare_upgrade(db: sqlite3.Connection, vault: Vault, steps: tuple[Step, ...], before: BeforeUpgrade) -> None:
    """Check the database as it is, because a copy of a damaged one, or one with another key, is no way back."""
    (check_key if "vault_key" in tables(db) else check_proof)(db, vault)
    check(db)
    pages, size = db.execute("PRAGMA page_count").fetchone()[0], db.execute("PRAGMA page_size").fetchone()[0]
    files = letter_files(db)
    octets = pages * size + (files.octets() if files else 0)
    before(Upgrade(version(db), steps[-1].number, octets, partial(copy, db, vault)))


def tune(db: sqlite3.Connection, *, checkpoints: bool) -> None:
    """Set the pragmas that SQLite does not store in the file. ``checkpoints``: move the log into the file."""
    for pragma in _EACH_CONNECTION:
        db.execute(pragma)
    mode = db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(
            "SQLite's WAL mode does not work on this disk (a network disk?)", "put the home on a local disk"
        )
    db.execute(f"PRAGMA wal_autocheckpoint = {4000 if checkpoints else 0}")


def beside(db: Any, path: Path) -> LetterFiles:
    """Tell a connection where the large letters of the database at ``path`` are."""
    files = LetterFiles(path)
    db.letter_files = files
    return files


def tune_reader(db: sqlite3.Connection, path: Path) -> None:
    """Set the pragmas of a connection that only reads."""
    beside(db, path)
    for pragma in (
        f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
        "PRAGMA cache_size = -16384",
        "PRAGMA query_only = ON",
    ):
        db.execute(pragma)


def check(db: sqlite3.Connection, tables: tuple[str, ...] = ("",)) -> None:
    """Raise StoreDamaged when a page of the tables ("" for all) is damaged. Reads every page."""
    for table in tables:
        if db.execute(f"PRAGMA quick_check({table or 1})").fetchone()[0] != "ok":
            raise damaged()


def copy(db: sqlite3.Connection, vault: Vault, path: Path) -> None:
    """Copy the whole database, as this connection sees it, into a new file, which has all letters in its table."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    files = letter_files(db)
    staying = files.staying() if files else contextlib.nullcontext()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as new, staying:
        db.backup(new)
        if files and "file" in columns(new, "letter"):
            take_in(new, vault, files)
        # One file without a log beside it, so that it can be moved.
        new.execute("PRAGMA journal_mode = DELETE")


def _check_length(db: sqlite3.Connection, path: Path) -> None:
    """Raise StoreDamaged for a truncated file. With a log beside it a file may be shorter than its header says: the
    rest is in the log."""
    pages, size = db.execute("PRAGMA page_count").fetchone()[0], db.execute("PRAGMA page_size").fetchone()[0]
    log = path.with_name(path.name + "-wal")
    if path.stat().st_size < pages * size and not (log.exists() and log.stat().st_size):
        raise damaged()
