"""The open database: its tables by subject, and the transaction that accepts letters."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from relay.store.access_events import move_access_entries
from relay.store.confirmations import ConfirmationRequests, answer
from relay.store.conversations import Conversations
from relay.store.dmarc_reports import DmarcTable, note_report
from relay.store.echoes import EchoMemory
from relay.store.effects import Committed, Effects
from relay.store.engine import postgres_open, sqlite_open
from relay.store.engine.copying import copy_rows
from relay.store.engine.database import SharedDatabase
from relay.store.engine.letter_files import LetterFiles, letter_files
from relay.store.engine.lock_holders import check_unlocked
from relay.store.engine.reader import Reader
from relay.store.engine.sqlite import check, copy
from relay.store.engine.upgrade import BeforeUpgrade
from relay.store.engine.vault_keys import refresh
from relay.store.engine.writer import Writer
from relay.store.errors import StoreError, damaged, store_wide
from relay.store.event_chain import chain
from relay.store.events import Events
from relay.store.holds import Holds
from relay.store.jobs import Jobs
from relay.store.journal import Journal
from relay.store.kept_letters import KeptLetters
from relay.store.key_change import KeyChange
from relay.store.large_letters import LargeLetters, octets_in_table
from relay.store.letter_bodies import InFiles, files_staying
from relay.store.people.absences import Absences
from relay.store.people.address_moves import AddressMoves
from relay.store.people.desk_questions import DeskQuestions
from relay.store.people.identities import note_mailboxes
from relay.store.people.invitations import Invitations, answer_invitation
from relay.store.people.legal_holds import LegalHolds
from relay.store.people.members import Members
from relay.store.people.pairs import Directory
from relay.store.people.programme_letters import ProgrammeLetters
from relay.store.people.question_codes import QuestionCodes
from relay.store.people.reports import Reports
from relay.store.people.suspensions import Suspensions
from relay.store.people.unproven_mail import UnprovenMails
from relay.store.queue.acceptance import NO_LEASES, Leases, accept, note
from relay.store.queue.deliveries import Queue
from relay.store.queue.over_limit import OverLimitLetters
from relay.store.queue.settlement import came_back
from relay.store.records import Acceptance, Accepted, Foreign, LetterKey, NoSuchAlias, RouteLookup
from relay.store.relayed_words import RelayedWords
from relay.store.retention import Retention
from relay.store.role_mailboxes import RoleMailboxes
from relay.store.route_lookup import look_up
from relay.store.signing_again import SignAgain, no_signer
from relay.store.sts_policies import StsPolicies
from relay.vault import Vault

Place = Path | str

_BRIEF = 64 * 1024
"""Octets: letters up to this size are encrypted and copied in a fraction of a millisecond."""
_FEW = 10
"""Aliases: as many are looked up in a fraction of a millisecond."""


class Store:
    """Created by ``open``. Must be closed: its threads keep the process running. Several processes may have one
    database open."""

    def __init__(
        self,
        reader: Reader,
        writer: Writer,
        vault: Vault,
        place: Place,
        *,
        files: LetterFiles | None = None,
        sign: SignAgain = no_signer,
    ) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign
        self._url = place if isinstance(place, str) else None
        self._listening: Any = None
        self.absences = Absences(reader, writer, vault)
        self.address_moves = AddressMoves(reader, vault)
        self.events = Events(reader, writer, vault)
        self.conversations = Conversations(reader, vault)
        self.dmarc = DmarcTable(reader)
        self.desk_questions = DeskQuestions(reader, vault)
        self.directory = Directory(reader, writer, vault)
        self.key_change = KeyChange(reader, writer, vault)
        self.journal = Journal(reader, writer, vault)
        self.echoes = EchoMemory(reader, vault)
        self.over_limit = OverLimitLetters(reader, writer, vault, sign)
        self.holds = Holds(reader, writer, vault, sign)
        self.invitations = Invitations(reader, writer, vault)
        self.jobs = Jobs(reader, writer)
        self.large_letters = LargeLetters(reader, writer, files)
        self.kept_letters = KeptLetters(reader, vault)
        self.legal_holds = LegalHolds(reader, writer, vault)
        self.members = Members(reader, writer, vault, sign)
        self.programme_letters = ProgrammeLetters(reader)
        self.question_codes = QuestionCodes(reader, vault)
        self.questions = ConfirmationRequests(reader, writer, vault, sign)
        self.queue = Queue(reader, writer, vault, sign)
        self.reports = Reports(reader, writer, vault)
        self.relayed_words = RelayedWords(reader, writer, vault)
        self.role_mailboxes = RoleMailboxes(reader, writer, vault)
        self.retention = Retention(reader, writer, vault)
        self.sts_policies = StsPolicies(reader, writer, vault)
        self.suspensions = Suspensions(reader, writer, vault, sign)
        self.unproven_mails = UnprovenMails(reader, writer, vault)

    @staticmethod
    async def create(place: Place, vault: Vault) -> None:
        """Create a database at ``place`` for this vault key. Raises StoreError when there is one already."""
        if isinstance(place, str):
            await postgres_open.create(place, vault)
        else:
            await sqlite_open.create(place, vault)

    @classmethod
    async def open(
        cls,
        place: Place,
        vault: Vault,
        *,
        checkpoints: bool = True,
        sign: SignAgain = no_signer,
        before: BeforeUpgrade | None = None,
    ) -> Store:
        """Open the database at ``place``, a file or the URL of a PostgreSQL database, and apply migrations.

        ``checkpoints`` is False in a command that runs beside the server: only one process moves SQLite's log into the
        file. ``sign`` signs held letters again when they are released; without it none can be.
        ``before`` is called before a file of an earlier version is migrated; PostgreSQL is an operator's to back up.
        Raises StoreMissing, StoreNewer, StoreDamaged (also for a wrong vault key), StoreBusyOrFull.
        """
        vault = vault.own()
        after = {
            "events.sql": lambda db: move_access_entries(db, vault),
            "mailbox.sql": lambda db: note_mailboxes(db, vault),
        }
        try:
            if isinstance(place, str):
                reading, writing = await postgres_open.opened(place, vault, after)
            else:
                reading, writing = await sqlite_open.opened(place, vault, after, before, checkpoints=checkpoints)
        except sqlite3.Error as error:
            raise store_wide(error) or damaged() from error
        ask_key = partial(refresh, vault=vault)
        files = letter_files(writing.connection_if_idle())
        writer = Writer(writing, ask_key, lambda db: chain(db, vault), files)
        return cls(Reader(reading, ask_key), writer, vault, place, files=files, sign=sign)

    @staticmethod
    async def check_unlocked(place: Place, seconds: float) -> None:
        """Raise StoreLocked, with the programs that lock it, when SQLite's file cannot be written for ``seconds``."""
        if isinstance(place, Path):
            await asyncio.to_thread(check_unlocked, place, seconds)

    async def close(self) -> None:
        """Run all pending writes, then close the database."""
        if self._listening is not None:
            await self._listening.close()
        await self._reader.close()
        await self._writer.close()

    async def accept(self, acceptances: Sequence[Acceptance], leases: Leases = NO_LEASES) -> Accepted:
        """Accept letters, those with ``leases`` as being tried. When this returns, all of them are on the disk (RFC
        5321 6.1).

        A duplicate of a letter accepted before (see ``RouteLookup``) is not accepted again. Raises StoreBusyOrFull, and
        StoreError for a duplicate id or an unknown pair; then none is accepted.
        """
        async with self.large_letters.put(acceptances) as in_files:
            brief = octets_in_table(acceptances, in_files) <= _BRIEF
            job = partial(accept, vault=self._vault, acceptances=acceptances, in_files=in_files, leases=leases)
            accepted = await self._writer.run(job, brief=brief)
            self.large_letters.unused(accepted, in_files)
        return accepted

    async def commit(self, effects: Effects, leases: Leases = NO_LEASES) -> Committed:
        """Write all effects of one envelope in one transaction, deliveries with ``leases`` as being tried. When this
        returns, they are on the disk (RFC 5321 6.1).

        Raises StoreBusyOrFull, and StoreError for a duplicate id, an unknown pair, or a confirmation request that has
        changed; then nothing is written.
        """
        async with self.large_letters.put(effects.letters) as in_files:
            small = octets_in_table(effects.letters, in_files) <= _BRIEF
            brief = small and not (effects.answers or effects.consents or effects.changes)
            job = partial(
                _commit, vault=self._vault, effects=effects, sign=self._sign, in_files=in_files, leases=leases
            )
            committed = await self._writer.run(job, brief=brief)
            self.large_letters.unused(committed.letters, in_files)
        return committed

    async def look_up(
        self, author: str, aliases: Sequence[str], letter: LetterKey
    ) -> dict[str, RouteLookup | NoSuchAlias | Foreign]:
        """Look up the route from ``author`` to each of ``aliases``, for this letter. The work is the same whether or
        not alias and author exist, so that timing does not show it."""
        return await self._reader.run(
            lambda db: look_up(db, self._vault, author, aliases, letter), brief=len(aliases) <= _FEW
        )

    async def check(self) -> None:
        """Read every page of SQLite's file, which takes time for a large one. Raises StoreDamaged when one is
        damaged."""

        def job(db: Any) -> None:
            if not isinstance(db, SharedDatabase):
                check(db)

        await self._reader.run(job)

    async def copy_to(self, path: Path) -> None:
        """Copy the database to a new file while it is in use (SQLite's backup API). Raises StoreError on PostgreSQL."""

        def job(db: Any) -> None:
            if isinstance(db, SharedDatabase):
                raise StoreError("back up PostgreSQL with pg_dump, and copy relay.toml and the keys")
            copy(db, self._vault, path)

        await self._reader.run(job)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call ``heard``, until the store is closed, when another node on the same database has queued a delivery. Only
        a hint, which may be lost: poll the queue as well."""
        if self._url is not None and self._listening is None:
            self._listening = await postgres_open.listen(self._url, heard)

    async def copy_into(self, place: Place) -> dict[str, int]:
        """Copy every row into the new database at ``place``. Returns the number of rows by table. Raises StoreError."""

        def job(db: Any) -> dict[str, int]:
            connected = postgres_open.connected(place) if isinstance(place, str) else sqlite_open.connected(place)
            with closing(connected) as target, files_staying(db):
                return copy_rows(db, target, self._vault)

        return await self._reader.run(job)


def _commit(
    db: Any, *, vault: Vault, effects: Effects, sign: SignAgain, in_files: InFiles, leases: Leases
) -> Committed:
    for entry in effects.entries:
        note(db, vault, entry)
    accepted = accept(db, vault, effects.letters, in_files, leases)
    changed = tuple([came_back(db, vault, report) for report in effects.reports])
    for given in effects.answers:
        answer(db, vault, given, sign)
    for counts in effects.dmarc:
        note_report(db, counts)
    for agreed in effects.consents:
        answer_invitation(db, vault, agreed)
    for change in effects.changes:
        change.apply(db, vault, sign)
    return Committed(accepted, changed)
