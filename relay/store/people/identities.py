"""Identities of members: one encrypted row per person, found by the keyed hash of any of their addresses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from relay.model import Identity, Manner, MemberState
from relay.policy.mailboxes import mailbox_of
from relay.store.engine.database import Cursor, Database
from relay.store.engine.keyed_hashes import address_hash, address_hashes, places
from relay.store.engine.vault_keys import check_proof
from relay.store.errors import StoreError
from relay.store.people.manners import joined, stored
from relay.vault import Vault

_OF_MAILBOX = """
SELECT member, proven FROM address WHERE hash IN {those}
UNION SELECT member, proven FROM mailbox JOIN address ON address.hash = mailbox.address WHERE mailbox.hash IN {those}
"""
_NOTE = "INSERT INTO mailbox (hash, address) VALUES (?, ?) ON CONFLICT DO NOTHING"
_NEW_MEMBER = "INSERT INTO member (number, sealed, state, language, time_zone, discreet) VALUES (?, ?, ?, ?, ?, ?)"
_NEW_MANNER = """
UPDATE member SET language = coalesce(nullif(?, ''), language), time_zone = coalesce(nullif(?, ''), time_zone),
    discreet = coalesce(nullif(?, ''), discreet)
WHERE number = ?
"""
_AS_BEFORE = Manner()

PEOPLE = 1
"""The lock for assigning member numbers and changing identities (``lock_for_nodes``)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The member an address belongs to, by number, and whether it is proven."""

    number: int
    proven: bool


def owner_of(db: Database, hashes: Sequence[bytes]) -> Owner | None:
    """The owner of the address with one of ``hashes`` (keyed_hashes.address_hashes); None when there is none."""
    return one_owner(ask_owner(db, hashes))


def ask_owner(db: Database, hashes: Sequence[bytes]) -> Cursor:
    """The question of ``owner_of``, whose answer ``one_owner`` reads."""
    return db.execute(f"SELECT member, proven FROM address WHERE hash IN {places(hashes)}", hashes)  # noqa: S608


def ask_owner_of_mailbox(db: Database, hashes: Sequence[bytes]) -> Cursor:
    """The question of ``owner_of_mailbox``, whose answer ``one_owner`` reads."""
    return db.execute(_OF_MAILBOX.format(those=places(hashes)), (*hashes, *hashes))


def one_owner(asked: Cursor) -> Owner | None:
    """The answer to ``ask_owner`` or ``ask_owner_of_mailbox``."""
    rows = asked.fetchall()
    members = {int(row[0]) for row in rows}
    return Owner(members.pop(), any(row[1] for row in rows)) if len(members) == 1 else None


def owner_of_mailbox(db: Database, hashes: Sequence[bytes]) -> Owner | None:
    """The one member with an address that is a spelling of the mailbox of one of these hashes; None when several
    have one."""
    return one_owner(ask_owner_of_mailbox(db, hashes))


def note_mailbox(db: Database, vault: Vault, address: str) -> None:
    """Note the mailbox that a registered ``address`` is a spelling of, where it is not the plainest one."""
    if mailbox_of(address) != address.lower():
        db.execute(_NOTE, (address_hash(vault, mailbox_of(address)), registered_hash(db, vault, address)))


def note_mailboxes(db: Database, vault: Vault) -> None:
    """Note the mailboxes of all registered addresses. Raises StoreDamaged for another vault key."""
    check_proof(db, vault)
    for number, sealed in db.execute("SELECT number, sealed FROM member").fetchall():
        for address in opened(vault, number, sealed).addresses:
            note_mailbox(db, vault, address)


def registered_hash(db: Database, vault: Vault, address: str) -> bytes:
    """The hash that ``address`` is registered under, by which other tables refer to it; for one that is not registered,
    its hash under the current key."""
    hashes = address_hashes(vault, address)
    row = db.execute(f"SELECT hash FROM address WHERE hash IN {places(hashes)}", hashes).fetchone()  # noqa: S608
    return address_hash(vault, address) if row is None else bytes(row[0])


def opened(vault: Vault, number: int, sealed: bytes) -> Identity:
    """Decrypt a member's identity. Raises VaultError."""
    addresses, known_as = json.loads(vault.open(sealed, f"member/{number}").decode())
    return Identity(tuple(addresses), tuple(known_as))


def identity(db: Database, vault: Vault, number: int) -> Identity:
    """The identity of member ``number``, who must exist."""
    sealed = db.execute("SELECT sealed FROM member WHERE number = ?", (number,)).fetchone()[0]
    return opened(vault, number, sealed)


def proven_addresses(db: Database, vault: Vault, number: int) -> frozenset[str]:
    """The proven addresses of member ``number``, in lower case."""
    known = identity(db, vault, number).addresses
    owners = ((one.lower(), owner_of(db, address_hashes(vault, one))) for one in known)
    return frozenset(one for one, owner in owners if owner is not None and owner.proven)


