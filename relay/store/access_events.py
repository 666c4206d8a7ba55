"""Part of the migration to events: moves entries about operators' access from the journal, where older versions wrote
them as letters of size 0."""

from __future__ import annotations

from dataclasses import replace

from relay.model import Event, EventKind, Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hash
from relay.store.engine.times import from_stored
from relay.store.engine.vault_keys import check_proof
from relay.store.event_chain import chain
from relay.store.events import record
from relay.store.people.identities import identity
from relay.vault import Vault

_KINDS = {"reading": EventKind.READ, "reveal": EventKind.REVEALED, "forgetting": EventKind.FORGOTTEN}
_ENTRIES = """
SELECT kind, accepted_at, pair_id, side, reason FROM journal
WHERE kind IN ('reading', 'reveal', 'forgetting') ORDER BY number
"""
_DELETE = "DELETE FROM journal WHERE kind IN ('reading', 'reveal', 'forgetting')"
_SUSPENDED = """
SELECT DISTINCT member FROM address JOIN suspended ON suspended.hash = address.hash ORDER BY member
"""
_ERASED = "forgotten"


def move_access_entries(db: Database, vault: Vault) -> None:
    """Move the entries, and mark members whose mailbox is gone as suspended. Raises StoreDamaged for a wrong vault
    key."""
    check_proof(db, vault)
    record(db, vault, [_event(*row) for row in db.execute(_ENTRIES).fetchall()])
    db.execute(_DELETE)
    for (number,) in db.execute(_SUSPENDED).fetchall():
        addresses = identity(db, vault, number).addresses
        gone = "SELECT 1 FROM suspended WHERE hash = ?"
        if addresses and db.execute(gone, (address_hash(vault, addresses[0]),)).fetchone() is not None:
            db.execute("UPDATE member SET state = 'suspended' WHERE number = ?", (number,))
    chain(db, vault)


def _event(kind: str, at: int, pair_id: str | None, side: str | None, reason: str) -> Event:
    first, _, words = reason.partition(": ")
    why = "" if words == _ERASED else words
    event = Event(_KINDS[kind], from_stored(at), pair_id, None if side is None else Side(side), why=why)
    if kind == "forgetting":
        return replace(event, who=reason, why="")
    if kind == "reveal":
        return replace(event, who=first)
    if first == "all letters":
        return replace(event, facts={"letters": "all"})
    return replace(event, journal_id=first)
