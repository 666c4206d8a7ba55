"""Reports keep a pair from being deleted by age, and are erased with their member."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from relay.model import Identity, JournalEntry, NewDelivery, NewPair, PairState, Persona, Side, ThreadLink
from relay.states import MoveError
from relay.store import (
    Acceptance,
    Authorship,
    Cutoffs,
    Effects,
    Member,
    PairNamed,
    PairsReported,
    ReportAnswered,
    Store,
    StoreError,
)

JANE, OMAR, ANN = "jane@real.example", "omar@home.example", "ann@school.example"
NOON = datetime.fromisoformat("2026-03-01T12:00:00+00:00")


def new_pair(id: str, mentee: str) -> NewPair:
    names = Persona(f"Amber {id}", f"amber.{id}@relay.test"), Persona(f"Quiet {id}", f"quiet.{id}@relay.test")
    return NewPair(id, *names, Identity((JANE,)), Identity((mentee,)), "", "en", NOON)


def letter(id: str, pair: str = "p1") -> Acceptance:
    entry = JournalEntry(id, pair, Side.MENTOR, "letter", NOON, 3, 3)
    delivery = NewDelivery(f"d-{id}", id, OMAR, f"b-{1:024}@relay.test", b"letter", NOON)
    return Acceptance(entry, ThreadLink(pair, Side.MENTOR, None, f"{id}@relay.test"), (delivery,), keep=True)


async def member(store: Store, address: str = JANE) -> Member:
    found = await store.members.having(address)
    assert found is not None
    return found


async def report(store: Store, *pairs: str, mail: bytes = b"", now: datetime = NOON) -> None:
    jane = await member(store)
    parts = [part for part in jane.parts if part.pair.id in pairs]
    change = PairsReported(jane.number, parts, Authorship.PROVEN, now, "contact", now + timedelta(hours=4), mail)
    await store.commit(Effects(changes=(change,)))


@pytest.fixture
async def people(store: Store) -> Store:
    await store.directory.add_pairs([new_pair("p1", OMAR), new_pair("p2", ANN)])
    return store


def cutoffs(at: datetime) -> Cutoffs:
    return Cutoffs(**dict.fromkeys(Cutoffs.__dataclass_fields__, at))


async def test_nothing_of_a_reported_pair_is_deleted_by_age_until_a_person_has_decided(people: Store) -> None:
    await people.accept([letter("j1")])
    assert await people.queue.drop("d-j1", NOON)
    await report(people, "p1")
    later = NOON + timedelta(days=900)
    await people.retention.delete(cutoffs(later))
    shown = await people.journal.show("j1")
    assert shown is not None and len(await people.events.list()) > 0
    await people.directory.set_state("p1", PairState.ENDED, later, who="petra", why="not safe")
    await people.retention.delete(cutoffs(later + timedelta(days=1)))
    assert await people.journal.show("j1") is None
    assert await people._reader.run(lambda db: db.execute("SELECT count(*) FROM report").fetchone()[0]) == 0


async def test_the_mail_is_kept_until_it_was_answered_or_decided(people: Store) -> None:
    for answered in (True, False):
        await report(people, "p1", mail=b"He knows my name.")
        (one,) = await people.reports.about("p1")
        assert one.mail == b"He knows my name." and one.told == "contact"
        if answered:
            await people.commit(Effects(changes=(ReportAnswered("p1", Side.MENTOR, NOON),)))
            (one,) = await people.reports.about("p1")
            assert one.mail == b"" and one.answered_at == NOON
        await people.directory.set_state("p1", PairState.ACTIVE, NOON, who="petra")
        rows = await people._reader.run(lambda db: db.execute("SELECT sealed FROM report").fetchall())
        assert {row[0] for row in rows} == {None}


async def test_only_a_named_person_leaves_the_state(people: Store) -> None:
    await report(people, "p1")
    with pytest.raises(MoveError, match="only a named person"):
        await people.directory.set_state("p1", PairState.ACTIVE, NOON)
    with pytest.raises(MoveError, match="cannot become paused"):
        await people.directory.set_state("p1", PairState.PAUSED, NOON, who="petra")


async def test_a_letter_that_is_being_accepted_meanwhile_is_put_off(people: Store) -> None:
    await report(people, "p1")
    with pytest.raises(StoreError, match="was reported"):
        await people.accept([letter("j1")])
    await people.accept([letter("j2", "p2")])


async def test_the_same_member_cannot_report_a_pair_twice(people: Store) -> None:
    await report(people, "p1")
    with pytest.raises(StoreError, match="reported meanwhile"):
        await report(people, "p1", "p2")
    pair = await people.directory.pair("p2")
    assert pair is not None and pair.state is PairState.ACTIVE


async def test_a_pair_that_the_other_member_has_reported_too_does_not_go_on(people: Store) -> None:
    await report(people, "p1", "p2")
    ann, jane = await member(people, ANN), await member(people)
    change = PairsReported(ann.number, ann.parts, Authorship.PROVEN, NOON)
    await people.commit(Effects(changes=(change,)))
    named = next(part for part in jane.parts if part.pair.id == "p1")
    await people.commit(Effects(changes=(PairNamed(named, jane.number, NOON),)))
    pair = await people.directory.pair("p2")
    assert pair is not None and pair.state is PairState.REPORTED
    assert [one.member for one in await people.reports.about("p2")] == [ann.number]


async def test_a_member_who_is_forgotten_takes_their_reports_along(people: Store) -> None:
    await report(people, "p1", mail=b"He knows my name.")
    jane = await member(people)
    await people.members.forget(jane.number, NOON, None, who="root")
    for table in ("report", "reported_pair"):
        rows = await people._reader.run(lambda db, table=table: db.execute(f"SELECT 1 FROM {table}").fetchall())
        assert rows == []
