"""Which vault key a database is under: checked when it is opened, and looked at again in each transaction.

One value (proof) is sealed under the key that seals now, so that a wrong key is noticed before anything else happens.
Whoever has the database open sees in the next transaction that another key seals from now on, and finds that key in the
database itself, or in the folder of keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relay.store.engine.database import Database
from relay.store.errors import StoreDamaged
from relay.vault import Vault, VaultError, lookup_key_of

_PROOF, _ROW = b"relay", "proof/1"
_NEWEST = "SELECT number, state FROM vault_key ORDER BY number DESC LIMIT 1"
_ALL = "SELECT number, state, forward, back, lookup FROM vault_key ORDER BY number DESC"
ROTATING, RETIRED, DONE = "rotating", "retired", "done"
_STEPS = (ROTATING, RETIRED, DONE)


def write_proof(db: Database, vault: Vault) -> None:
    """Seal the value; once, when the database is made."""
    db.execute("INSERT INTO proof (number, sealed) VALUES (1, ?)", (seal_proof(vault),))


def seal_proof(vault: Vault) -> bytes:
    """The value, sealed under the key that seals now."""
    return vault.seal(_PROOF, _ROW)


def check_proof(db: Database, vault: Vault) -> None:
    """Raise StoreDamaged when this is not the key the database was made with. For a database that is older than changes
    of its key."""
    row = db.execute("SELECT sealed FROM proof WHERE number = 1").fetchone()
    try:
        fits = row is not None and vault.open(row[0], _ROW) == _PROOF
    except VaultError:
        fits = False
    if not fits:
        raise _another_key()


def refresh(db: Database, vault: Vault) -> None:
    """Let ``vault`` seal with the key that this transaction is to seal with. Raises StoreDamaged when that key is
    neither known nor found."""
    newest = db.execute(_NEWEST).fetchone()
    if newest is not None and _version(newest) > vault.version:
        check_key(db, vault)


def check_key(db: Database, vault: Vault) -> None:
    """The same, whatever has been seen before. Raises StoreDamaged when these are not keys of this database."""
    changes = db.execute(_ALL).fetchall()
    proof = db.execute("SELECT sealed FROM proof WHERE number = 1").fetchone()
    current, older = _both(changes[0], vault) if changes and changes[0][1] == ROTATING else (None, None)
    found = next((one for one in (current, *vault.further()) if one and proof and _opens(one, proof[0])), None)
    if found is None:
        raise _another_key()
    others = [older] if older else []
    lookups = [lookup_key_of(one) for one in others]
    lookups += [Vault(found).open(row[4], name(row[0], "lookup")) for row in changes if row[1] == RETIRED]
    vault.turn(_version(changes[0]) if changes else (0, 0), found, others, lookups)


def name(number: int, what: str) -> str:
    """The row that a sealed value of change ``number`` belongs to."""
    return f"vault/{number}/{what}"


def _another_key() -> StoreDamaged:
    return StoreDamaged(
        "keys/vault.key is not the key this database was made with; put back the key that belongs to it"
    )


def _version(change: Sequence[Any]) -> tuple[int, int]:
    return int(change[0]), 1 + _STEPS.index(change[1])


def _both(change: Sequence[Any], vault: Vault) -> tuple[bytes | None, bytes | None]:
    """The new and the old secret of a change under way, as any of the two that is known tells them."""
    number, _, forward, back, _ = change
    for secret in vault.further():
        key = Vault(secret)
        try:
            return key.open(forward, name(number, "forward")), secret
        except VaultError:
            pass
        try:
            return secret, key.open(back, name(number, "back"))
        except VaultError:
            pass
    return None, None


def _opens(secret: bytes, proof: bytes) -> bool:
    try:
        return Vault(secret).open(proof, _ROW) == _PROOF
    except VaultError:
        return False
