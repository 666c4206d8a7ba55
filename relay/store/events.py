"""Events: what happened to whom, when, by whom and why. Written in the transaction of the change, never changed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from relay.model import Event, EventKind, Side
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import Writer
from relay.store.event_chain import DIGEST, ChainState, digest, verify, word_row
from relay.vault import Vault

_JSON = json.JSONEncoder(sort_keys=True)
_SALT = 16
_INSERT = "INSERT INTO event (happened_at, kind, pair_id, side, member, journal_id, facts, digest) VALUES "
_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?)"
_TOGETHER = 100
"""Events in one statement, because each statement is a round trip to PostgreSQL."""
_WORD = "INSERT INTO event_word (event, part, sealed) VALUES (?, ?, ?)"
_LETTER = "SELECT pair_id, side FROM journal WHERE id = ?"
_LIST = """
SELECT number, happened_at, kind, pair_id, side, member, journal_id, facts FROM (
    SELECT * FROM event
    WHERE kind <> '' AND happened_at >= :since AND (CAST(:pair_id AS TEXT) IS NULL OR pair_id = :pair_id)
    ORDER BY number DESC LIMIT :limit
) AS newest ORDER BY number
"""
_OF_PAIRS = """
SELECT number, happened_at, kind, pair_id, side, member, journal_id, facts FROM event
WHERE kind <> '' AND (pair_id IN ({}) OR pair_id IS NULL) ORDER BY number
"""
_SENT = """
SELECT number, happened_at, kind, pair_id, side, member, journal_id, facts FROM event
WHERE pair_id = ? AND journal_id = ? AND kind = ? ORDER BY number
"""
_AFTER = """
SELECT number, happened_at, kind, pair_id, side, member, journal_id, facts FROM event WHERE number > ? ORDER BY number
"""
_WORDS = "SELECT part, sealed FROM event_word WHERE event = ?"
_ERASE_REASONS = """
DELETE FROM event_word WHERE part = 'why' AND event IN (SELECT number FROM event WHERE pair_id = ?)
"""
_EVER, _ALL = -(2**63), 2**62

Found = list[Event]  # inside the class, ``list`` is a method


class Events:
    """The table of events."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def record(self, events: Sequence[Event]) -> None:
        """Write events without another change, such as an operator's look at an address. When this returns, they are on
        the disk."""
        await self._writer.run(lambda db: record(db, self._vault, events))

    async def list(
        self, *, pair_id: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> list[Event]:
        """The newest ``limit`` events (of ``pair_id``, at ``since`` or later), oldest first. Raises VaultError."""
        values = {
            "pair_id": pair_id,
            "since": _EVER if since is None else to_stored(since),
            "limit": _ALL if limit is None else limit,
        }
        return await self._reader.run(lambda db: _read(db, self._vault, db.execute(_LIST, values).fetchall()))

    async def after(self, number: int) -> tuple[Sequence[Event], int]:
        """The events written after the one with ``number``, oldest first, and the number of the newest. Raises
        VaultError."""

        def job(db: Database) -> tuple[Sequence[Event], int]:
            rows = db.execute(_AFTER, (number,)).fetchall()
            return _read(db, self._vault, rows), rows[-1][0] if rows else number

        return await self._reader.run(job)

    async def of_pairs(self, pair_ids: Sequence[str]) -> Found:
        """All events of these pairs, and those of no pair in particular, oldest first. Raises VaultError."""
        sql = _OF_PAIRS.format(", ".join("?" * len(pair_ids)))
        return await self._reader.run(lambda db: _read(db, self._vault, db.execute(sql, tuple(pair_ids)).fetchall()))

    async def sent(self, pair_id: str, journal_id: str) -> Event | None:
        """The event that a letter of relay's own about a pair was queued; None when there is none. Raises
        VaultError."""
        values = (pair_id, journal_id, EventKind.SENT.value)
        found = await self._reader.run(lambda db: _read(db, self._vault, db.execute(_SENT, values).fetchall()))
        return found[-1] if found else None

    async def verify(self) -> ChainState:
        """Verify the whole chain of events."""
        return await self._reader.run(lambda db: verify(db, self._vault))


def record(db: Database, vault: Vault, events: Iterable[Event]) -> None:
    """Write ``events`` in the transaction of the change. They are chained at its end (event_chain.chain)."""
    wordless: list[tuple[Any, ...]] = []
    worded: list[tuple[tuple[Any, ...], dict[str, bytes]]] = []
    for event in events:
        salted = {part: _salted(words) for part, words in (("who", event.who), ("why", event.why)) if words}
        if not salted:
            wordless.append(_row(event, b""))
            continue
        digests = b"".join(digest(salted[part]) if part in salted else bytes(DIGEST) for part in ("who", "why"))
        worded.append((_row(event, digests), salted))
    for start in range(0, len(worded), _TOGETHER):
        _record_worded(db, vault, worded[start : start + _TOGETHER])
    db.executemany(_INSERT + _VALUES, wordless)


def _record_worded(db: Database, vault: Vault, rows: Sequence[tuple[tuple[Any, ...], dict[str, bytes]]]) -> None:
    """Write events with their words. The digests, which are salted, say which event got which number."""
    sql = f"{_INSERT}{', '.join([_VALUES] * len(rows))} RETURNING digest, number"
    written = db.execute(sql, tuple(value for row, _ in rows for value in row)).fetchall()
    numbers = {bytes(digests): number for digests, number in written}
    words = [(numbers[row[-1]], part, octets) for row, salted in rows for part, octets in salted.items()]
    db.executemany(
        _WORD, [(number, part, vault.seal(octets, word_row(number, part))) for number, part, octets in words]
    )


def of_letter(
    db: Database, kind: EventKind, journal_id: str, at: datetime, *, who: str = "", why: str = "", **facts: str
) -> list[Event]:
    """The event ``kind`` about the letter ``journal_id``, as a list; [] for a mail that belongs to no pair."""
    row = db.execute(_LETTER, (journal_id,)).fetchone()
    if row is None or row[0] is None:
        return []
    side = None if row[1] is None else Side(row[1])
    return [Event(kind, at, str(row[0]), side, None, journal_id, facts, who, why)]


def erase_reasons(db: Database, pair_id: str) -> None:
    """Erase the reasons that operators gave in events of a pair, because they may name a person. Events and operators'
    names stay."""
    db.execute(_ERASE_REASONS, (pair_id,))


def _salted(words: str) -> bytes:
    return secrets.token_bytes(_SALT) + words.encode("utf-8", "replace")


def _row(event: Event, digests: bytes) -> tuple[Any, ...]:
    return (
        to_stored(event.at),
        event.kind.value,
        event.pair_id,
        None if event.side is None else event.side.value,
        event.member,
        event.journal_id,
        _JSON.encode(dict(event.facts)),
        digests,
    )


def _read(db: Database, vault: Vault, rows: Sequence[Sequence[Any]]) -> list[Event]:
    found = []
    for number, at, kind, pair_id, side, member, journal_id, facts in rows:
        words = {
            part: vault.open(sealed, word_row(number, part))[_SALT:].decode()
            for part, sealed in db.execute(_WORDS, (number,)).fetchall()
        }
        event = Event(
            EventKind(kind),
            from_stored(at),
            pair_id,
            None if side is None else Side(side),
            member,
            journal_id,
            json.loads(facts),
            words.get("who", ""),
            words.get("why", ""),
        )
        found.append(event)
    return found
