"""Signs a held letter again when it is released, so that its Date is the time of its release."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from relay.store.engine.database import Database
from relay.store.errors import StoreError
from relay.store.letter_bodies import opened_body
from relay.vault import Vault, VaultError

SignAgain = Callable[[bytes, datetime, bool], bytes]
"""The letter (octets) with this Date (aware UTC), signed anew. Last parameter: whether relay itself wrote it. Raises
ValueError when that is impossible."""

_LETTER = """
SELECT letter.number, letter.journal, part, kept, letter.sealed, file, journal_id, notice FROM delivery
    JOIN letter ON letter.number = delivery.letter WHERE delivery.id = ?
"""
_OTHERS = "SELECT 1 FROM delivery WHERE letter = ? AND id <> ? LIMIT 1"
_REPLACE = "UPDATE letter SET sealed = ?, file = NULL WHERE number = ?"
_NEXT_PART = "SELECT max(part) + 1 FROM letter WHERE journal = ?"
_OWN = "INSERT INTO letter (journal, part, kept, sealed) VALUES (?, ?, ?, ?) RETURNING number"
_POINT_TO = "UPDATE delivery SET letter = ? WHERE id = ?"


def no_signer(content: bytes, at: datetime, own: bool) -> bytes:
    """For a store that is opened without a signer: it can release nothing."""
    raise ValueError("no key to sign with")


def sign_letter_again(db: Database, vault: Vault, delivery_id: str, at: datetime, sign: SignAgain) -> None:
    """Replace the letter of a held delivery by the same with the Date ``at``. Other deliveries of the same octets keep
    theirs. Raises StoreError, so that the caller's transaction is rolled back and the letter stays held."""
    number, journal, part, kept, sealed, file, journal_id, notice = db.execute(_LETTER, (delivery_id,)).fetchone()
    try:
        content = sign(opened_body(db, vault, f"letter/{journal}/{part}", sealed, file), at, bool(notice))
    except VaultError as error:
        raise _stays_held(journal_id, "it cannot be decrypted with this vault key") from error
    except ValueError as error:
        raise _stays_held(journal_id, "it cannot be signed with its new date") from error
    if db.execute(_OTHERS, (number, delivery_id)).fetchone() is None:
        db.execute(_REPLACE, (vault.seal(content, f"letter/{journal}/{part}"), number))
        return
    (own,) = db.execute(_NEXT_PART, (journal,)).fetchone()
    (letter,) = db.execute(_OWN, (journal, own, kept, vault.seal(content, f"letter/{journal}/{own}"))).fetchone()
    db.execute(_POINT_TO, (letter, delivery_id))


def _stays_held(journal_id: str, why: str) -> StoreError:
    return StoreError(f"{journal_id} stays held: {why}; see relay check, then release it again")
