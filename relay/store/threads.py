"""Maps Message-IDs in References: from the id that one member's mail program knows to the one of the other's."""

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
    """Map ``ids``, cited by the member on ``side``, to the Message-IDs of the same letters at the other member.

    A letter that A wrote with Message-ID F, and relay sent to B with Message-ID R, is F for A and R for B. Ids unknown
    in this pair are left out. All are without angle brackets.
    """
    found = {}
    for message_id in dict.fromkeys(ids):
        known = _by_relay_id(db, vault, pair_id, side, message_id) or _by_own_id(db, vault, pair_id, side, message_id)
        if known is not None:
            found[message_id] = known
    return found


def _by_relay_id(db: Database, vault: Vault, pair_id: str, side: Side, message_id: str) -> str | None:
    """For a Message-ID made by relay, of a letter the member received, or of a copy of their own."""
    row = db.execute(_BY_RELAY_ID, (_bindable(message_id), pair_id)).fetchone()
    if row is None:
        return None
    author, sealed = row
    if author == side or sealed is None:
        return message_id
    return vault.open(sealed, f"thread/{message_id}").decode("utf-8", "surrogateescape")


def _by_own_id(db: Database, vault: Vault, pair_id: str, side: Side, message_id: str) -> str | None:
    """For a Message-ID made by the member's own mail program, of an earlier letter of theirs."""
    found = foreign_hashes(vault, pair_id, side, message_id)
    row = db.execute(_BY_FOREIGN_ID.format(places(found)), (*found, pair_id, side)).fetchone()
    return None if row is None else str(row[0])


def _bindable(message_id: str) -> str:
    """``message_id`` without lone surrogates, which SQLite cannot bind. Ids made by relay have none."""
    return message_id.encode("utf-8", "replace").decode()
