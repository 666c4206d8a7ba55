"""Finds out which vault key a database uses: when it is opened, and again at the start of each transaction.

The table ``proof`` holds one known value, encrypted under the current key, so that a wrong key is detected before
anything else is read or written. After a key rotation, every process that has the database open switches to the new key
in its next transaction. It finds that key in the database itself or in the keys folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from relay.store.engine.database import Database
from relay.store.errors import StoreDamaged
from relay.vault import Vault, VaultError, lookup_key_of

_PROOF, _ROW = b"relay", "proof/1"
_NEWEST = "SELECT number, state FROM vault_key ORDER BY number DESC LIMIT 1"
_ALL = "SELECT number, state, forward, back, lookup FROM vault_key ORDER BY number DESC"
KeyChanged = Callable[[], bool]
"""Called once in a transaction: switches the vault to the current key of the database. Returns whether it had another
one, so that what the transaction has done with it must be done again. Raises StoreDamaged when that key cannot be
found."""
ROTATING, RETIRED, DONE = "rotating", "retired", "done"
_STEPS = (ROTATING, RETIRED, DONE)


def write_proof(db: Database, vault: Vault) -> None:
    """Insert the known value, encrypted. Called once, when the database is created."""
    db.execute("INSERT INTO proof (number, sealed) VALUES (1, ?)", (seal_proof(vault),))


def seal_proof(vault: Vault) -> bytes:
    """The known value, encrypted under the current key."""
    return vault.seal(_PROOF, _ROW)


def check_proof(db: Database, vault: Vault) -> None:
    """Raise StoreDamaged when this is not the key the database was made with. For databases of a version before key
    rotation."""
    row = db.execute("SELECT sealed FROM proof WHERE number = 1").fetchone()
    try:
        fits = row is not None and vault.open(row[0], _ROW) == _PROOF
    except VaultError:
        fits = False
    if not fits:
        raise _another_key()


def refresh(db: Database, vault: Vault) -> KeyChanged:
    """Ask for the current key of the database. The question is part of the first round trip of a transaction."""
    asked = db.execute(_NEWEST)

    def changed() -> bool:
        newest = asked.fetchone()
        if newest is None or _version(newest) <= vault.version:
            return False
        check_key(db, vault)
        return True

    return changed


def check_key(db: Database, vault: Vault) -> None:
    """Like ``refresh``, without comparing versions first. Raises StoreDamaged when the vault has no key of this
    database."""
    changes = db.execute(_ALL).fetchall()
    proof = db.execute("SELECT sealed FROM proof WHERE number = 1").fetchone()
    current, older = _both(changes[0], vault) if changes and changes[0][1] == ROTATING else (None, None)
    found = next((one for one in (current, *vault.all_secrets()) if one and proof and _opens(one, proof[0])), None)
    if found is None:
        raise _another_key()
    others = [older] if older else []
    lookups = [lookup_key_of(one) for one in others]
    lookups += [Vault(found).open(row[4], name(row[0], "lookup")) for row in changes if row[1] == RETIRED]
    vault.switch_to(_version(changes[0]) if changes else (0, 0), found, others, lookups)


def name(number: int, what: str) -> str:
    """The row name that a value of rotation ``number`` is encrypted for."""
    return f"vault/{number}/{what}"


def _another_key() -> StoreDamaged:
    return StoreDamaged(
        "keys/vault.key is not the key this database was made with", "put back the key that belongs to it"
    )


def _version(change: Sequence[Any]) -> tuple[int, int]:
    return int(change[0]), 1 + _STEPS.index(change[1])


def _both(change: Sequence[Any], vault: Vault) -> tuple[bytes | None, bytes | None]:
    """The new and the old secret of a rotation in progress; each can be decrypted with the other. (None, None) when
    neither is known."""
    number, _, forward, back, _ = change
    for secret in vault.all_secrets():
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
