"""Accepts letters: writes journal entry, thread link, encrypted letter and deliveries in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from relay.model import Delivery, Event, EventKind, JournalEntry, NewDelivery, ThreadLink
from relay.policy.recipients import ReturnPath, classify
from relay.states import OVER, PairState
from relay.store.conversation_turns import take_turn
from relay.store.duplicates import remember
from relay.store.echoes import remember_echoes
from relay.store.engine.database import Cursor, Database, insert_numbered, notify, text_list
from relay.store.engine.keyed_hashes import (
    destination_of,
    foreign_hash,
    network_hash,
    question_hash,
    return_hash,
    written_hashes,
)
from relay.store.engine.times import to_stored, to_stored_or_none
from relay.store.errors import StoreChanged
from relay.store.events import record
from relay.store.jobs import EXPIRE_QUESTIONS, plan
from relay.store.letter_bodies import NO_FILES, InFiles, sealed_body
from relay.store.people.identities import registered_hash
from relay.store.people.mailbox_gone import ask_suspended
from relay.store.people.programme_letters import note_letter
from relay.store.people.question_codes import note_code
from relay.store.queue.envelopes import sealed_envelope
from relay.store.queue.holding import open_hold
from relay.store.records import Acceptance, Accepted, ConfirmationRequest
from relay.store.relayed_words import remember_words
from relay.vault import Vault

_ENTRY = """
INSERT INTO journal
    (id, pair_id, side, kind, accepted_at, size_in, size_out, removed, outcome, reason, settled_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# Not for a pair that has ended or was reported while the letter was being rebuilt: a member may have been forgotten,
# or is to get no more letters.
_CLOSED = (*OVER, PairState.REPORTED)
_THREAD = f"""
INSERT INTO thread (pair_id, side, relay_id, hash, sealed)
SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM pair WHERE id = ? AND state IN {text_list(_CLOSED)})
"""  # noqa: S608
_LETTER = """
INSERT INTO letter (journal, part, kept, sealed, file, subject_returned) VALUES (?, ?, ?, ?, ?, ?)
"""
_DELIVERY = """
INSERT INTO delivery
    (id, journal_id, letter, state, attempts, again, due_at, created_at, last_status, notice, destination, sealed,
    lease_until)
VALUES (?, ?, (SELECT number FROM letter WHERE journal = ? AND part = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_QUESTION = "INSERT INTO question (hash, delivery_id, expires_at, address, mailbox, network) VALUES (?, ?, ?, ?, ?, ?)"
NEVER = 2**62
"""The stored ``expires_at`` of requests that do not expire."""
Leases = Mapping[str, datetime]
"""Id of a delivery that the caller tries at once, to when another process may; the others wait in the queue."""
NO_LEASES: Leases = {}
_RETURN_PATH = "INSERT INTO return_path (hash, created_at, journal_id) VALUES (?, ?, ?)"


def accept(
    db: Database,
    vault: Vault,
    acceptances: Sequence[Acceptance],
    in_files: InFiles = NO_FILES,
    leases: Leases = NO_LEASES,
) -> Accepted:
    """Write all of ``acceptances`` except duplicates. Raises sqlite3.IntegrityError for a duplicate id or an unknown
    pair, StoreError when a file of ``in_files`` is gone, StoreChanged when the pair has ended or was reported."""
    before = {a.entry.id: first for a in acceptances if (first := _accepted_before(db, vault, a)) is not None}
    new = [a for a in acceptances if a.entry.id not in before]
    links = [_insert_link(db, vault, acceptance.link) for acceptance in new if acceptance.link is not None]
    suspended = {to: ask_suspended(db, vault, to) for to in {to for one in new for to in _tried_at_once(one, leases)}}
    # All entries first, because a notice may refer to a letter accepted with it.
    numbers = [insert_numbered(db, _ENTRY, _entry_row(acceptance.entry)) for acceptance in new]
    if any(link.rowcount != 1 for link in links):
        raise StoreChanged("the pair has ended meanwhile, or was reported; nothing was accepted")
    gone = {to for to, asked in suspended.items() if asked.fetchone() is not None}
    trying: list[Delivery] = []
    for number, acceptance in zip(numbers, new, strict=True):
        trying += _insert_deliveries(db, vault, acceptance, number, in_files, leases=leases, gone=gone)
        remember_words(db, vault, acceptance.entry, acceptance.remembered)
        if acceptance.question is not None:
            _insert_question(db, vault, acceptance.question)
        if acceptance.turn is not None:
            take_turn(db, vault, acceptance.turn, acceptance.entry.accepted_at)
        remember_echoes(db, vault, acceptance.entry, acceptance.echoes)
        if acceptance.message_id and acceptance.entry.pair_id is not None:
            note_letter(db, acceptance.message_id, acceptance.entry.pair_id, acceptance.entry.accepted_at)
        if acceptance.code:
            note_code(db, vault, acceptance.code, acceptance.answer_to, acceptance.entry.accepted_at)
    record(db, vault, [event for acceptance in new for event in _events(acceptance)])
    if len(trying) < sum(not delivery.held for acceptance in new for delivery in acceptance.deliveries):
        notify(db)  # what is being tried already, or held, is nothing to look for
    return Accepted(before, tuple(trying))


def _events(acceptance: Acceptance) -> list[Event]:
    """The event of an acceptance: a letter relayed or held, or one of ours sent; [] for a mail that belongs to no
    pair."""
    entry = acceptance.entry
    if entry.pair_id is None:
        return []
    if entry.kind != "letter":
        # A letter of ours is entered as from the other side; one of a conversation with the operator as its member's.
        to = entry.side if entry.side is None or acceptance.turn is not None else entry.side.other
        name = {"letter": acceptance.name or entry.kind}
        return [Event(EventKind.SENT, entry.accepted_at, entry.pair_id, to, None, entry.id, name)]
    held = [delivery.held for delivery in acceptance.deliveries if delivery.held]
    kind, facts = (EventKind.HELD, {"reason": held[0]}) if held else (EventKind.RELAYED, {})
    return [Event(kind, entry.accepted_at, entry.pair_id, entry.side, None, entry.id, facts)]


def note(db: Database, vault: Vault, entry: JournalEntry) -> None:
    """Write a journal entry without a delivery. A refused letter of a member is also recorded as an event."""
    insert_entry(db, entry)
    if entry.outcome == "refused" and entry.pair_id is not None:
        facts = {"reason": entry.reason}
        refused = Event(EventKind.REFUSED, entry.accepted_at, entry.pair_id, entry.side, None, entry.id, facts)
        record(db, vault, [refused])


def _accepted_before(db: Database, vault: Vault, acceptance: Acceptance) -> str | None:
    entry = acceptance.entry
    if not acceptance.written:
        return None
    pair_id, side = entry.pair_id or "", entry.side or ""
    hashes = [written_hashes(vault, pair_id, side, written) for written in acceptance.written]
    return remember(db, hashes, entry.id, entry.accepted_at)


def insert_entry(db: Database, entry: JournalEntry) -> None:
    """Write one journal entry."""
    db.execute(_ENTRY, _entry_row(entry))


def _entry_row(entry: JournalEntry) -> tuple[Any, ...]:
    return (
        entry.id,
        entry.pair_id,
        entry.side,
        entry.kind,
        to_stored(entry.accepted_at),
        entry.size_in,
        entry.size_out,
        json.dumps(entry.removed),
        entry.outcome,
        entry.reason,
        to_stored_or_none(entry.settled_at),
    )


def _tried_at_once(acceptance: Acceptance, leases: Leases) -> list[str]:
    """The recipients of deliveries that are to be tried when they are accepted."""
    return [one.recipient for one in acceptance.deliveries if one.id in leases and not one.held]


def _insert_link(db: Database, vault: Vault, link: ThreadLink) -> Cursor:
    """Write a thread link. No row is written for a pair that is closed."""
    found = sealed = None
    if link.foreign_id is not None:
        found = foreign_hash(vault, link.pair_id, link.side, link.foreign_id)
        sealed = vault.seal(link.foreign_id.encode("utf-8", "surrogateescape"), f"thread/{link.relay_id}")
    return db.execute(_THREAD, (link.pair_id, link.side, link.relay_id, found, sealed, link.pair_id))


def _insert_question(db: Database, vault: Vault, asked: ConfirmationRequest) -> None:
    expires_at = NEVER if asked.expires_at is None else to_stored(asked.expires_at)
    address = registered_hash(db, vault, asked.address) if asked.address else None
    mailbox = registered_hash(db, vault, asked.mailbox) if asked.mailbox else None
    network = network_hash(vault, asked.network) if asked.network else None
    token = question_hash(vault, asked.token)
    db.execute(_QUESTION, (token, asked.delivery_id, expires_at, address, mailbox, network))
    if asked.expires_at is not None:
        plan(db, EXPIRE_QUESTIONS, "", asked.expires_at)


def _insert_deliveries(
    db: Database,
    vault: Vault,
    acceptance: Acceptance,
    journal: int,
    in_files: InFiles,
    *,
    leases: Leases,
    gone: Set[str],
) -> list[Delivery]:
    """Returns the deliveries to be tried at once, which are none to ``gone`` mailboxes."""
    letters: list[bytes] = []  # compared, because hashing megabytes takes longer
    accepted_at = acceptance.entry.accepted_at
    trying = []
    for delivery in acceptance.deliveries:
        part = next((part for part, content in enumerate(letters) if content == delivery.content), len(letters))
        if part == len(letters):
            body = sealed_body(db, vault, f"letter/{journal}/{part}", delivery.content, in_files.get(delivery.id))
            db.execute(_LETTER, (journal, part, int(acceptance.keep), *body, int(acceptance.subject_returned)))
            letters.append(delivery.content)
        if delivery.held:
            question = acceptance.question
            until = question.expires_at if question and question.delivery_id == delivery.id else None
            open_hold(db, delivery.id, delivery.journal_id, delivery.held, since=accepted_at, until=until)
        tried_until = None if delivery.held or delivery.recipient in gone else leases.get(delivery.id)
        _insert_delivery(db, vault, delivery, (journal, part), to_stored(accepted_at), tried_until=tried_until)
        if tried_until is not None:
            trying.append(_claimed(delivery, accepted_at))
    return trying


def _claimed(new: NewDelivery, created_at: datetime) -> Delivery:
    names = new.id, new.journal_id, new.recipient, new.return_path
    return Delivery(*names, new.content, attempts=1, created_at=created_at, notice=new.notice)


def _insert_delivery(
    db: Database,
    vault: Vault,
    delivery: NewDelivery,
    letter: tuple[int, int],
    created_at: int,
    *,
    tried_until: datetime | None,
) -> None:
    """Insert a delivery of ``letter`` (journal and part). One to be tried at once is stored as claimed ("sending", one
    attempt), with a lease until ``tried_until``."""
    tried = tried_until is not None
    row = (
        delivery.id,
        delivery.journal_id,
        *letter,
        "held" if delivery.held else "sending" if tried else "queued",
        int(tried),
        int(tried),
        to_stored(delivery.due_at),
        created_at,
        delivery.held,
        int(delivery.notice),
        destination_of(vault, delivery.recipient),
        sealed_envelope(vault, delivery.id, delivery.recipient, delivery.return_path),
        to_stored_or_none(tried_until) or 0,
    )
    db.execute(_DELIVERY, row)
    ours = classify(delivery.return_path)
    if isinstance(ours, ReturnPath):
        db.execute(_RETURN_PATH, (return_hash(vault, ours.token), created_at, delivery.journal_id))
