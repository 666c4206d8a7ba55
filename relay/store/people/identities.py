"""Who is behind a pair: one sealed row a person, found by the keyed hash of any of their addresses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from relay.model import Identity
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hash, address_hashes, places
from relay.store.errors import StoreError
from relay.vault import Vault

PEOPLE = 1
"""What only one node does at a time: numbers of members are counted on, and identities read, joined and written."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose address it is, by number, and whether it is proven."""

    number: int
    proven: bool


def owner_of(db: Database, hashes: Sequence[bytes]) -> Owner | None:
    """The member who has the address of one of these hashes (keyed_hashes.address_hashes)."""
    row = db.execute(f"SELECT member, proven FROM address WHERE hash IN {places(hashes)}", hashes).fetchone()  # noqa: S608
    return None if row is None else Owner(int(row[0]), bool(row[1]))


def registered_hash(db: Database, vault: Vault, address: str) -> bytes:
    """The hash that ``address`` is registered under, which other tables name it by; the newest for one that is not."""
    hashes = address_hashes(vault, address)
    row = db.execute(f"SELECT hash FROM address WHERE hash IN {places(hashes)}", hashes).fetchone()  # noqa: S608
    return address_hash(vault, address) if row is None else bytes(row[0])


def opened(vault: Vault, number: int, sealed: bytes) -> Identity:
    """A member's identity. Raises VaultError."""
    addresses, known_as = json.loads(vault.open(sealed, f"member/{number}"))
    return Identity(tuple(addresses), tuple(known_as))


def identity(db: Database, vault: Vault, number: int) -> Identity:
    """The identity of member ``number``, who must exist."""
    sealed = db.execute("SELECT sealed FROM member WHERE number = ?", (number,)).fetchone()[0]
    return opened(vault, number, sealed)


def sealed(vault: Vault, number: int, identity: Identity) -> bytes:
    """What ``opened`` opens."""
    plain = json.dumps([identity.addresses, identity.known_as], ensure_ascii=False).encode()
    return vault.seal(plain, f"member/{number}")


def write_identity(db: Database, vault: Vault, number: int, identity: Identity) -> None:
    """Let member ``number`` be known as ``identity`` from now on."""
    db.execute("UPDATE member SET sealed = ? WHERE number = ?", (sealed(vault, number, identity), number))


class PeopleImport:
    """The people of one import, each once: found where they are known, joined with what is new about them.

    Nothing is written before ``write``.
    """

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db, self._vault = db, vault
        self._next = 1 + int(db.execute("SELECT coalesce(max(number), 0) FROM member").fetchone()[0])
        self._numbers: dict[bytes, int] = {}  # address hash → member
        self._new_addresses: dict[bytes, int] = {}
        self._identities: dict[int, Identity] = {}
        self._languages: dict[int, str] = {}
        self._new: set[int] = set()
        self._changed: set[int] = set()

    def place(self, identity: Identity, language: str = "") -> int:
        """The member this identity belongs to, who is written to in ``language`` from now on ("": as before). Raises
        StoreError when its addresses belong to several people."""
        if not identity.addresses:
            raise StoreError("a member needs an address that letters can go to; give one")
        hashes = [address_hashes(self._vault, address) for address in identity.addresses]
        known = {number for each in hashes if (number := self._known(each)) is not None}
        if len(known) > 1:
            raise StoreError("two addresses given for one member belong to two members already; give only one of them")
        number = known.pop() if known else self._newcomer()
        self._join(number, identity)
        if language:
            self._languages[number] = language
        for hash, *_ in hashes:
            if hash not in self._numbers:
                self._numbers[hash] = self._new_addresses[hash] = number
        return number

    def write(self) -> None:
        """Write the people who are new or have become better known."""
        new = [(number, self._sealed(number), self._languages.get(number, "")) for number in sorted(self._new)]
        self._db.executemany("INSERT INTO member (number, sealed, language) VALUES (?, ?, ?)", new)
        languages = [(tag, number) for number, tag in sorted(self._languages.items()) if number not in self._new]
        self._db.executemany("UPDATE member SET language = ? WHERE number = ?", languages)
        changed = [(self._sealed(number), number) for number in self._changed - self._new]
        self._db.executemany("UPDATE member SET sealed = ? WHERE number = ?", changed)
        # Sorted: a B-tree filled in its own order is filled several times faster.
        addresses = sorted(self._new_addresses.items())
        self._db.executemany("INSERT INTO address (hash, member) VALUES (?, ?)", addresses)

    def _known(self, hashes: Sequence[bytes]) -> int | None:
        hash = hashes[0]
        if hash not in self._numbers:
            owner = owner_of(self._db, hashes)
            if owner is None:
                return None
            if not owner.proven:  # letters would go where nobody has answered yet
                raise StoreError(
                    "an address given is registered for a member and not proven yet; give another of theirs, or wait "
                    "until the letter that went there is answered"
                )
            self._numbers[hash] = owner.number
        return self._numbers[hash]

    def _newcomer(self) -> int:
        number, self._next = self._next, self._next + 1
        self._identities[number] = Identity(())
        self._new.add(number)
        return number

    def _join(self, number: int, told: Identity) -> None:
        if number not in self._identities:
            self._identities[number] = identity(self._db, self._vault, number)
        before = self._identities[number]
        lower = {address.lower() for address in before.addresses}
        more = tuple(address for address in told.addresses if address.lower() not in lower)
        joined = Identity(
            tuple(dict.fromkeys(before.addresses + more)), tuple(dict.fromkeys(before.known_as + told.known_as))
        )
        if joined != before:
            self._identities[number] = joined
            self._changed.add(number)

    def _sealed(self, number: int) -> bytes:
        return sealed(self._vault, number, self._identities[number])
