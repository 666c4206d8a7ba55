"""Putting the database under another vault key, while it is in use."""

from __future__ import annotations

from datetime import datetime

from relay.store import rekeying
from relay.store.engine.reader import Reader
from relay.store.engine.writer import Writer
from relay.store.people.forgetting import checkpoint
from relay.store.rekeying import Rotation
from relay.vault import Vault


class KeyChange:
    """A change of the vault key: ``begin``, ``step`` until it says False, ``end``. Stopped anywhere, it goes on where
    it was. Each raises StoreBusyOrFull, and then is to be tried again."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def secrets(self) -> tuple[bytes, ...]:
        """The secrets that open the database, the one it is sealed with first."""
        await self._reader.run(rekeying.rotation)
        return self._vault.secrets

    async def under_way(self) -> Rotation | None:
        """The change that was begun and has not ended; None when there is none."""
        return await self._reader.run(rekeying.rotation)

    async def rows(self) -> int:
        """How many rows a change seals anew."""
        return await self._reader.run(rekeying.rows)

    async def retired_at(self) -> list[datetime]:
        """When the keys were replaced whose look-up keys still find rows, the oldest first."""
        return await self._reader.run(rekeying.retired_at)

    async def begin(self, secret: bytes, now: datetime) -> None:
        """Seal with ``secret`` from now on, here and wherever the database is open. Raises StoreError when a change is
        under way."""
        await self._writer.run(lambda db: rekeying.begin(db, self._vault, secret, now))

    async def step(self) -> bool:
        """Seal some more rows anew; whether there may be more. A few megabytes, some hundredths of a second."""
        return await self._writer.run(lambda db: rekeying.step(db, self._vault))

    async def end(self) -> None:
        """Let the old secret open nothing any more. Raises StoreError while rows are under it."""
        await self._writer.run(rekeying.end)

    async def clear_log(self) -> bool:
        """Empty SQLite's log of what was written over. False when somebody was reading in it."""
        return await self._writer.outside(checkpoint)
