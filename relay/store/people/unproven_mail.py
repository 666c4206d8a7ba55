"""Mail to the desk that was refused as not proven, kept until what follows the refusal is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from relay.store.engine.database import Database
from relay.store.engine.reader import Reader
from relay.store.engine.times import from_stored, to_stored
from relay.store.engine.writer import Writer
from relay.store.jobs import UNPROVEN_MAIL, plan
from relay.store.signing_again import SignAgain
from relay.vault import Vault

FINISH_AFTER = timedelta(seconds=10)
"""Whoever refused a mail does what follows within this time. After it, a job does."""

_MOST = 8  # mails of one member
_MOST_OCTETS = 64 * 1024 * 1024  # of all mail
_BEGINNING = 1024 * 1024  # octets of one mail: what was written stands in them, and not all of the files
_OF_STRANGERS = "DELETE FROM unproven_mail WHERE member IS NULL"
_KEPT = "SELECT count(*) FROM unproven_mail WHERE member = ?"
_OCTETS = "SELECT coalesce(sum(length(sealed)), 0) FROM unproven_mail"
_KEEP = "INSERT INTO unproven_mail (id, member, failed, arrived_at, sealed) VALUES (?, ?, ?, ?, ?)"
_DONE = "DELETE FROM unproven_mail WHERE id = ?"
_DROP = "DELETE FROM unproven_mail WHERE id = ? AND arrived_at < ?"
_LEFT = "SELECT id FROM unproven_mail WHERE arrived_at <= ? ORDER BY number"
_ONE = "SELECT member, failed, arrived_at, sealed FROM unproven_mail WHERE id = ?"


@dataclass(frozen=True, slots=True)
class UnprovenMail:
    """A mail to ``recipient``, an address of the desk, from an address of ``member`` (number), None for a stranger's.
    ``id``: its journal id; ``failed``: its checks failed; ``content``: its raw octets, the
    first MiB of them when it was read from the database."""

    id: str
    recipient: str
    member: int | None
    failed: bool
    arrived_at: datetime
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailKept:
    """Keeps a mail. Of a flood only a part is kept: what follows the rest is done by who refused it, or not at all."""

    mail: UnprovenMail

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Write it."""
        mail = self.mail
        db.execute(_OF_STRANGERS)
        many = db.execute(_KEPT, (mail.member,)).fetchone()[0] >= _MOST
        sealed = vault.seal(mail.recipient.encode() + b"\0" + mail.content[:_BEGINNING], unproven_row(mail.id))
        if not many and db.execute(_OCTETS).fetchone()[0] + len(sealed) <= _MOST_OCTETS:
            db.execute(_KEEP, (mail.id, mail.member, int(mail.failed), to_stored(mail.arrived_at), sealed))
        plan(db, UNPROVEN_MAIL, "", mail.arrived_at + FINISH_AFTER)


@dataclass(frozen=True, slots=True)
class MailFinished:
    """Deletes a mail whose consequences are written with this."""

    id: str

    def apply(self, db: Database, _: Vault, __: SignAgain) -> None:
        """Delete it, if it was kept."""
        db.execute(_DONE, (self.id,))


class UnprovenMails:
    """The mails that are kept."""

    def __init__(self, reader: Reader, writer: Writer, vault: Vault) -> None:
        self._reader, self._writer, self._vault = reader, writer, vault

    async def left(self, now: datetime) -> list[str]:
        """The ids of those that nobody has finished in time, the oldest first."""
        until = to_stored(now - FINISH_AFTER)
        return await self._reader.run(lambda db: [str(id) for (id,) in db.execute(_LEFT, (until,)).fetchall()])

    async def kept(self, id: str) -> UnprovenMail | None:
        """The mail with this id; None when it is finished. Raises VaultError when it cannot be read."""
        return await self._reader.run(lambda db: _kept(db, self._vault, id))

    async def drop_old(self, id: str, before: datetime) -> bool:
        """Delete a mail that arrived before this time. False when it is younger."""
        values = (id, to_stored(before))
        return await self._writer.run(lambda db: db.execute(_DROP, values).rowcount == 1)

    async def next_at(self) -> datetime | None:
        """When the next is to be finished by the job; None when none is kept."""
        row = await self._reader.run(lambda db: db.execute("SELECT min(arrived_at) FROM unproven_mail").fetchone())
        return None if row[0] is None else from_stored(row[0]) + FINISH_AFTER


def unproven_row(id: str) -> str:
    """The name that a row is sealed for."""
    return f"unproven/{id}"


def _kept(db: Database, vault: Vault, id: str) -> UnprovenMail | None:
    row = db.execute(_ONE, (id,)).fetchone()
    if row is None:
        return None
    member, failed, arrived_at, sealed = row
    recipient, _, content = vault.open(sealed, unproven_row(id)).partition(b"\0")
    return UnprovenMail(id, recipient.decode(), member, bool(failed), from_stored(arrived_at), content)
