"""A database of every earlier version opens, and all its contents are found after the migration."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from relay.model import Event, EventKind, MemberState, PairState, Side
from relay.store import UNPROVEN, Decider, LetterKey, RouteLookup, Store, StoreDamaged
from relay.store.engine.database import Database
from relay.store.engine.keyed_hashes import address_hash, destination_of, foreign_hash, question_hash, return_hash
from relay.store.engine.migrate import migrate, shipped, version
from relay.store.engine.postgres_open import connected
from relay.store.engine.sqlite import APPLICATION_ID, tune
from relay.store.engine.times import to_stored
from relay.store.engine.vault_keys import write_proof
from relay.vault import Vault

from .conftest import NOON, OpenStore

VERSIONS = tuple(step.number for step in shipped())
EVENTS = next(step.number for step in shipped() if step.name.endswith("_events.sql"))
BEFORE_EVENTS = range(1, EVENTS)
JANE, OMAR, ANNA = "jane@real.example", "omar@home.example", "anna@gone.example"
LETTER = b"Subject: hello\r\n\r\nThe kettle is on.\r\n"
WEEK = NOON + timedelta(days=7)
_JOURNAL = """
INSERT INTO journal (number, id, pair_id, side, kind, accepted_at, size_in, size_out, removed, outcome, reason)
VALUES (?, ?, ?, ?, ?, ?, 10, 10, '{}', ?, ?)
"""
_DELIVERY = """
INSERT INTO delivery (id, journal_id, letter, state, attempts, again, due_at, created_at, last_status, notice,
    destination, sealed)
VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, 0, ?, ?)
"""
_PAIR = """
INSERT INTO pair (number, id, state, mentor, mentee, mentor_name, mentor_alias, mentee_name, mentee_alias, cohort,
    language, created_at, changed_at)
