"""What was relayed in each pair, as keyed hashes of its words, so that quotations of it are recognised.

A row is one letter's: the key of the pair, and the hashes made with it, sealed together. The key comes of the vault key
and changes with it; rows keep theirs, and are found by the pair alone.
"""

from __future__ import annotations

from relay.model import History, JournalEntry, Side
from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.store.engine.writer import Writer
from relay.vault import Vault, VaultError

_KEY = 16
_MOST_LETTERS, _MOST_OCTETS = 100, 256 * 1024
"""So much of a pair's newest letters is recognised; older ones count as unknown."""

_INSERT = "INSERT INTO relayed_words (pair_id, journal_id, relayed_at, sealed) VALUES (?, ?, ?, ?)"
# The reader has their own letters, and those of the other one that arrived.
_READ = """
SELECT relayed_words.journal_id, relayed_words.sealed
FROM relayed_words JOIN journal ON journal.id = relayed_words.journal_id
WHERE relayed_words.pair_id = ? AND (journal.side = ? OR journal.outcome = 'delivered')
ORDER BY relayed_words.number DESC LIMIT ?
"""


class RelayedWords:
    """Reads what was relayed."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    def beginning(self, pair_id: str, carried: str) -> History:
        """For a letter that answers nothing: the key of the pair alone."""
        return History(carried, _key(self._vault, pair_id))

    async def of(self, pair_id: str, reader: Side, carried: str) -> History:
        """For an answer to ``reader``: what that member has of the pair's letters. Raises StoreError."""

        def job(db: Database) -> History:
            past, octets = [], 0
            for journal_id, sealed in db.execute(_READ, (pair_id, reader, _MOST_LETTERS)).fetchall():
                octets += len(sealed)
                if octets > _MOST_OCTETS:
                    break
                try:
                    plain = self._vault.open(sealed, words_row(journal_id))
                except VaultError:
                    continue  # what cannot be read counts as unknown
                past.append((plain[:_KEY], plain[_KEY:]))
            return History(carried, _key(self._vault, pair_id), tuple(past))

        return await self._reader.run(job)


def remember_words(db: Database, vault: Vault, entry: JournalEntry, remembered: bytes) -> None:
    """Write down what recognises a letter's words: the key (History.key) and the hashes made with it."""
    if remembered and entry.pair_id is not None:
        sealed = vault.seal(remembered, words_row(entry.id))
        db.execute(_INSERT, (entry.pair_id, entry.id, to_stored(entry.accepted_at), sealed))


def words_row(journal_id: str) -> str:
    """The row name that a letter's hashes are sealed for."""
    return f"relayed_words/{journal_id}"


def _key(vault: Vault, pair_id: str) -> bytes:
    return vault.lookup("relayed words", pair_id)[:_KEY]
