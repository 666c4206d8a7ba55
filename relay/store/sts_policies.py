"""MTA-STS policies of the domains that letters go to (RFC 8461 5.1). They survive restarts and are shared by all
nodes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from relay.model import KeptPolicy
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import places, sts_hashes
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import Writer
from relay.vault import Vault, VaultError

_FIND = "SELECT hash, sealed, expires_at, renew_at, used_at FROM sts_policy WHERE hash IN {}"
_DUE = """
SELECT hash, sealed, expires_at, renew_at, used_at FROM sts_policy
WHERE renew_at <= ? AND expires_at > ? AND used_at > ? ORDER BY renew_at LIMIT ?
"""
# Another relay on this database may fetch it at the same moment.
_KEEP = """
INSERT INTO sts_policy (hash, sealed, expires_at, renew_at, used_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (hash) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at,
    renew_at = excluded.renew_at, used_at = excluded.used_at
"""


class StsPolicies:
    """The table of MTA-STS policies."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def find(self, domain: str) -> KeptPolicy | None:
        """The stored policy of ``domain``, which may have expired; None when there is none."""

        def job(db: Database) -> Any:
            hashes = sts_hashes(self._vault, domain)
            return db.execute(_FIND.format(places(hashes)), hashes).fetchone()

        row = await self._reader.run(job, brief=True)
        return None if row is None else self._opened(row)

    async def keep(self, policy: KeptPolicy) -> None:
        """Store a policy, in place of an earlier one of its domain."""

        def job(db: Database) -> None:
            hash, *older = sts_hashes(self._vault, policy.domain)
            for one in older:  # it was kept under an earlier vault key
                db.execute("DELETE FROM sts_policy WHERE hash = ?", (one,))
            plain = json.dumps([policy.domain, policy.id, policy.text]).encode()
            times = (to_stored(policy.expires_at), to_stored(policy.renew_at), to_stored(policy.used_at))
            db.execute(_KEEP, (hash, self._vault.seal(plain, policy_row(hash)), *times))

        await self._writer.run(job)

    async def used(self, domain: str, at: datetime) -> None:
        """Record that a letter was sent to ``domain``."""
        await self._set("used_at", domain, at)

    async def put_off(self, domain: str, until: datetime) -> None:
        """Record that renewal failed, and that it is to be tried again at ``until``."""
        await self._set("renew_at", domain, until)

    async def due(self, now: datetime, used_after: datetime, limit: int) -> list[KeptPolicy]:
        """At most ``limit`` valid policies that are due for renewal, of domains used after ``used_after``."""
        values = (to_stored(now), to_stored(now), to_stored(used_after), limit)
        rows = await self._reader.run(lambda db: db.execute(_DUE, values).fetchall())
        return [found for row in rows if (found := self._opened(row)) is not None]

    async def delete_expired(self, now: datetime) -> int:
        """Delete expired policies. Returns how many."""
        sql = "DELETE FROM sts_policy WHERE expires_at <= ?"
        return await self._writer.run(lambda db: db.execute(sql, (to_stored(now),)).rowcount)

    async def _set(self, column: str, domain: str, at: datetime) -> None:
        def job(db: Database) -> None:
            hashes = sts_hashes(self._vault, domain)
            sql = f"UPDATE sts_policy SET {column} = ? WHERE hash IN {places(hashes)}"  # noqa: S608 -- ours
            db.execute(sql, (to_stored(at), *hashes))

        await self._writer.run(job, brief=True)

    def _opened(self, row: Sequence[Any]) -> KeptPolicy | None:
        """Decrypt a policy; None when it is damaged, so that it is fetched again."""
        hash, sealed, expires_at, renew_at, used_at = row
        try:
            domain, id, text = json.loads(self._vault.open(sealed, policy_row(hash)))
        except VaultError:
            return None
        return KeptPolicy(domain, id, text, from_stored(expires_at), from_stored(renew_at), from_stored(used_at))


def forget_policy(db: Database, vault: Vault, domain: str) -> None:
    """Delete the policy of a domain. The next letter there fetches it again."""
    hashes = sts_hashes(vault, domain)
    db.execute(f"DELETE FROM sts_policy WHERE hash IN {places(hashes)}", hashes)  # noqa: S608 -- question marks


def policy_row(hash: bytes) -> str:
    """The row name that a policy is encrypted for."""
    return f"sts_policy/{bytes(hash).hex()}"
