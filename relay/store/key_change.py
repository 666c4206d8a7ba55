"""Rotates the vault key of the database while it is in use."""

from __future__ import annotations

from datetime import datetime

from relay.store import rekeying
from relay.store.engine.reader import Reader
from relay.store.engine.writer import Writer
from relay.store.people.forgetting import checkpoint
from relay.store.rekeying import Rotation
from relay.vault import Vault


class KeyChange:
    """A rotation of the vault key: call ``begin``, then ``step`` until it returns False, then ``end``. It can be
    interrupted anywhere and continued. Each raises StoreBusyOrFull; call it again then."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def secrets(self) -> tuple[bytes, ...]:
        """The secrets that decrypt the database, the current one first."""
        await self._reader.run(rekeying.rotation)
        return self._vault.secrets

    async def under_way(self) -> Rotation | None:
        """The rotation in progress; None when there is none."""
        return await self._reader.run(rekeying.rotation)

    async def rows(self) -> int:
        """How many rows a rotation re-encrypts."""
        return await self._reader.run(rekeying.rows)

    async def retired_at(self) -> list[datetime]:
        """When the old keys were replaced whose lookup keys are still needed, oldest first."""
        return await self._reader.run(rekeying.retired_at)

    async def begin(self, secret: bytes, now: datetime) -> None:
        """Switch to the new key ``secret``, in every process that has the database open. Raises StoreError when a
        rotation is in progress."""
        await self._writer.run(lambda db: rekeying.begin(db, self._vault, secret, now))

    async def step(self) -> bool:
        """Re-encrypt the next rows: a few megabytes, some hundredths of a second. Returns whether there may be more."""
        return await self._writer.run(lambda db: rekeying.step(db, self._vault))

    async def end(self) -> None:
        """Drop the old secret. Raises StoreError while rows are encrypted with it."""
        await self._writer.run(rekeying.end)

    async def clear_log(self) -> bool:
        """Truncate SQLite's log, which holds old versions of rows. False when a reader prevents it."""
        return await self._writer.outside(checkpoint)
