"""Maps Message-IDs in References: from the id that one member's mail program knows to the one of the other's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from relay.model import Side
from relay.store.engine.database import Cursor, Database
from relay.store.engine.keyed_hashes import foreign_hashes, places
from relay.vault import Vault

T = TypeVar("T")

_BY_RELAY_ID = "SELECT relay_id, side, sealed FROM thread WHERE relay_id IN {} AND pair_id = ?"
_BY_FOREIGN_ID = "SELECT hash, relay_id FROM thread WHERE hash IN {} AND pair_id = ? AND side = ? ORDER BY number"


@dataclass(frozen=True, slots=True)
class AskedIds:
    """A question that was asked of the table: ``hashes`` has each cited id and what it may be found by."""

    side: Side
    hashes: dict[str, tuple[bytes, ...]]
    by_relay_id: Cursor | None = None
    by_foreign_id: Cursor | None = None


def known_ids(db: Database, vault: Vault, pair_id: str, side: Side, ids: Sequence[str]) -> dict[str, str]:
    """Map ``ids``, cited by the member on ``side``, to the Message-IDs of the same letters at the other member.

    A letter that A wrote with Message-ID F, and relay sent to B with Message-ID R, is F for A and R for B. Ids unknown
    in this pair are left out. All are without angle brackets.
    """
    return ids_of(ask_ids(db, vault, pair_id, side, ids), vault)


def ask_ids(db: Database, vault: Vault, pair_id: str, side: Side, ids: Sequence[str]) -> AskedIds:
    """The question of ``known_ids``, whose answer ``ids_of`` reads. The work is the same whatever is found."""
    hashes = {id: foreign_hashes(vault, pair_id, side, id) for id in dict.fromkeys(ids)}
    if not hashes:
        return AskedIds(side, hashes)
    ours = _filled([_bindable(id) for id in hashes])
    theirs = _filled([hash for each in hashes.values() for hash in each])
    return AskedIds(
        side,
        hashes,
        db.execute(_BY_RELAY_ID.format(places(ours)), (*ours, pair_id)),
        db.execute(_BY_FOREIGN_ID.format(places(theirs)), (*theirs, pair_id, side)),
    )


def ids_of(asked: AskedIds, vault: Vault) -> dict[str, str]:
    """The answer to ``ask_ids``."""
    if asked.by_relay_id is None or asked.by_foreign_id is None:
        return {}
    made_here = {relay_id: (author, sealed) for relay_id, author, sealed in asked.by_relay_id}
    # Of several letters with one Message-ID the newest.
    their_own = {bytes(hash): str(relay_id) for hash, relay_id in asked.by_foreign_id}
    found = {}
    for id, hashes in asked.hashes.items():
        if id in made_here:
            found[id] = _at_other(vault, asked.side, id, *made_here[id])
        elif newest := next((their_own[hash] for hash in hashes if hash in their_own), None):
            found[id] = newest
    return found


def _at_other(vault: Vault, side: Side, relay_id: str, author: str, sealed: bytes | None) -> str:
    """For a Message-ID made by relay, of a letter the member received, or of a copy of their own."""
    if author == side or sealed is None:
        return relay_id
    return vault.open(sealed, f"thread/{relay_id}").decode("utf-8", "surrogateescape")


def _filled(values: list[T]) -> list[T]:
    """``values`` with the last one repeated up to a power of two, so that few different statements are prepared."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _bindable(message_id: str) -> str:
    """``message_id`` without lone surrogates, which SQLite cannot bind. Ids made by relay have none."""
    return message_id.encode("utf-8", "replace").decode()
