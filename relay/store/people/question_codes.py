"""Remembers the codes of relay's questions, so that an answer is found that came to another address than theirs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime

from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import code_hash, code_hashes, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.vault import Vault

_INSERT = "INSERT INTO question_code (id, code, asked_at, sealed) VALUES (?, ?, ?, ?)"
_FIND = "SELECT id, sealed FROM question_code WHERE code IN {} ORDER BY number DESC LIMIT ?"
_MOST = 8


class QuestionCodes:
    """The codes of questions, whether or not they are answered."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def answered_at(self, codes: Sequence[str]) -> tuple[str, ...]:
        """The local parts of the addresses for the answers to the questions with these codes, the newest first."""
        hashes = [hash for code in codes[:_MOST] for hash in code_hashes(self._vault, code)]
        if not hashes:
            return ()
        sql, values = _FIND.format(places(hashes)), (*hashes, _MOST)
        rows = await self._reader.run(lambda db: db.execute(sql, values).fetchall())
        found = [json.loads(self._vault.open(sealed, code_row(id))) for id, sealed in rows]
        return tuple(dict.fromkeys(str(local) for code, local in found if code in codes))


def note_code(db: Database, vault: Vault, code: str, answer_to: str, now: datetime) -> None:
    """Remember a question with this code, whose answers go to ``answer_to``."""
    id = secrets.token_hex(8)
    plain = json.dumps([code, answer_to.partition("@")[0]]).encode()
    db.execute(_INSERT, (id, code_hash(vault, code), to_stored(now), vault.seal(plain, code_row(id))))


def code_row(id: str) -> str:
    """The name that a row is sealed for."""
    return f"code/{id}"


def rehash_code(db: Database, vault: Vault, number: int, plain: bytes, _: Sequence[object]) -> None:
    """Write the hash of a row's code with the current key."""
    db.execute("UPDATE question_code SET code = ? WHERE number = ?", (code_hash(vault, json.loads(plain)[0]), number))
