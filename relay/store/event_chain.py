"""The hash chain of events: each keyed hash covers its event and the hash before it, so that changes are detected.

A transaction writes its events without hashes, and chains them just before it commits (``chain``). So on a database of
several relay nodes the lock on the chain is taken last and held briefly. The key of the hashes is random and stored
encrypted in the database; a new vault key does not change the chain. The chain covers a salted digest of an operator's
words instead of the words: they can be erased, and the rest can still be verified.

Retention deletes the oldest events (``forget``). The number and hash of the last deleted event are kept as the start of
the remaining chain, under a keyed hash, so that they cannot be changed without the key. Events of a pair on legal hold
stay; of the old events after them only place and hash stay, with a keyed hash of both, so that the chain has no gap.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relay.store.engine.database import Cursor, Database, lock_for_nodes
from relay.vault import Vault, VaultError

CHAIN_ROW = "event_chain/1"
"""The row name that the key of the chain is encrypted for."""
CHAIN = 2
"""The lock for adding to the chain (``lock_for_nodes``)."""

DIGEST = 32
_START = bytes(32)
_JSON = json.JSONEncoder(separators=(",", ":"))
_AT_ONCE = 1000
_CHANGED = "in the table event_chain was changed: the keyed hash beside it does not match"

_COLUMNS = "happened_at, kind, pair_id, side, member, journal_id, facts, digest"
_UNCHAINED = f"SELECT number, {_COLUMNS} FROM event WHERE hash IS NULL ORDER BY number"  # noqa: S608
_PLACE = "UPDATE event SET place = ?, hash = ? WHERE number = ?"
_CHAIN = "SELECT sealed, length, head, mac, base, base_hash, base_mac FROM event_chain WHERE number = 1"
_BEGIN = "INSERT INTO event_chain (number, sealed, length, head, mac) VALUES (1, ?, 0, ?, ?)"
_HEAD = "UPDATE event_chain SET length = ?, head = ?, mac = ? WHERE number = 1"
_BASE = "UPDATE event_chain SET base = ?, base_hash = ?, base_mac = ? WHERE number = 1"
EMPTIED = ""
"""The kind of an event of which only place and hash are left."""
DELETABLE = """
kind <> '' AND NOT EXISTS (
    SELECT 1 FROM kept_pair JOIN pair ON pair.id = kept_pair.pair_id
    WHERE pair.id = event.pair_id OR pair.mentor = event.member OR pair.mentee = event.member
)
"""
"""The condition for events with content that no legal hold keeps: not of such a pair, nor of a member of one."""
_OLDEST = f"""
SELECT place, happened_at, hash, kind, CASE WHEN {DELETABLE} THEN 1 ELSE 0 END FROM event
WHERE place > ? ORDER BY place LIMIT ?
"""  # noqa: S608
_OLD_BEHIND = f"""
SELECT number, place, hash FROM event WHERE place > ? AND happened_at < ? AND {DELETABLE} ORDER BY place LIMIT ?
"""  # noqa: S608
_EMPTY = f"""
UPDATE event SET happened_at = 0, kind = '{EMPTIED}', pair_id = NULL, side = NULL, member = NULL, journal_id = NULL,
    facts = '{{}}', digest = ? WHERE number = ?
"""  # noqa: S608
_NO_WORDS = "DELETE FROM event_word WHERE event = ?"
_DELETE = (
    "DELETE FROM event_word WHERE event IN (SELECT number FROM event WHERE place <= ?)",
    "DELETE FROM event WHERE place <= ?",
)
_PAGE = f"""
SELECT number, place, hash, {_COLUMNS} FROM event WHERE place > ? AND place <= ?
ORDER BY place LIMIT {_AT_ONCE}
"""  # noqa: S608
# Other nodes may add events meanwhile. One statement sees one consistent state.
_OUTSIDE_CHAIN = """
SELECT 1 FROM event
WHERE hash IS NULL OR place IS NULL OR place > (SELECT coalesce(max(length), 0) FROM event_chain)
    OR place <= (SELECT coalesce(max(base), 0) FROM event_chain) LIMIT 1
