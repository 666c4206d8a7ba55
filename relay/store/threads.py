"""Which letter is meant: the Message-ID one member cites, as the other member knows it."""

from __future__ import annotations

from collections.abc import Sequence

from relay.model import Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import foreign_hashes, places
from relay.vault import Vault

_BY_RELAY_ID = "SELECT side, sealed FROM thread WHERE relay_id = ? AND pair_id = ?"
_BY_FOREIGN_ID = (
    "SELECT relay_id FROM thread WHERE hash IN {} AND pair_id = ? AND side = ? ORDER BY number DESC LIMIT 1"
)


def known_ids(db: Database, vault: Vault, pair_id: str, side: Side, ids: Sequence[str]) -> dict[str, str]:
    """Each letter has two names: one that A wrote as F and that went out as R is F to A, and R to B.

    For each of ``ids`` that the member on ``side`` may cite, the Message-ID the other member knows it by.
    What is not known within this pair is left out. No angle brackets on either side.
    """
    found = {}
    for message_id in dict.fromkeys(ids):
        name = _ours(db, vault, pair_id, side, message_id) or _theirs(db, vault, pair_id, side, message_id)
        if name is not None:
            found[message_id] = name
    return found


def _ours(db: Database, vault: Vault, pair_id: str, side: Side, message_id: str) -> str | None:
    """``message_id`` is one of ours: seen in a letter received, or in a copy of one's own."""
    row = db.execute(_BY_RELAY_ID, (_bindable(message_id), pair_id)).fetchone()
    if row is None:
        return None
    author, sealed = row
    if author == side or sealed is None:
        return message_id
    return vault.open(sealed, f"thread/{message_id}").decode("utf-8", "surrogateescape")


def _theirs(db: Database, vault: Vault, pair_id: str, side: Side, message_id: str) -> str | None:
    """``message_id`` is the citing member's own: an earlier letter of theirs."""
    found = foreign_hashes(vault, pair_id, side, message_id)
    row = db.execute(_BY_FOREIGN_ID.format(places(found)), (*found, pair_id, side)).fetchone()
    return None if row is None else str(row[0])


def _bindable(message_id: str) -> str:
    """Hostile octets that are no text cannot be one of ours; SQLite takes text only."""
    return message_id.encode("utf-8", "replace").decode()
