"""Whether a member's mailbox is gone (suspended)."""

from __future__ import annotations

from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hashes, places
from relay.vault import Vault

SUSPENDED = "suspended"


def is_suspended(db: Database, vault: Vault, address: str) -> bool:
    """Whether letters to ``address`` are held because its mailbox is gone."""
    hashes = address_hashes(vault, address)
    sql = f"SELECT 1 FROM suspended WHERE hash IN {places(hashes)}"  # noqa: S608 -- question marks
    return db.execute(sql, hashes).fetchone() is not None