VALUES (?, ?, ?, ?, ?, 'Amber Heron', ?, 'Quiet River', ?, '2025', 'en', ?, ?)
"""


def fill(db: Database, vault: Vault) -> None:
    """Insert members, pairs in each state, letters queued, sending and held, a thread; and what that version has."""
    reached, at = version(db), to_stored(NOON)
    for number, address in ((1, JANE), (2, OMAR), (3, ANNA), (4, "")):
        plain = json.dumps([[address] if address else [], ["Some Name"]]).encode()
        db.execute("INSERT INTO member (number, sealed) VALUES (?, ?)", (number, vault.seal(plain, f"member/{number}")))
        if address:
            db.execute("INSERT INTO address (hash, member) VALUES (?, ?)", (address_hash(vault, address), number))
    for number, (id, state, mentor) in enumerate((("p1", "active", 1), ("p2", "paused", 3), ("p3", "ended", 4)), 1):
        aliases = f"mentor.{id}@relay.example", f"mentee.{id}@relay.example"
        db.execute(_PAIR, (number, id, state, mentor, 2, *aliases, at, at))
        for alias, side in zip(aliases, ("mentor", "mentee"), strict=True):
            db.execute("INSERT INTO alias (alias, pair_id, side) VALUES (?, ?, ?)", (alias, id, side))
    for number, (id, state, why) in enumerate(
        (("due", "queued", ""), ("sent", "sending", ""), ("held", "held", UNPROVEN)), 1
    ):
        _letter(db, vault, number, id, state, why)
    db.execute(_JOURNAL, (4, "refused", "p1", "mentor", "refusal", at, "refused", "NotTheirAlias"))
    looks = (
        ("look1", "reading", "due: Jane asked"),
        ("look2", "reading", "all letters: moving away"),
        ("look3", "reveal", "root: a judge: asks"),
        ("look4", "forgetting", "root"),
    )
    for number, (id, kind, reason) in enumerate(looks, 5):
        db.execute(_JOURNAL, (number, id, "p1", "mentor", kind, at, "delivered", reason))
    foreign = (foreign_hash(vault, "p1", "mentor", "own@x"), vault.seal(b"own@x", "thread/ours@r"))
    thread = "INSERT INTO thread (pair_id, side, relay_id, hash, sealed) VALUES ('p1', 'mentor', 'ours@r', ?, ?)"
    db.execute(thread, foreign)
    if reached >= 2:
        question = "INSERT INTO question (hash, delivery_id, expires_at) VALUES (?, 'd-held', ?)"
        db.execute(question, (question_hash(vault, "token"), to_stored(WEEK)))
    if reached >= 4:
        gone = "INSERT INTO suspended (hash, pair_id, side, reason, since) VALUES (?, 'p2', 'mentor', '550 5.1.1', ?)"
        db.execute(gone, (address_hash(vault, ANNA), at))


def _letter(db: Database, vault: Vault, number: int, id: str, state: str, why: str) -> None:
    at, reached = to_stored(NOON), version(db)
    db.execute(_JOURNAL, (number, id, "p1", "mentor", "letter", at, "accepted", ""))
    sealed = vault.seal(LETTER, f"letter/{number}/0")
    db.execute(
        "INSERT INTO letter (number, journal, part, kept, sealed) VALUES (?, ?, 0, 1, ?)", (number, number, sealed)
    )
    envelope = vault.seal(json.dumps([OMAR, f"b-{id}@relay.example"]).encode(), f"delivery/d-{id}")
    db.execute(_DELIVERY, (f"d-{id}", id, number, state, at, at, why, destination_of(vault, OMAR), envelope))
    path = return_hash(vault, id)
    if reached >= 4:
        db.execute("INSERT INTO return_path (hash, created_at, journal_id) VALUES (?, ?, ?)", (path, at, id))
    else:
        db.execute("INSERT INTO return_path (hash, created_at) VALUES (?, ?)", (path, at))


def make_home(place: Path | str, vault: Vault, form: int) -> None:
    """Create a database of version ``form`` with members and letters."""
    with closing(connected(place) if isinstance(place, str) else sqlite3.connect(place, isolation_level=None)) as db:
        if isinstance(place, Path):
            tune(db, checkpoints=True)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrate(db, [step for step in shipped() if step.number <= form])
        write_proof(db, vault)
        db.execute("BEGIN")
        fill(db, vault)
        db.execute("COMMIT")


Opened = Callable[[int], Awaitable[Store]]


@pytest.fixture
async def opened(place: Path | str, vault: Vault, open_store: OpenStore) -> Opened:
    """Opens a database of an earlier version, which migrates it."""

    async def old(form: int) -> Store:
        # In a thread, because PostgreSQL's connection has an event loop of its own.
        await asyncio.to_thread(make_home, place, vault, form)
        return await open_store(place)

    return old


@pytest.mark.parametrize("form", VERSIONS)
async def test_people_pairs_and_threads_are_found(opened: Opened, form: int) -> None:
    store = await opened(form)
    states = {pair.id: pair.state for pair in await store.directory.pairs()}
    assert states == {"p1": PairState.ACTIVE, "p2": PairState.PAUSED, "p3": PairState.ENDED}
    alias = "mentor.p1@relay.example"
    way = (await store.look_up(OMAR, [alias], LetterKey((), ("ours@r",), NOON)))[alias]
    assert isinstance(way, RouteLookup)
    assert way.route.recipient.addresses == (JANE,)
    assert way.known_ids == {"ours@r": "own@x"}
    people = {(row.pair_id, row.side): row.state for row in await store.members.rows()}
    assert people["p1", Side.MENTOR] is MemberState.ACTIVE
    if form < EVENTS:
        gone = MemberState.SUSPENDED if form >= 4 else MemberState.ACTIVE
        assert people["p2", Side.MENTOR] is gone
        assert people["p3", Side.MENTOR] is MemberState.FORGOTTEN
    await store.directory.set_state("p2", PairState.ACTIVE, NOON)


@pytest.mark.parametrize("form", VERSIONS)
async def test_queued_letters_stay_queued_and_are_delivered(opened: Opened, form: int) -> None:
    store = await opened(form)
    assert await store.queue.counts() == {"queued": 1, "sending": 1, "held": 1}
    await store.queue.recover(NOON)
    (first, second) = (await store.queue.claim(NOON, 10)).deliveries
    assert {first.id, second.id} == {"d-due", "d-sent"}
    assert (first.content, first.recipient) == (LETTER, OMAR)
    assert (await store.queue.returned("due")) == ("due" if form >= 4 else "")
    shown = await store.journal.show("due")
    assert shown is not None
    assert shown[1] == LETTER


@pytest.mark.parametrize("form", BEFORE_EVENTS)
async def test_a_held_letter_has_a_hold_and_is_given_up_when_its_request_expires(opened: Opened, form: int) -> None:
    store = await opened(form)
    (hold,) = await store.holds.rows()
    assert (hold.journal_id, hold.why, hold.since_at, hold.decider) == ("held", UNPROVEN, NOON, Decider.AUTHOR)
    assert hold.until_at == (WEEK if form >= 2 else None)
    assert [row.due_at for row in await store.jobs.rows()] == ([WEEK] if form >= 2 else [])
    assert await store.questions.expire(WEEK) == (1 if form >= 2 else 0)


@pytest.mark.parametrize("form", BEFORE_EVENTS)
async def test_journal_entries_about_operators_become_events(opened: Opened, form: int) -> None:
    store = await opened(form)
    about = (NOON, "p1", Side.MENTOR)
    assert await store.events.list() == [
        Event(EventKind.READ, *about, journal_id="due", why="Jane asked"),
        Event(EventKind.READ, *about, facts={"letters": "all"}, why="moving away"),
        Event(EventKind.REVEALED, *about, who="root", why="a judge: asks"),
        Event(EventKind.FORGOTTEN, *about, who="root"),
    ]
    state = await store.events.verify()
    assert (state.length, state.fault) == (4, "")
    assert [entry.id for entry in await store.journal.list()] == ["due", "sent", "held", "refused"]


@pytest.mark.parametrize("form", [1, EVENTS - 1])
async def test_a_wrong_vault_key_changes_nothing(
    place: Path | str, vault: Vault, open_store: OpenStore, form: int
) -> None:
    await asyncio.to_thread(make_home, place, vault, form)
    with pytest.raises(StoreDamaged):
        await Store.open(place, Vault(bytes(32)))
    store = await open_store(place)
    assert len(await store.events.list()) == 4
