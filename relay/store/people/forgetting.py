"""Erases a member. Ended pairs with their pseudonyms stay, and the journal's sizes and times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from relay.model import Event, EventKind, Identity, MemberState, PairState
from relay.store.conversation_turns import forget_conversations
from relay.store.engine.database import Database, SharedDatabase, lock_for_nodes
from relay.store.events import erase_reasons, record
from relay.store.people.addresses import parts_of
from relay.store.people.identities import PEOPLE, identity, write_identity
from relay.store.people.legal_holds import LegalHoldError, grant, held_pairs
from relay.store.people.moves import move_member, move_pair
from relay.store.people.records import Forgotten, Owed, Part
from relay.store.queue.acceptance import accept
from relay.store.queue.envelopes import opened_envelope
from relay.store.queue.settlement import finish
from relay.store.records import COPY, TO_OPERATOR, Acceptance
from relay.store.sts_policies import forget_policy
from relay.vault import Vault, VaultError

FORGOTTEN = "forgotten"

_OWED = """
SELECT delivery.id, delivery.sealed, notice, journal.kind, journal.side
FROM journal JOIN delivery ON delivery.journal_id = journal.id WHERE journal.pair_id = ?
"""
_LETTERS = """
DELETE FROM letter WHERE journal IN (SELECT number FROM journal WHERE pair_id = ?)
    AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.letter = letter.number)
"""
_OF_PAIR = (
    "DELETE FROM thread WHERE pair_id = ?",
    "DELETE FROM echo WHERE pair_id = ?",
    "DELETE FROM seen WHERE journal_id IN (SELECT id FROM journal WHERE pair_id = ?)",
    "DELETE FROM return_path WHERE journal_id IN (SELECT id FROM journal WHERE pair_id = ?)",
    "DELETE FROM relayed_words WHERE pair_id = ?",
    "DELETE FROM programme_letter WHERE pair_id = ?",
    "DELETE FROM reported_pair WHERE pair_id = ?",
    "DELETE FROM vacation_told WHERE pair_id = ?",
)
_INVITATION = "DELETE FROM invitation WHERE pair_id = ? AND side = ?"
_MANNER = "UPDATE member SET language = '', time_zone = '', discreet = '', vacation = '' WHERE number = ?"
_OF_PERSON = (
    "DELETE FROM address_question WHERE address IN (SELECT hash FROM address WHERE member = ?)",
    "DELETE FROM question WHERE address IN (SELECT hash FROM address WHERE member = ?)",
    "DELETE FROM suspended WHERE hash IN (SELECT hash FROM address WHERE member = ?)",
    "DELETE FROM address_move WHERE member = ?",
    "DELETE FROM address WHERE member = ?",
    "DELETE FROM desk_question WHERE member = ?",
    "DELETE FROM report WHERE member = ?",
    "DELETE FROM unproven_mail WHERE member = ?",
)
_CLEANED = (
    "VACUUM member, address, address_question, question, suspended, letter, delivery, thread, echo, seen, return_path, "
    "event_word, sts_policy, mailbox, conversation, conversation_letter, relayed_words, "
    "invitation, desk_question, report, unproven_mail"
)


def forget(
    db: Database,
    vault: Vault,
    member: int,
    now: datetime,
    word: Callable[[Owed], Acceptance] | None,
    *,
    who: str = "",
) -> Forgotten:
    """Erase addresses, names, letters, thread links, confirmation requests and suspensions of ``member``, and end their
    pairs, with events by ``who``.

    Deliveries to the member, and all letters of those pairs that are still owed, are given up. If letters of the other
    side are among them, ``word`` makes the notice to them. Notices to the other side stay due. Idempotent. Raises
    LegalHoldError, with nothing changed, when a pair of theirs is on legal hold.
    """
    lock_for_nodes(db, PEOPLE)
    if held := held_pairs(db, member):
        raise LegalHoldError(held)
    person = identity(db, vault, member)
    parts = parts_of(db, member)
    letters = deliveries = 0
    for part in parts:
        if part.pair.state is not PairState.DECLINED:
            move_pair(db, vault, part.pair.id, PairState.ENDED, now, who=who)
        given_up, missed = _give_up(db, vault, part, person, now)
        deliveries += given_up
        letters += max(0, db.execute(_LETTERS, (part.pair.id,)).rowcount)
        for statement in _OF_PAIR:
            db.execute(statement, (part.pair.id,))
        forget_conversations(db, part.pair.id, part.side)
        db.execute(_INVITATION, (part.pair.id, part.side.value))
        erase_reasons(db, part.pair.id)
        if missed and word and (partner := _partner(db, vault, part)).addresses:
            accept(db, vault, (word(Owed(part.pair, part.side.other, partner.addresses[0], missed)),))
    for statement in _OF_PERSON:
        db.execute(statement, (member,))
    for address in person.addresses:  # a domain may be one person's
        forget_policy(db, vault, address.rpartition("@")[2])
    write_identity(db, vault, member, Identity(()))
    grant(db, member)
    db.execute(_MANNER, (member,))
    move_member(db, vault, member, MemberState.FORGOTTEN, now, who=who)
    told = [Event(EventKind.FORGOTTEN, now, part.pair.id, part.side, member, who=who) for part in parts]
    record(db, vault, told or [Event(EventKind.FORGOTTEN, now, member=member, who=who)])
    return Forgotten(len(parts), letters, deliveries)


def erase_traces(db: Database, done: Forgotten) -> Forgotten:
    """Truncate SQLite's log, which still holds the erased content. Returns ``done``, with ``traces`` when a reader
    prevented it.

    The pages of SQLite's file are overwritten (secure_delete). PostgreSQL frees the space (VACUUM); its log and backups
    keep encrypted values only.
    """
    if isinstance(db, SharedDatabase):
        db.execute(_CLEANED)
        return done
    return replace(done, traces=not checkpoint(db))


def checkpoint(db: Database) -> bool:
    """Move SQLite's log into the file, and truncate it. False when a reader prevents it."""
    return isinstance(db, SharedDatabase) or not db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def _give_up(db: Database, vault: Vault, part: Part, person: Identity, now: datetime) -> tuple[int, int]:
    """Give up the pair's deliveries, except notices to the other side. Returns how many, and how many of them were
    letters by the other side."""
    theirs = {address.lower() for address in person.addresses}
    count = missed = 0
    for id, sealed, notice, kind, side in db.execute(_OWED, (part.pair.id,)).fetchall():
        # What they wrote to the operator holds their own address.
        own = kind == TO_OPERATOR and side == part.side
        if (
            (notice or kind == COPY)
            and kind != "welcome"
            and not own
            and _recipient(vault, id, sealed).lower() not in theirs
        ):
            continue
        db.execute("DELETE FROM question WHERE delivery_id = ?", (id,))
        count += finish(db, id, FORGOTTEN, now)
        missed += kind == "letter" and not notice and side == part.side.other
    return count, missed


def _partner(db: Database, vault: Vault, part: Part) -> Identity:
    sql = f"SELECT {part.side.other.value} FROM pair WHERE id = ?"  # noqa: S608 -- mentor or mentee
    return identity(db, vault, db.execute(sql, (part.pair.id,)).fetchone()[0])


def _recipient(vault: Vault, id: str, sealed: bytes) -> str:
    """The recipient of a delivery; "" when it cannot be decrypted."""
    try:
        return opened_envelope(vault, id, sealed)[0]
    except VaultError:
        return ""