"""
_WORDS = """
SELECT event, part, event_word.sealed FROM event_word JOIN event ON event.number = event_word.event
WHERE place > ? AND place <= ?
"""


@dataclass(frozen=True, slots=True)
class ChainState:
    """The result of verifying the chain. ``length``: the place of the last valid event, counted from the first ever
    written; ``fault``: what is wrong after it, "" when nothing is; ``base``: the place of the last event that retention
    deleted."""

    length: int
    fault: str = ""
    base: int = 0


@dataclass(frozen=True, slots=True)
class _Chain:
    key: bytes
    length: int
    head: bytes
    mac: bytes
    base: int = 0
    base_hash: bytes = _START
    base_mac: bytes = b""

    def begins(self) -> bool:
        """Whether the base has a valid keyed hash."""
        if not self.base:
            return self.base_hash == _START
        return hmac.compare_digest(self.base_mac, _mac(self.key, b"base", self.base, self.base_hash))

    def ends(self, place: int, head: bytes) -> bool:
        """Whether the recorded end of the chain is the event at ``place`` with the hash ``head``."""
        return (self.length, self.head) == (place, head) and hmac.compare_digest(
            self.mac, _mac(self.key, b"head", place, head)
        )


def chain(db: Database, vault: Vault) -> None:
    """Chain the events that this transaction has written. Call it last, just before the commit. Raises VaultError."""
    lock_for_nodes(db, CHAIN, "EXISTS (SELECT 1 FROM event WHERE hash IS NULL)")
    unchained, state = db.execute(_UNCHAINED), db.execute(_CHAIN)
    rows = unchained.fetchall()
    if not rows:
        return
    found = _opened(state, vault) or _begin(db, vault)
    place, head, placed = found.length, found.head, []
    for number, *content in rows:
        place += 1
        head = _hash(found.key, head, place, content)
        placed.append((place, head, number))
    db.executemany(_PLACE, placed)
    db.execute(_HEAD, (place, head, _mac(found.key, b"head", place, head)))


def verify(db: Database, vault: Vault) -> ChainState:
    """Verify the whole chain: finds events that were changed, removed or inserted."""
    try:
        found = _read(db, vault)
    except VaultError:
        return ChainState(0, "its key in the table event_chain cannot be decrypted")
    if found is not None and not found.begins():
        return ChainState(0, f"its recorded beginning {_CHANGED}")
    base = found.base if found is not None else 0
    place, head = base, found.base_hash if found is not None else _START
    while found is not None and (rows := db.execute(_PAGE, (place, found.length)).fetchall()):
        words = _words(db, vault, place, rows[-1][1])
        place, head, fault = _walk(found.key, place, head, rows, words)
        if fault:
            return ChainState(place, fault, base)
    if db.execute(_OUTSIDE_CHAIN).fetchone() is not None:
        return ChainState(place, "an event was inserted outside the chain", base)
    return ChainState(place, "" if found is None else _fault_at_end(found, place, head), base)


def _fault_at_end(found: _Chain, place: int, head: bytes) -> str:
    """What is wrong with the chain when its last event, at ``place``, has the hash ``head``; "" when nothing is."""
    if place < found.length:
        return f"of {found.length} events the last {found.length - place} are missing"
    return "" if found.ends(place, head) else f"its recorded end {_CHANGED}"


def forget(db: Database, vault: Vault, before: int, limit: int) -> int:
    """Delete at most ``limit`` of the oldest events, up to the first that happened at ``before`` (a stored time) or
    later, and move the base of the chain to the last one deleted. When one that a legal hold keeps is in the way, the
    old ones after it are emptied. Returns how many. Raises VaultError."""
    lock_for_nodes(db, CHAIN)
    found = _read(db, vault)
    if found is None:
        return 0
    old: list[tuple[int, bytes]] = []
    for place, happened_at, hash, kind, free in db.execute(_OLDEST, (found.base, limit)).fetchall():
        if kind != EMPTIED and happened_at < before and not free:
            return _empty(db, found, before, limit) if not old else _delete(db, found, old)
        if kind != EMPTIED and happened_at >= before:
            break
        old.append((place, bytes(hash)))
    return _delete(db, found, old) if old else 0


def _delete(db: Database, found: _Chain, old: Sequence[tuple[int, bytes]]) -> int:
    """Delete the first events of the chain, and move its base to the last of them."""
    base, base_hash = old[-1]
    for sql in _DELETE:
        db.execute(sql, (base,))
    db.execute(_BASE, (base, base_hash, _mac(found.key, b"base", base, base_hash)))
    return len(old)


def _empty(db: Database, found: _Chain, before: int, limit: int) -> int:
    """Empty old events that stand after one on legal hold. Returns how many."""
    rows = db.execute(_OLD_BEHIND, (found.base, before, limit)).fetchall()
    for number, place, hash in rows:
        db.execute(_NO_WORDS, (number,))
        db.execute(_EMPTY, (_mac(found.key, b"emptied", place, bytes(hash)), number))
    return len(rows)


def _walk(
    key: bytes, place: int, head: bytes, rows: Sequence[Sequence[Any]], words: dict[int, dict[str, bytes]]
) -> tuple[int, bytes, str]:
    """Verify ``rows``, which follow the event at ``place`` with the hash ``head``. Returns place and hash of the last
    valid event, and what is wrong after it, "" when nothing is."""
    for number, said, hash, *content in rows:
        if said != place + 1:
            return place, head, f"event {place + 1} is missing"
        expected = _emptied(key, said, hash, content) or _hash(key, head, said, content)
        if not hmac.compare_digest(expected, bytes(hash or b"")) or not _words_fit(content, words.get(number, {})):
            return place, head, f"event {said} was changed after it was written"
        place, head = said, expected
    return place, head, ""


def _emptied(key: bytes, place: int, hash: bytes | None, content: Sequence[Any]) -> bytes | None:
    """The hash of an event that retention emptied; None for any other."""
    _, kind, *_, mac = content
    if kind != EMPTIED or hash is None:
        return None
    return bytes(hash) if hmac.compare_digest(bytes(mac), _mac(key, b"emptied", place, bytes(hash))) else None


def digest(salted: bytes) -> bytes:
    """The digest of salted words that the chain covers; 32 octets."""
    return hashlib.sha256(salted).digest()


def word_row(number: int, part: str) -> str:
    """The row name that the words of an event are encrypted for."""
    return f"event/{number}/{part}"


def _read(db: Database, vault: Vault) -> _Chain | None:
    return _opened(db.execute(_CHAIN), vault)


def _opened(state: Cursor, vault: Vault) -> _Chain | None:
    row = state.fetchone()
    if row is None:
        return None
    sealed, length, head, mac, base, base_hash, base_mac = row
    based = (base, bytes(base_hash or _START), bytes(base_mac or b""))
    return _Chain(vault.open(sealed, CHAIN_ROW), length, bytes(head), bytes(mac), *based)


def _begin(db: Database, vault: Vault) -> _Chain:
    key = secrets.token_bytes(32)
    begun = _Chain(key, 0, _START, _mac(key, b"head", 0, _START))
    db.execute(_BEGIN, (vault.seal(key, CHAIN_ROW), begun.head, begun.mac))
    return begun


def _hash(key: bytes, before: bytes, place: int, content: Sequence[Any]) -> bytes:
    *plain, words = content
    said = _JSON.encode([place, *plain, bytes(words).hex()])
    return hmac.digest(key, before + said.encode(), hashlib.sha256)


def _mac(key: bytes, end: bytes, place: int, hash: bytes) -> bytes:
    return hmac.digest(key, end + place.to_bytes(8, "big") + hash, hashlib.sha256)


def _words(db: Database, vault: Vault, after: int, until: int) -> dict[int, dict[str, bytes]]:
    """The salted words of the events at places ``after`` < place <= ``until``, by event number and part; b"" for those
    that cannot be decrypted."""
    found: dict[int, dict[str, bytes]] = {}
    for number, part, sealed in db.execute(_WORDS, (after, until)):
        try:
            salted = vault.open(sealed, word_row(number, part))
        except VaultError:
            salted = b""
        found.setdefault(number, {})[part] = salted
    return found


def _words_fit(content: Sequence[Any], words: dict[str, bytes]) -> bool:
    """Whether the words match their digests. "why" may have been erased, "who" may not. An emptied event has none."""
    kind, digests = content[1], content[-1]
    if kind == EMPTIED:
        return not words
    who, why = bytes(digests[:DIGEST]), bytes(digests[DIGEST:])
    if (any(who) or "who" in words) and digest(words.get("who", b"")) != who:
        return False
    return "why" not in words or digest(words["why"]) == why
