"""Members who asked by mail that their letters go to another address: both mailboxes must agree.

Until both have, the new address proves nothing, so who holds the old mailbox for a minute can neither move the letters
nor write from elsewhere. The address of another member is taken like any other; only nobody is asked there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from relay.policy.mailboxes import mailbox_of
from relay.store.engine.database import Database, lock_for_nodes
from relay.store.engine.keyed_hashes import address_hashes, places
from relay.store.engine.reader import Reader
from relay.store.engine.times import to_stored
from relay.store.errors import StoreChanged
from relay.store.jobs import EXPIRE_QUESTIONS, plan
from relay.store.people.addresses import ask, prove_address, set_primary, withdraw_hash
from relay.store.people.identities import PEOPLE, identity, owner_of, owner_of_mailbox
from relay.store.people.records import AddressConfirmation, Asked
from relay.store.records import Acceptance
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_OF = "SELECT address, added, old_agreed, new_agreed FROM address_move WHERE member = ?"
_ABOUT = "SELECT member, old_agreed FROM address_move WHERE address = ?"
_ADD = """
INSERT INTO address_move (member, address, added, new_agreed, expires_at) VALUES (?, ?, ?, ?, ?)
"""
_DROP = "DELETE FROM address_move WHERE member = ? RETURNING address, added"
_LATE = "SELECT member FROM address_move WHERE expires_at <= ? ORDER BY member"


@dataclass(frozen=True, slots=True)
class AddressMove:
    """A move that waits. ``old_agreed``, ``new_agreed``: which mailbox has said yes."""

    old_agreed: bool
    new_agreed: bool


class AddressMoves:
    """The moves that wait for an answer."""

    def __init__(self, reader: Reader, vault: Vault) -> None:
        self._reader, self._vault = reader, vault

    async def of(self, member: int) -> AddressMove | None:
        """The move of a member; None when there is none, or it was answered with no or has expired."""
        row = await self._reader.run(lambda db: db.execute(_OF, (member,)).fetchone())
        return None if row is None else AddressMove(bool(row[2]), bool(row[3]))


@dataclass(frozen=True, slots=True)
class AddressAsked:
    """The member with this number wants their letters at another address, which ``letter`` asks. Their earlier wish is
    dropped."""

    member: int
    asked: AddressConfirmation
    letter: Acceptance
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Register the address as unproven, and accept the letter; for another member's, do neither."""
        lock_for_nodes(db, PEOPLE)
        drop_move(db, vault, self.member, self.now)
        done = Asked.OTHERS
        if not _is_others(db, vault, self.member, self.asked.address):
            done = ask(db, vault, self.member, self.asked, [self.letter], now=self.now)
        hash = None if done is Asked.OTHERS else _registered(db, vault, self.asked.address)
        agreed, added = done is Asked.PROVEN, done is Asked.ASKED
        db.execute(_ADD, (self.member, hash, int(added), int(agreed), to_stored(self.asked.expires_at)))
        plan(db, EXPIRE_QUESTIONS, "", self.asked.expires_at)


@dataclass(frozen=True, slots=True)
class OldAgreed:
    """The mailbox that letters go to agrees that they go to ``address``. ``new_agreed``: the other one has, as was read
    before."""

    member: int
    address: str
    new_agreed: bool
    now: datetime

    def apply(self, db: Database, vault: Vault, sign: SignAgain) -> None:
        """Note it, or move the letters when both have agreed. Raises StoreChanged when that has changed meanwhile."""
        lock_for_nodes(db, PEOPLE)
        row = db.execute(_OF, (self.member,)).fetchone()
        if row is None or bool(row[3]) != self.new_agreed:
            raise StoreChanged("the other mailbox has answered meanwhile")
        if not self.new_agreed:
            db.execute("UPDATE address_move SET old_agreed = 1 WHERE member = ?", (self.member,))
            return
        hash = bytes(row[0])
        prove_address(db, vault, hash, self.now, sign)
        _move(db, vault, self.member, hash, self.now)


@dataclass(frozen=True, slots=True)
class MoveDropped:
    """The mailbox that letters go to does not agree."""

    member: int
    now: datetime

    def apply(self, db: Database, vault: Vault, _: SignAgain) -> None:
        """Forget the wish, and the address if it was registered for that."""
        lock_for_nodes(db, PEOPLE)
        drop_move(db, vault, self.member, self.now)


def move_about(db: Database, hash: bytes, member: int) -> bool | None:
    """Whether the old mailbox has agreed to a move of ``member`` to the address with this hash; None without a move."""
    row = db.execute(_ABOUT, (hash,)).fetchone()
    return None if row is None or row[0] != member else bool(row[1])


def new_agrees(db: Database, vault: Vault, hash: bytes, now: datetime, sign: SignAgain) -> bool:
    """Apply a yes from the mailbox of an address that a member wants their letters at. False, with nothing changed,
    when there is no such wish."""
    lock_for_nodes(db, PEOPLE)
    owner = owner_of(db, (hash,))
    old_agreed = None if owner is None else move_about(db, hash, owner.number)
    if owner is None or old_agreed is None:
        return False
    if old_agreed:
        prove_address(db, vault, hash, now, sign)
        _move(db, vault, owner.number, hash, now)
    else:
        db.execute("DELETE FROM address_question WHERE address = ?", (hash,))
        db.execute("UPDATE address_move SET new_agreed = 1 WHERE member = ?", (owner.number,))
    return True


def drop_move(db: Database, vault: Vault, member: int, now: datetime) -> None:
    """Drop the wish of a member, if there is one, with the address that was registered for it and is not proven."""
    row = db.execute(_DROP, (member,)).fetchone()
    if row is not None and row[0] is not None and row[1]:
        withdraw_hash(db, vault, bytes(row[0]), now)


def expire_moves(db: Database, vault: Vault, now: datetime) -> None:
    """Drop the wishes that not both mailboxes agreed to in time."""
    for (member,) in db.execute(_LATE, (to_stored(now),)).fetchall():
        drop_move(db, vault, member, now)


def _move(db: Database, vault: Vault, member: int, hash: bytes, now: datetime) -> None:
    known = identity(db, vault, member).addresses
    address = next(one for one in known if hash in address_hashes(vault, one))
    db.execute("DELETE FROM address_move WHERE member = ?", (member,))
    set_primary(db, vault, member, address, now=now)


def _is_others(db: Database, vault: Vault, member: int, address: str) -> bool:
    """Whether ``address`` is a spelling of a mailbox of another member's."""
    owner = owner_of_mailbox(db, address_hashes(vault, mailbox_of(address)))
    return owner is not None and owner.number != member


def _registered(db: Database, vault: Vault, address: str) -> bytes:
    hashes: Sequence[bytes] = address_hashes(vault, address)
    sql = f"SELECT hash FROM address WHERE hash IN {places(hashes)}"  # noqa: S608 -- question marks
    return bytes(db.execute(sql, tuple(hashes)).fetchone()[0])