def sealed(vault: Vault, number: int, identity: Identity) -> bytes:
    """Encrypt a member's identity; see ``opened``."""
    plain = json.dumps([identity.addresses, identity.known_as], ensure_ascii=False).encode()
    return vault.seal(plain, f"member/{number}")


def write_identity(db: Database, vault: Vault, number: int, identity: Identity) -> None:
    """Replace the identity of member ``number``."""
    db.execute("UPDATE member SET sealed = ? WHERE number = ?", (sealed(vault, number, identity), number))


class PeopleImport:
    """The members of one import: finds those that are registered, and merges new addresses and names into them.

    ``write`` writes all changes at the end.
    """

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault
        self._next = 1 + int(db.execute("SELECT coalesce(max(number), 0) FROM member").fetchone()[0])
        self._numbers: dict[bytes, int] = {}  # address hash → member
        self._new_addresses: dict[bytes, int] = {}
        self._new_spellings: set[str] = set()
        self._identities: dict[int, Identity] = {}
        self._manners: dict[int, Manner] = {}
        self._new: set[int] = set()
        self._changed: set[int] = set()

    def member_number(self, identity: Identity, manner: Manner = _AS_BEFORE, guardian: str = "") -> int:
        """The number of the member with this identity, new or registered. ``manner``: how relay writes to them; what it
        does not say is unchanged. ``guardian``: an address that is part of who they are, but is not registered: nobody
        can write from it. Raises StoreError when its addresses belong to several members."""
        if not identity.addresses:
            raise StoreError("a member needs an address that letters can go to; give one")
        hashes = [address_hashes(self._vault, address) for address in identity.addresses]
        known = {number for each in hashes if (number := self._known(each)) is not None}
        if len(known) > 1:
            raise StoreError("two addresses given for one member belong to two members already; give only one of them")
        number = known.pop() if known else self._new_member()
        self._merge(number, replace(identity, addresses=(*identity.addresses, *((guardian,) if guardian else ()))))
        if manner != _AS_BEFORE:
            self._manners[number] = joined(self._manners.get(number, _AS_BEFORE), manner)
        for (hash, *_), address in zip(hashes, identity.addresses, strict=True):
            if hash not in self._numbers:
                self._numbers[hash] = self._new_addresses[hash] = number
                self._new_spellings.update([address] if mailbox_of(address) != address.lower() else [])
        return number

    def write(self, state: MemberState) -> None:
        """Write new members, in ``state``, and changed ones."""
        manner = {number: stored(self._manners.get(number, _AS_BEFORE)) for number in {*self._new, *self._manners}}
        new = [(number, self._sealed(number), state, *manner[number]) for number in sorted(self._new)]
        self._db.executemany(_NEW_MEMBER, new)
        known = [(*manner[number], number) for number in sorted(self._manners) if number not in self._new]
        self._db.executemany(_NEW_MANNER, known)
        changed = [(self._sealed(number), number) for number in self._changed - self._new]
        self._db.executemany("UPDATE member SET sealed = ? WHERE number = ?", changed)
        # Sorted, because a B-tree is filled several times faster in its own order.
        addresses = sorted(self._new_addresses.items())
        self._db.executemany("INSERT INTO address (hash, member) VALUES (?, ?)", addresses)
        for address in sorted(self._new_spellings):
            note_mailbox(self._db, self._vault, address)

    def _known(self, hashes: Sequence[bytes]) -> int | None:
        hash = hashes[0]
        if hash not in self._numbers:
            owner = owner_of(self._db, hashes)
            if owner is None:
                return None
            if not owner.proven:  # nobody has confirmed that letters may go there
                raise StoreError(
                    "an address given is registered for a member and not proven yet; give another of theirs, or wait "
                    "until the letter that went there is answered"
                )
            self._numbers[hash] = owner.number
        return self._numbers[hash]

    def _new_member(self) -> int:
        number, self._next = self._next, self._next + 1
        self._identities[number] = Identity(())
        self._new.add(number)
        return number

    def _merge(self, number: int, given: Identity) -> None:
        if number not in self._identities:
            self._identities[number] = identity(self._db, self._vault, number)
        before = self._identities[number]
        lower = {address.lower() for address in before.addresses}
        more = tuple(address for address in given.addresses if address.lower() not in lower)
        joined = Identity(
            tuple(dict.fromkeys(before.addresses + more)), tuple(dict.fromkeys(before.known_as + given.known_as))
        )
        if joined != before:
            self._identities[number] = joined
            self._changed.add(number)

    def _sealed(self, number: int) -> bytes:
        return sealed(self._vault, number, self._identities[number])
