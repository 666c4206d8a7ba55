"""Deletes rows older than ``[retention]`` allows, in batches of one transaction each, and counts overdue rows.

Nothing is deleted of a pair on legal hold (people/legal_holds.py), or reported and not decided (people/reports.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relay.states import OVER
from relay.store.confirmations import ANSWER_WITHIN
from relay.store.engine.database import Database, text_list
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.store.engine.writer import Writer
from relay.store.event_chain import DELETABLE, forget
from relay.store.queue.acceptance import NEVER
from relay.store.rekeying import drop_lookups
from relay.vault import Vault

_ROWS = 200
"""Rows per transaction. SQLite overwrites deleted letters (secure_delete), so a batch takes a fraction of a second."""

# What belongs to a kept pair stays, however old it is. The column with the pair is filled in.
_FREE = "NOT EXISTS (SELECT 1 FROM kept_pair WHERE kept_pair.pair_id = {})"
_FREE_LETTER = """
NOT EXISTS (SELECT 1 FROM kept_pair JOIN journal ON journal.pair_id = kept_pair.pair_id WHERE journal.id = {})
"""

# Numbers follow the order of acceptance, so the scan ends at the first row that is young enough. Letters that are still
# owed stay, and so do the journal entries of letters that stay.
_LETTERS = """
SELECT letter.number, journal.accepted_at,
    letter.kept = 0 OR EXISTS (SELECT 1 FROM delivery WHERE delivery.letter = letter.number)
    OR EXISTS (SELECT 1 FROM kept_pair WHERE kept_pair.pair_id = journal.pair_id)
FROM letter JOIN journal ON journal.number = letter.journal WHERE letter.number > ? ORDER BY letter.number LIMIT ?
"""
_JOURNAL = """
SELECT number, accepted_at, EXISTS (SELECT 1 FROM letter WHERE letter.journal = journal.number)
    OR EXISTS (SELECT 1 FROM delivery WHERE delivery.journal_id = journal.id)
    OR EXISTS (SELECT 1 FROM kept_pair WHERE kept_pair.pair_id = journal.pair_id)
FROM journal WHERE number > ? ORDER BY number LIMIT ?
"""
# Ends old requests: confirmations.py then gives up their unproven letters. Letters that only a person decides about
# stay.
_QUESTIONS_END = """
UPDATE question SET expires_at = 0 WHERE expires_at > 0 AND expires_at < ?
    AND delivery_id IN (SELECT id FROM delivery WHERE created_at < ?)
"""
_ADDRESS_QUESTIONS = "DELETE FROM address_question WHERE expires_at < ?"
_QUESTIONS = """
DELETE FROM question WHERE hash IN (
    SELECT question.hash FROM question JOIN delivery ON delivery.id = question.delivery_id
    WHERE delivery.created_at < ? AND question.expires_at > 0 LIMIT ?
)
"""
# The return path of a letter that is still owed stays, for reports about it.
_RETURN_PATHS = f"""
DELETE FROM return_path WHERE hash IN (
    SELECT hash FROM return_path
    WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.journal_id = return_path.journal_id)
    AND {_FREE_LETTER.format("return_path.journal_id")} ORDER BY created_at LIMIT ?
)
"""  # noqa: S608
# Decided holds are kept as long as events. Open holds stay.
_HOLDS = f"""
DELETE FROM hold WHERE number IN (
    SELECT number FROM hold WHERE decision <> '' AND decided_at < ? AND {_FREE_LETTER.format("hold.journal_id")}
    ORDER BY number LIMIT ?
)
"""  # noqa: S608
_ECHOES = f"""
DELETE FROM echo WHERE number IN (
    SELECT number FROM echo WHERE created_at < ? AND {_FREE.format("echo.pair_id")} ORDER BY number LIMIT ?
)
"""  # noqa: S608
_CODES = "DELETE FROM question_code WHERE number IN (SELECT number FROM question_code WHERE asked_at < ? LIMIT ?)"
_FINGERPRINTS = "DELETE FROM seen WHERE hash IN (SELECT hash FROM seen WHERE seen_at < ? ORDER BY seen_at LIMIT ?)"

# What is kept of the consent to a pair stays as long as the pair, and then as long as events.
_INVITATIONS = f"""
DELETE FROM invitation WHERE number IN (
    SELECT invitation.number FROM invitation JOIN pair ON pair.id = invitation.pair_id
    WHERE pair.state IN {text_list(OVER)} AND pair.changed_at < ? AND {_FREE.format("pair.id")}
    ORDER BY invitation.number LIMIT ?
)
"""  # noqa: S608

_WORDS = f"""
DELETE FROM relayed_words WHERE number IN (
    SELECT number FROM relayed_words WHERE relayed_at < ? AND {_FREE.format("relayed_words.pair_id")}
    ORDER BY relayed_at LIMIT ?
)
"""  # noqa: S608
# The oldest conversations with their letters, some at a time.
_CONVERSATIONS = f"""
SELECT number FROM conversation WHERE changed_at < ? AND {_FREE.format("conversation.pair_id")}
ORDER BY changed_at LIMIT ?
"""  # noqa: S608

# What is left of reports that were decided or answered is kept as long as events.
_REPORTS = (
    "DELETE FROM reported_pair WHERE decided_at < ?",
    """
