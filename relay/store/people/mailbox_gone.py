"""Whether a member's mailbox is known to be gone."""

from __future__ import annotations

from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hash
from relay.vault import Vault

SUSPENDED = "suspended"


def is_suspended(db: Database, vault: Vault, address: str) -> bool:
    """Whether ``address`` is not to be written to."""
    sql = "SELECT 1 FROM suspended WHERE hash = ?"
    return db.execute(sql, (address_hash(vault, address),)).fetchone() is not None
