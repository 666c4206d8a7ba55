"""Whether a member's mailbox is gone (suspended)."""

from __future__ import annotations

from relay.store.engine.database import Cursor, Database
from relay.store.engine.keyed_hashes import address_hashes, places
from relay.vault import Vault

SUSPENDED = "suspended"


def is_suspended(db: Database, vault: Vault, address: str) -> bool:
    """Whether letters to ``address`` are held because its mailbox is gone."""
    return ask_suspended(db, vault, address).fetchone() is not None


def ask_suspended(db: Database, vault: Vault, address: str) -> Cursor:
    """The question of ``is_suspended``: there is a row if it is so."""
    hashes = address_hashes(vault, address)
    return db.execute(f"SELECT 1 FROM suspended WHERE hash IN {places(hashes)}", hashes)  # noqa: S608
