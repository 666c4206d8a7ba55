"""One sealed value in each database, so that a wrong vault key is noticed before anything else happens."""

from __future__ import annotations

from relay.store.engine.database import Database
from relay.store.errors import StoreDamaged
from relay.vault import Vault, VaultError

_PROOF, _ROW = b"relay", "proof/1"


def write_proof(db: Database, vault: Vault) -> None:
    """Seal the value; once, when the database is made."""
    db.execute("INSERT INTO proof (number, sealed) VALUES (1, ?)", (vault.seal(_PROOF, _ROW),))


def check_proof(db: Database, vault: Vault) -> None:
    """Raise StoreDamaged when this is not the key the database was made with."""
    row = db.execute("SELECT sealed FROM proof WHERE number = 1").fetchone()
    try:
        fits = row is not None and vault.open(row[0], _ROW) == _PROOF
    except VaultError:
        fits = False
    if not fits:
        raise StoreDamaged(
            "keys/vault.key is not the key this database was made with; put back the key that belongs to it"
        )
