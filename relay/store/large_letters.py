"""Puts large letters into files before the transaction that accepts them, and removes files that no row names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from relay.model import NewDelivery
from relay.store.engine.database import Database
from relay.store.engine.letter_files import LetterFile, LetterFiles, letter_files, unnamed
from relay.store.engine.reader import Reader
from relay.store.engine.writer import Writer
from relay.store.letter_bodies import NO_FILES, InFiles
from relay.store.records import Acceptance, Accepted

LARGE = 64 * 1024
"""Octets: a larger letter is put into a file, where there are files."""


class LargeLetters:
    """The letters in files. With PostgreSQL ``files`` is None, and there are none."""

    def __init__(self, reader: Reader, writer: Writer, files: LetterFiles | None) -> None:
        self._reader, self._writer, self._files = reader, writer, files

    @asynccontextmanager
    async def put(self, acceptances: Sequence[Acceptance]) -> AsyncIterator[InFiles]:
        """The files of the large ones among these letters: on the disk before the transaction begins, so that no other
        letter waits for their octets. Raises StoreBusyOrFull."""
        files = self._files
        if files is None or not any(_is_large(one) for letter in acceptances for one in letter.deliveries):
            yield NO_FILES
            return
        in_files = await asyncio.to_thread(_put, files, acceptances)
        try:
            yield in_files
        except Exception:  # not when cancelled: then it may be committed, and only the sweep can tell
            files.gone += [one.name for one in in_files.values()]
            raise

    def unused(self, accepted: Accepted, in_files: InFiles) -> None:
        """Have the files of duplicates removed."""
        if accepted.before and self._files is not None:
            self._files.gone += [one.name for one in in_files.values()]

    async def sweep(self, before: datetime) -> int:
        """Remove files, written ``before``, that no row names, because a process was stopped between the two.
        Returns how many."""
        files = self._files
        if files is None:
            return 0
        old = await asyncio.to_thread(files.older, before)
        # Most are letters that are kept. Only what seems to have no row is looked at again, with the write lock.
        loose = await self._reader.run(lambda db: unnamed(db, old)) if old else []
        return await self._writer.run(lambda db: files.remove_unnamed(db, loose)) if loose else 0

    async def missing(self) -> int:
        """How many letters cannot be read because their file is gone."""
        return await self._reader.run(_missing)


def octets_in_table(acceptances: Sequence[Acceptance], in_files: InFiles) -> int:
    """The octets of the letters that are not in files."""
    deliveries = [delivery for acceptance in acceptances for delivery in acceptance.deliveries]
    return sum(len(delivery.content) for delivery in deliveries if delivery.id not in in_files)


def _is_large(delivery: NewDelivery) -> bool:
    return len(delivery.content) > LARGE


def _put(files: LetterFiles, acceptances: Sequence[Acceptance]) -> dict[str, LetterFile]:
    """Put the large letters into files; the same octets of one acceptance once."""
    found: dict[str, LetterFile] = {}
    for acceptance in acceptances:
        before: list[NewDelivery] = []
        for delivery in filter(_is_large, acceptance.deliveries):
            same = next((one for one in before if one.content == delivery.content), None)
            found[delivery.id] = found[same.id] if same else files.put(delivery.content)
            before.append(delivery)
    return found


def _missing(db: Database) -> int:
    files = letter_files(db)
    if files is None:
        return 0
    return sum(not files.is_there(row[0]) for row in db.execute("SELECT file FROM letter WHERE file IS NOT NULL"))
