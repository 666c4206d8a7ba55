"""The one database, opened: its drawers, and the one transaction that takes responsibility for letters."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from relay.model import Side
from relay.store.acceptance import accept
from relay.store.directory import Directory
from relay.store.errors import damaged, store_wide
from relay.store.hop import Hop
from relay.store.journal import Journal
from relay.store.lookups import written_hash
from relay.store.migrate import shipped
from relay.store.questions import Questions
from relay.store.queue import Queue
from relay.store.reader import Reader
from relay.store.repeats import known
from relay.store.sqlite import check, check_there, copy, create, make_ready, tune_reader
from relay.store.suspensions import Suspensions
from relay.store.terms import Acceptance
from relay.store.threads import Threads
from relay.store.writer import Writer
from relay.vault import Vault


class Store:
    """Made by ``open``; ``close`` it, or the process does not end. Several processes may have it open at once."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault
        self.directory = Directory(reader, writer, vault)
        self.threads = Threads(reader, vault)
        self.journal = Journal(reader, writer, vault)
        self.questions = Questions(reader, writer, vault)
        self.queue = Queue(reader, writer, vault)
        self.suspensions = Suspensions(reader, writer, vault)

    @staticmethod
    async def create(path: Path, vault: Vault) -> None:
        """Make a new database at ``path``, for this vault key. Raises StoreError when there is a file already."""
        await asyncio.to_thread(create, path, vault)

    @classmethod
    async def open(cls, path: Path, vault: Vault, *, checkpoints: bool = True) -> Store:
        """Open the database at ``path`` and bring it up to date.

        ``checkpoints`` is False in a command that runs beside the server: only one process moves the log into the
        file. Raises StoreMissing, StoreNewer, StoreDamaged (also for another vault key), StoreBusyOrFull.
        """
        file = await asyncio.to_thread(check_there, path)
        try:
            writing = await Hop.open(str(file))
            try:
                await writing.run(lambda db: make_ready(db, file, vault, shipped(), checkpoints))
                # After the writer: a read-only connection cannot make the log's index.
                reading = await _reading(file)
            except BaseException:
                await writing.close()
                raise
        except sqlite3.Error as error:
            raise store_wide(error) or damaged() from error
        return cls(Reader(reading), Writer(writing), vault)

    async def close(self) -> None:
        """Finish what was begun, then let go of the file."""
        await self._reader.close()
        await self._writer.close()

    async def accept(self, acceptances: Sequence[Acceptance]) -> dict[str, str]:
        """Take responsibility for letters: when this returns, all of them are on the disk (RFC 5321 6.1).

        One that was accepted before (see ``known``) is not taken again; returns, by their new journal id, the id that
        such letters have. Raises StoreBusyOrFull, and StoreError for an id that is taken or an unknown pair; then none
        of them is.
        """
        return await self._writer.run(lambda db: accept(db, self._vault, acceptances))

    async def known(self, pair_id: str, side: Side, written: str, now: datetime) -> str | None:
        """The journal id under which the member on ``side`` sent the same letter in the last month; None for a new one,
        and for one that never arrived. ``written`` is the letter's fingerprint."""
        hash = written_hash(self._vault, pair_id, side, written)
        return await self._reader.run(lambda db: known(db, hash, now))

    async def check(self) -> None:
        """Read every page of the database. Raises StoreDamaged when one is not sound. Takes a while on a large one."""
        await self._reader.run(check)

    async def copy_to(self, path: Path) -> None:
        """Write the database as it is at this moment to a new file, while it is in use (SQLite's backup API).

        Raises StoreError."""
        await self._reader.run(lambda db: copy(db, path))


async def _reading(file: Path) -> Hop:
    reading = await Hop.open(file.as_uri() + "?mode=ro", uri=True)
    try:
        await reading.run(tune_reader)
    except BaseException:
        await reading.close()
        raise
    return reading
