"""Suspended addresses of members: their mailbox is gone, and letters to them are held."""

from __future__ import annotations

from datetime import datetime

from relay.model import Side
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hashes, destinations_of, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import Writer
from relay.store.hold_records import Decided, Decider, HoldDecision
from relay.store.holds import decide
from relay.store.people.identities import owner_of, registered_hash
from relay.store.people.mailbox_gone import SUSPENDED, is_suspended
from relay.store.people.moves import follow_mailbox
from relay.store.queue.acceptance import accept
from relay.store.queue.envelopes import opened_envelope
from relay.store.records import Acceptance, SuspendedRow
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_ADD = """
INSERT INTO suspended (hash, pair_id, side, reason, since) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING
"""
_ROWS = """
SELECT suspended.pair_id, side, CASE side WHEN 'mentor' THEN mentor_name ELSE mentee_name END, reason, since
FROM suspended JOIN pair ON pair.id = suspended.pair_id ORDER BY since
"""
_HELD = """
SELECT id, sealed FROM delivery WHERE state = 'held' AND last_status = ? AND destination IN {}
"""


class Suspensions:
    """The table of suspended addresses."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault, sign: SignAgain) -> None:
        self._reader, self._writer, self._vault, self._sign = reader, writer, vault, sign

    async def add(self, address: str, member: SuspendedRow, notice: Acceptance | None) -> bool:
        """Suspend the ``address`` of ``member``, and accept the ``notice`` to a coordinator. False, with nothing
        changed, when it is suspended already."""
        row = (member.pair_id, member.side.value, member.reason, to_stored(member.since))

        def job(db: Database) -> bool:
            if is_suspended(db, self._vault, address):
                return False
            if db.execute(_ADD, (registered_hash(db, self._vault, address), *row)).rowcount != 1:
                return False
            owner = owner_of(db, address_hashes(self._vault, address))
            if owner is not None:
                follow_mailbox(db, self._vault, owner.number, member.since)
            if notice is not None:
                accept(db, self._vault, (notice,))
            return True

        return await self._writer.run(job)

    async def rows(self) -> list[SuspendedRow]:
        """Every suspended member, longest suspended first, without address."""
        found = await self._reader.run(lambda db: db.execute(_ROWS).fetchall())
        return [SuspendedRow(row[0], Side(row[1]), row[2], row[3], from_stored(row[4])) for row in found]

    async def resume(self, address: str, now: datetime, *, who: str = "") -> int | None:
        """End the suspension of ``address``, and release the letters held for it. Returns how many; None when it is not
        suspended."""

        def job(db: Database) -> int | None:
            hashes = address_hashes(self._vault, address)
            if db.execute(f"DELETE FROM suspended WHERE hash IN {places(hashes)}", hashes).rowcount < 1:  # noqa: S608
                return None
            owner = owner_of(db, hashes)
            if owner is not None:
                follow_mailbox(db, self._vault, owner.number, now, who=who)
            destinations = destinations_of(self._vault, address)
            held = db.execute(_HELD.format(places(destinations)), (SUSPENDED, *destinations)).fetchall()
            mine = [id for id, sealed in held if opened_envelope(self._vault, id, sealed)[0].lower() == address.lower()]
            for id in mine:
                decide(db, self._vault, Decided(id, HoldDecision.RELEASED, Decider.PERSON, now, who), self._sign)
            return len(mine)

        return await self._writer.run(job)