DELETE FROM report WHERE reported_at < ?
    AND NOT EXISTS (SELECT 1 FROM reported_pair WHERE reported_pair.report = report.number)
""",
)

_OVERDUE = {
    "letters": f"""
SELECT count(*) FROM letter JOIN journal ON journal.number = letter.journal
WHERE letter.kept = 1 AND accepted_at < ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.letter = letter.number)
    AND {_FREE.format("journal.pair_id")}
""",  # noqa: S608
    "journal": f"""
SELECT count(*) FROM journal WHERE accepted_at < ?
    AND NOT EXISTS (SELECT 1 FROM letter WHERE letter.journal = journal.number)
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.journal_id = journal.id)
    AND {_FREE.format("journal.pair_id")}
""",  # noqa: S608
    "questions": """
SELECT count(*) FROM question JOIN delivery ON delivery.id = question.delivery_id WHERE delivery.created_at < ?
""",
    "return_paths": f"""
SELECT count(*) FROM return_path
WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.journal_id = return_path.journal_id)
    AND {_FREE_LETTER.format("return_path.journal_id")}
""",  # noqa: S608
    "echoes": f"SELECT count(*) FROM echo WHERE created_at < ? AND {_FREE.format('echo.pair_id')}",  # noqa: S608
    "fingerprints": "SELECT count(*) FROM seen WHERE seen_at < ?",
    "relayed_words": f"""
SELECT count(*) FROM relayed_words WHERE relayed_at < ? AND {_FREE.format("relayed_words.pair_id")}
""",  # noqa: S608
    "conversations": f"""
SELECT count(*) FROM conversation WHERE changed_at < ? AND {_FREE.format("conversation.pair_id")}
""",  # noqa: S608
    "events": f"SELECT count(*) FROM event WHERE happened_at < ? AND {DELETABLE}",  # noqa: S608
    "invitations": f"""
SELECT count(*) FROM invitation JOIN pair ON pair.id = invitation.pair_id
WHERE pair.state IN {text_list(OVER)} AND pair.changed_at < ? AND {_FREE.format("pair.id")}
""",  # noqa: S608
    "holds": f"""
