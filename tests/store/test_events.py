"""Events: written with their change, with an operator's words encrypted, in a hash chain that shows tampering."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from relay.model import Event, EventKind, MemberState, PairState, Side
from relay.states import MEMBER_MOVES, PAIR_MOVES, MoveError, check_member_move, check_pair_move
from relay.store import ChainState, Cutoffs, Store, SuspendedRow
from relay.vault import Vault

from .conftest import NOON, Make, OpenStore

LOOK = Event(EventKind.REVEALED, NOON, "k7f3q2", Side.MENTOR, 1, who="root", why="Ingrid Maier asked for it")


async def told(store: Store) -> list[tuple[str, str | None]]:
    return [(one.kind.value, one.facts.get("to")) for one in await store.events.list()]


async def test_events_are_read_back_unchanged_and_in_order(paired: Store) -> None:
    letter = Event(EventKind.READ, NOON, "k7f3q2", Side.MENTEE, None, "letter1", {"letters": "one"}, "root", "why not")
    await paired.events.record([LOOK, letter])
    assert (await paired.events.list())[1:] == [LOOK, letter]
    assert await paired.events.list(limit=1) == [letter]
    assert await paired.events.list(pair_id="other") == []
    assert await paired.events.list(since=NOON.replace(year=2026)) == []


async def test_a_valid_chain_has_no_fault_and_continues_after_reopening(
    place: Path | str, vault: Vault, make: Make
) -> None:
    await Store.create(place, vault)
    for number in range(2):
        store = await Store.open(place, vault)
        try:
            await store.directory.add_pairs([make.pair(f"p{number}")])
            await store.events.record([LOOK])
            state = await store.events.verify()
        finally:
            await store.close()
        assert (state.length, state.fault) == (2 * (number + 1), "")


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE event SET happened_at = happened_at + 1 WHERE place = 2", "event 2 was changed after it was written"),
        ("UPDATE event SET member = 7 WHERE place = 3", "event 3 was changed after it was written"),
        ("UPDATE event SET facts = '{}' WHERE place = 1", "event 1 was changed after it was written"),
        ("DELETE FROM event WHERE place = 1", "event 1 is missing"),
        ("DELETE FROM event_word WHERE event = 2; DELETE FROM event WHERE place = 2", "event 2 is missing"),
        (
            "DELETE FROM event_word WHERE event = 4; DELETE FROM event WHERE place = 4",
            "of 4 events the last 1 are missing",
        ),
        (
            "DELETE FROM event_word WHERE event = 4; DELETE FROM event WHERE place = 4; "
            "UPDATE event_chain SET length = 3, head = (SELECT hash FROM event WHERE place = 3)",
            "its recorded end in the table event_chain was changed: the keyed hash beside it does not match",
        ),
        ("DELETE FROM event_word WHERE event = 2 AND part = 'who'", "event 2 was changed after it was written"),
        (
            "UPDATE event_word SET sealed = (SELECT sealed FROM event_word WHERE event = 3 AND part = 'who') "
            "WHERE event = 2 AND part = 'who'",
            "event 2 was changed after it was written",
        ),
        ("UPDATE event SET hash = NULL WHERE place = 4", "event 4 was changed after it was written"),
        (
            "INSERT INTO event (happened_at, kind, facts, digest) SELECT 1, 'read', '{}', digest FROM event "
            "WHERE place = 1",
            "inserted outside the chain",
        ),
        ("UPDATE event_chain SET sealed = head", "its key in the table event_chain cannot be decrypted"),
    ],
)
async def test_verification_finds_changed_removed_and_inserted_events(
    store: Store, make: Make, tampering: str, fault: str
) -> None:
    await store.directory.add_pairs([make.pair()])
    await store.events.record([LOOK, LOOK, LOOK])
    assert (await store.events.verify()).fault == ""
    for statement in tampering.split("; "):
        await store._writer.outside(lambda db, statement=statement: db.execute(statement))  # type: ignore[misc]
    assert fault in (await store.events.verify()).fault


def cutoffs(at: datetime) -> Cutoffs:
    return Cutoffs(*[at] * len(fields(Cutoffs)))


async def aged(store: Store, make: Make, days: int) -> None:
    """Add a pair, and an event on each of ``days`` days."""
    await store.directory.add_pairs([make.pair()])
    for day in range(days):
        await store.events.record([replace(LOOK, at=NOON + timedelta(days=day))])


async def test_the_oldest_events_are_deleted_and_the_chain_stays_valid(store: Store, make: Make) -> None:
    await aged(store, make, 5)
    deleted = await store.retention.delete(cutoffs(NOON + timedelta(days=2)))
    assert deleted.events == 3
    assert [one.at for one in await store.events.list()] == [NOON + timedelta(days=day) for day in (2, 3, 4)]
    assert await store.events.verify() == ChainState(6, "", 3)
    await store.events.record([replace(LOOK, at=NOON + timedelta(days=9))])
    assert (await store.retention.delete(cutoffs(NOON + timedelta(days=8)))).events == 3
    assert (await store.retention.delete(cutoffs(NOON + timedelta(days=99)))).events == 1
    assert await store.events.verify() == ChainState(7, "", 7)
    await store.events.record([LOOK])
    assert await store.events.verify() == ChainState(8, "", 7)
    words = await store._reader.run(lambda db: db.execute("SELECT count(*) FROM event_word").fetchone())
    assert words == (2,)


async def test_an_old_event_after_a_young_one_is_deleted_only_with_it(store: Store, make: Make) -> None:
    await aged(store, make, 1)
    await store.events.record([replace(LOOK, at=NOON + timedelta(days=50)), LOOK])
    assert (await store.retention.delete(cutoffs(NOON + timedelta(days=40)))).events == 2
    assert (await store.events.verify()).fault == ""
    assert (await store.retention.delete(cutoffs(NOON + timedelta(days=60)))).events == 2


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("DELETE FROM event_word WHERE event = 4; DELETE FROM event WHERE place = 4", "event 4 is missing"),
        (
            "DELETE FROM event_word WHERE event = 4; UPDATE event_chain SET base = 4, "
            "base_hash = (SELECT hash FROM event WHERE place = 4); DELETE FROM event WHERE place = 4",
            "its recorded beginning in the table event_chain was changed",
        ),
        ("UPDATE event_chain SET base = 0, base_hash = NULL, base_mac = NULL", "event 1 is missing"),
        ("UPDATE event_chain SET base_hash = head", "its recorded beginning in the table event_chain was changed"),
        (
            "INSERT INTO event (place, happened_at, kind, facts, digest, hash) SELECT 2, 1, 'read', '{}', digest, hash "
            "FROM event WHERE place = 4",
            "inserted outside the chain",
        ),
    ],
)
async def test_a_base_changed_without_the_key_is_found(store: Store, make: Make, tampering: str, fault: str) -> None:
    await aged(store, make, 5)
    await store.retention.delete(cutoffs(NOON + timedelta(days=2)))
    for statement in tampering.split("; "):
        await store._writer.outside(lambda db, statement=statement: db.execute(statement))  # type: ignore[misc]
    assert fault in (await store.events.verify()).fault


async def test_words_are_encrypted_and_a_reason_can_be_erased_without_breaking_the_chain(
    paired: Store, path: Path
) -> None:
    await paired.events.record([LOOK])
    octets = b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())
    assert b"Maier" not in octets
    assert b"root" not in octets
    await paired._writer.run(lambda db: db.execute("DELETE FROM event_word WHERE part = 'why'"))
    (_, look) = await paired.events.list()
    assert (look.who, look.why) == ("root", "")
    assert (await paired.events.verify()).fault == ""


async def test_several_nodes_write_one_chain(
    empty_postgres: str, vault: Vault, make: Make, open_store: OpenStore
) -> None:
    await Store.create(empty_postgres, vault)
    nodes = [await open_store(empty_postgres) for _ in range(3)]
    await nodes[0].directory.add_pairs([make.pair()])

    async def write(store: Store) -> None:
        for _ in range(20):
            await asyncio.gather(*(store.events.record([LOOK]) for _ in range(3)))

    await asyncio.gather(*map(write, nodes))
    state = await nodes[1].events.verify()
    assert (state.length, state.fault) == (181, "")


async def test_a_change_that_fails_leaves_no_event(paired: Store, make: Make) -> None:
    before = await told(paired)
    await paired.directory.set_state("k7f3q2", PairState.ENDED, NOON)
    with pytest.raises(MoveError, match="has ended, which is final; make a new one"):
        await paired.directory.set_state("k7f3q2", PairState.ACTIVE, NOON)
    assert await told(paired) == [*before, ("state", "ended")]


async def test_a_state_change_is_rolled_back_when_its_letter_cannot_be_accepted(paired: Store, make: Make) -> None:
    await paired.accept([make.acceptance(entry=make.entry(id="taken"))])
    before = await told(paired)
    letter = make.acceptance(entry=make.entry(id="taken"))
    with pytest.raises(Exception, match="contradicts"):
        await paired.directory.set_state("k7f3q2", PairState.PAUSED, NOON, letters=[letter])
    with pytest.raises(Exception, match="contradicts"):
        await paired.directory.add_pairs([make.pair("new", ("n@x.example",), ("m@x.example",))], [letter])
    pair = await paired.directory.pair("k7f3q2")
    assert pair is not None
    assert pair.state is PairState.ACTIVE
    assert await paired.directory.pair("new") is None
    assert await told(paired) == before


async def test_a_state_change_records_who_made_it_and_why(paired: Store) -> None:
    await paired.directory.set_state("k7f3q2", PairState.PAUSED, NOON, who="root", why="summer")
    await paired.directory.set_state("k7f3q2", PairState.PAUSED, NOON, who="root", why="again")
    (_, move) = await paired.events.list()
    assert (move.facts, move.who, move.why) == ({"from": "active", "to": "paused"}, "root", "summer")


async def test_a_member_is_suspended_while_their_mailbox_is_gone(paired: Store) -> None:
    gone = SuspendedRow("k7f3q2", Side.MENTOR, "Amber Heron", "550 5.1.1", NOON)
    await paired.suspensions.add("ingrid.maier@work.example", gone, None)
    member = await paired.members.on("k7f3q2", Side.MENTOR)
    assert member is not None
    assert member.state is MemberState.SUSPENDED
    assert [row.state for row in await paired.members.rows()] == [MemberState.SUSPENDED, MemberState.ACTIVE]
    await paired.suspensions.resume("ingrid.maier@work.example", NOON)
    assert (await told(paired))[1:] == [("state", "suspended"), ("state", "active")]


@pytest.mark.parametrize("before", list(PairState))
@pytest.mark.parametrize("after", list(PairState))
def test_pairs_change_state_as_the_table_allows_and_errors_name_what_is_allowed(
    before: PairState, after: PairState
) -> None:
    if after in PAIR_MOVES[before]:
        check_pair_move("k7f3q2", before, after, by_name=True)
        return
    with pytest.raises(MoveError) as refused:
        check_pair_move("k7f3q2", before, after)
    words = str(refused.value)
    assert "k7f3q2" in words
    assert all(state.value in words for state in PAIR_MOVES[before])
    assert PAIR_MOVES[before] or "relay pair create" in words


async def test_only_a_named_person_can_change_a_reported_pair(paired: Store) -> None:
    await paired.directory.set_state("k7f3q2", PairState.REPORTED, NOON)
    with pytest.raises(MoveError, match="only a named person"):
        await paired.directory.set_state("k7f3q2", PairState.ACTIVE, NOON)
    pair = await paired.directory.set_state("k7f3q2", PairState.ACTIVE, NOON, who="Ruth")
    assert pair is not None
    assert pair.state is PairState.ACTIVE


async def test_a_chain_that_grows_during_verification_has_no_fault(paired: Store) -> None:
    growing = asyncio.gather(*(paired.events.record([LOOK]) for _ in range(60)))
    states = [await paired.events.verify() for _ in range(20)]
    await growing
    assert {state.fault for state in states} == {""}


@pytest.mark.parametrize("before", list(MemberState))
def test_a_forgotten_member_stays_forgotten(before: MemberState) -> None:
    assert all(state in MEMBER_MOVES for moves in MEMBER_MOVES.values() for state in moves)
    with pytest.raises(MoveError, match="relay pair create"):
        check_member_move(MemberState.FORGOTTEN, before)
    if before is not MemberState.FORGOTTEN:
        check_member_move(before, MemberState.FORGOTTEN)


@pytest.mark.parametrize("table", ["pair", "member"])
async def test_the_database_refuses_an_unknown_state(paired: Store, table: str) -> None:
    with pytest.raises(Exception, match="contradicts"):
        await paired._writer.run(lambda db: db.execute(f"UPDATE {table} SET state = 'happy'"))
