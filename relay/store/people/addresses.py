"""Further addresses of a member: letters may not contain them from registration on; they are used once proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from relay.model import EventKind, Side
from relay.states import EXCHANGING, OVER
from relay.store.engine.database import Database, lock_for_nodes, text_list
from relay.store.engine.keyed_hashes import address_hashes, places, question_hash, question_hashes
from relay.store.engine.times import to_stored
from relay.store.events import record
from relay.store.hold_records import Decided, Decider, HoldDecision
from relay.store.holds import decide
from relay.store.jobs import EXPIRE_QUESTIONS, plan
from relay.store.people.identities import PEOPLE, identity, note_mailbox, owner_of, registered_hash, write_identity
from relay.store.people.moves import follow_mailbox, of_member
from relay.store.people.pairs import PAIR_COLUMNS, read_pair
from relay.store.people.records import AddressConfirmation, Asked, Part, Proven
from relay.store.queue.acceptance import accept
from relay.store.records import Acceptance
from relay.store.signing_again import SignAgain
from relay.vault import Vault

_ASK = "INSERT INTO address_question (hash, address, expires_at) VALUES (?, ?, ?)"
_ANSWER = "DELETE FROM address_question WHERE hash IN {} AND expires_at > ? RETURNING address"
_PROVE = "UPDATE address SET proven = 1 WHERE hash = ? AND proven = 0 RETURNING member"
_PARTS = f"""
SELECT {PAIR_COLUMNS}, mentor FROM pair WHERE mentor = :member OR mentee = :member
ORDER BY CASE
    WHEN state IN {text_list(EXCHANGING)} THEN 0 WHEN state IN {text_list(OVER)} THEN 3
    WHEN state = 'paused' THEN 1 ELSE 2
END, number
"""  # noqa: S608


def parts_of(db: Database, member: int) -> tuple[Part, ...]:
    """A member's pairs: first those that exchange letters, then paused ones, then others, last those that are over."""
    rows = db.execute(_PARTS, {"member": member}).fetchall()
    return tuple(Part(read_pair(row), Side.MENTOR if row[-1] == member else Side.MENTEE) for row in rows)


def ask(
    db: Database,
    vault: Vault,
    member: int,
    asked: AddressConfirmation,
    letters: Sequence[Acceptance],
    *,
    now: datetime,
    who: str = "",
) -> Asked:
    """Register an address of ``member`` as unproven, and accept the ``letters`` that ask for the proof. Earlier
    requests about it stay valid. Nothing is changed when it is proven already, or another member's."""
    lock_for_nodes(db, PEOPLE)
    hash = registered_hash(db, vault, asked.address)
    owner = owner_of(db, (hash,))
    if owner is not None and owner.number != member:
        return Asked.OTHERS
    if owner is not None and owner.proven:
        return Asked.PROVEN
    if owner is None:
        db.execute("INSERT INTO address (hash, member, proven) VALUES (?, ?, 0)", (hash, member))
        before = identity(db, vault, member)
        write_identity(db, vault, member, replace(before, addresses=(*before.addresses, asked.address)))
        note_mailbox(db, vault, asked.address)
        record(db, vault, [of_member(db, EventKind.ADDRESS_ADDED, member, now, who=who)])
    db.execute(_ASK, (question_hash(vault, asked.token), hash, to_stored(asked.expires_at)))
    plan(db, EXPIRE_QUESTIONS, "", asked.expires_at)
    accept(db, vault, letters)
    return Asked.ASKED if owner is None else Asked.AGAIN


def prove(db: Database, vault: Vault, token: str, now: datetime, sign: SignAgain) -> Proven | None:
    """Prove the address that ``token`` was sent to, and release the held letters from there. None when there is no such
    request, or it was answered or has expired. Raises StoreError when ``sign`` cannot sign such a letter anew."""
    hashes = question_hashes(vault, token)
    asked = db.execute(_ANSWER.format(places(hashes)), (*hashes, to_stored(now))).fetchone()
    return None if asked is None else prove_address(db, vault, bytes(asked[0]), now, sign)


def prove_address(db: Database, vault: Vault, hash: bytes, now: datetime, sign: SignAgain) -> Proven | None:
    """Prove the address with this hash, and release the held letters from there. None when it is proven already.
    Raises StoreError when ``sign`` cannot sign such a letter anew."""
    proven = db.execute(_PROVE, (hash,)).fetchone()
    if proven is None:
        return None
    db.execute("DELETE FROM address_question WHERE address = ?", (hash,))
    held = db.execute("DELETE FROM question WHERE address = ? RETURNING delivery_id", (hash,)).fetchall()
    released = [Decided(id, HoldDecision.RELEASED, Decider.AUTHOR, now) for (id,) in held]
    letters = tuple(one for given in released if (one := decide(db, vault, given, sign)) is not None)
    person = identity(db, vault, proven[0])
    address = next(known for known in person.addresses if hash in address_hashes(vault, known))
    part = parts_of(db, proven[0])[0]
    record(db, vault, [of_member(db, EventKind.ADDRESS_PROVEN, proven[0], now)])
    return Proven(address, part.pair, part.side, letters)


def withdraw(db: Database, vault: Vault, address: str, now: datetime) -> None:
    """Remove ``address`` after its reader said that it is not the member's, unless it is proven. Held letters from
    there wait for a coordinator."""
    lock_for_nodes(db, PEOPLE)
    for hash in address_hashes(vault, address):
        db.execute("DELETE FROM address_move WHERE address = ?", (hash,))
        withdraw_hash(db, vault, hash, now)


def withdraw_hash(db: Database, vault: Vault, hash: bytes, now: datetime) -> None:
    """Remove the address with this hash, unless it is proven."""
    db.execute("DELETE FROM address_question WHERE address = ?", (hash,))
    owner = db.execute("DELETE FROM address WHERE hash = ? AND proven = 0 RETURNING member", (hash,)).fetchone()
    if owner is not None:
        before = identity(db, vault, owner[0])
        left = tuple(known for known in before.addresses if hash not in address_hashes(vault, known))
        write_identity(db, vault, owner[0], replace(before, addresses=left))
        record(db, vault, [of_member(db, EventKind.ADDRESS_WITHDRAWN, owner[0], now)])


def set_primary(db: Database, vault: Vault, member: int, address: str, *, now: datetime, who: str = "") -> bool:
    """Make the proven ``address`` of ``member`` the one that letters go to. False, with nothing changed, when it is not
    theirs or not proven."""
    lock_for_nodes(db, PEOPLE)
    owner = owner_of(db, address_hashes(vault, address))
    if owner is None or owner.number != member or not owner.proven:
        return False
    before = identity(db, vault, member)
    first = [known for known in before.addresses if known.lower() == address.lower()]
    others = [known for known in before.addresses if known.lower() != address.lower()]
    write_identity(db, vault, member, replace(before, addresses=(*first, *others)))
    record(db, vault, [of_member(db, EventKind.ADDRESS_PRIMARY, member, now, who=who)])
    follow_mailbox(db, vault, member, now, who=who)
    return True