SELECT count(*) FROM hold WHERE decision <> '' AND decided_at < ? AND {_FREE_LETTER.format("hold.journal_id")}
""",  # noqa: S608
}
_LONG_HELD = """
SELECT count(*) FROM delivery JOIN journal ON journal.id = delivery.journal_id
WHERE delivery.state = 'held' AND delivery.notice = 0 AND journal.accepted_at < ?
"""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """For each kind of row the time before which it is too old."""

    letters: datetime
    echoes: datetime
    journal: datetime
    events: datetime
    holds: datetime
    invitations: datetime
    questions: datetime
    conversations: datetime
    return_paths: datetime
    fingerprints: datetime
    relayed_words: datetime


@dataclass(frozen=True, slots=True)
class OldRows:
    """Numbers of rows by kind. ``long_held``: held letters that are older than kept letters may be; they stay."""

    letters: int = 0
    echoes: int = 0
    journal: int = 0
    events: int = 0
    holds: int = 0
    invitations: int = 0
    questions: int = 0
    conversations: int = 0
    return_paths: int = 0
    fingerprints: int = 0
    relayed_words: int = 0
    long_held: int = 0


class Retention:
    """Deletes old rows, and counts those that are overdue."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def delete(self, cutoffs: Cutoffs) -> OldRows:
        """Delete rows that are too old. Returns how many. Other writers run between two batches. Can be interrupted and
        called again. Raises StoreError."""
        rows = OldRows(
            letters=await self._page_by_page(_LETTERS, "letter", cutoffs.letters),
            echoes=await self._until_none(_ECHOES, cutoffs.echoes),
            journal=await self._page_by_page(_JOURNAL, "journal", cutoffs.journal),
            events=await self._events(cutoffs.events),
            holds=await self._until_none(_HOLDS, cutoffs.holds),
            invitations=await self._until_none(_INVITATIONS, cutoffs.invitations),
            questions=await self._questions(cutoffs.questions),
            conversations=await self._conversations(cutoffs.conversations),
            return_paths=await self._until_none(_RETURN_PATHS, cutoffs.return_paths),
            fingerprints=await self._until_none(_FINGERPRINTS, cutoffs.fingerprints),
            relayed_words=await self._until_none(_WORDS, cutoffs.relayed_words),
        )
        await self._writer.run(lambda db: drop_lookups(db, ANSWER_WITHIN))
        for sql in _REPORTS:
            await self._writer.run(lambda db, sql=sql: db.execute(sql, (to_stored(cutoffs.events),)).rowcount)  # type: ignore[misc]
        return rows

    async def overdue(self, cutoffs: Cutoffs) -> OldRows:
        """How many rows are older than they may be."""

        def job(db: Database) -> OldRows:
            old = {name: _count(db, sql, getattr(cutoffs, name)) for name, sql in _OVERDUE.items()}
            return OldRows(**old, long_held=_count(db, _LONG_HELD, cutoffs.letters))

        return await self._reader.run(job)

    async def _questions(self, before: datetime) -> int:
        def job(db: Database) -> int:
            ended = db.execute(_QUESTIONS_END, (NEVER, to_stored(before))).rowcount
            return ended + db.execute(_ADDRESS_QUESTIONS, (to_stored(before + ANSWER_WITHIN),)).rowcount

        await self._until_none(_CODES, before)
        return await self._writer.run(job) + await self._until_none(_QUESTIONS, before)

    async def _conversations(self, before: datetime) -> int:
        def job(db: Database) -> int:
            old = db.execute(_CONVERSATIONS, (to_stored(before), _ROWS)).fetchall()
            db.executemany("DELETE FROM conversation_letter WHERE conversation = ?", old)
            db.executemany("DELETE FROM conversation WHERE number = ?", old)
            return len(old)

        deleted, count = 0, _ROWS
        while count == _ROWS:
            count = await self._writer.run(job)
            deleted += count
        return deleted

    async def _events(self, before: datetime) -> int:
        deleted, count = 0, 1
        while count:  # one that a legal hold keeps ends a batch early
            count = await self._writer.run(lambda db: forget(db, self._vault, to_stored(before), _ROWS))
            deleted += count
        return deleted

    async def _page_by_page(self, sql: str, table: str, before: datetime) -> int:
        last, deleted, page = 0, 0, True
        while page:
            last, count, page = await self._writer.run(_page(sql, table, to_stored(before), last))
            deleted += count
        return deleted

    async def _until_none(self, sql: str, before: datetime) -> int:
        deleted, count = 0, _ROWS
        while count == _ROWS:
            count = await self._writer.run(lambda db: db.execute(sql, (to_stored(before), _ROWS)).rowcount)
            deleted += count
        return deleted


def _page(sql: str, table: str, before: int, last: int) -> Callable[[Database], tuple[int, int, bool]]:
    """A job that scans the rows after number ``last`` and deletes the old ones. Returns the last number scanned, how
    many rows were deleted, and whether there may be more."""

    def job(db: Database) -> tuple[int, int, bool]:
        rows: list[Any] = db.execute(sql, (last, _ROWS)).fetchall()
        gone = [(number,) for number, at, stays in rows if at < before and not stays]
        db.executemany(f"DELETE FROM {table} WHERE number = ?", gone)  # noqa: S608 -- one of two names
        more = len(rows) == _ROWS and any(at < before for _, at, _ in rows)
        return (rows[-1][0] if rows else last), len(gone), more

    return job


def _count(db: Database, sql: str, before: datetime) -> int:
    return int(db.execute(sql, (to_stored(before),)).fetchone()[0])
