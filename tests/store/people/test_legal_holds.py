"""A legal hold keeps all of a pair: nothing is deleted by age, and nobody is forgotten, until it is lifted."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from relay.model import Echoes, Event, EventKind, MemberState, PairState, Side
from relay.store import FORGET_WISHED, Cutoffs, LegalHoldError, OldRows, Store

from ..conftest import NOON, Make

LATER = NOON + timedelta(days=900)
READ = Event(EventKind.READ, NOON, "k7f3q2", Side.MENTOR, who="root", why="a judge asks")


def cutoffs(at: datetime) -> Cutoffs:
    return Cutoffs(*[at] * len(fields(Cutoffs)))


async def two_pairs(store: Store, make: Make) -> None:
    """Pair k7f3q2, and another of two other people; a kept letter with all that belongs to it in each."""
    others = make.pair("other", mentor=("vera@home.example",), mentee=("omar@home.example",))
    await store.directory.add_pairs([make.pair(), others])
    for pair in ("k7f3q2", "other"):
        entry = make.entry(id=f"letter-{pair}", pair_id=pair)
        link = make.link(f"{pair}@mail.example", f"{pair}@relay.example", pair=pair)
        accepted = make.acceptance(entry=entry, link=link, keep=True, id=f"d-{pair}")
        await store.accept([replace(accepted, echoes=Echoes(names=("a.txt",)), remembered=b"hashes")])
    await store._writer.run(lambda db: db.execute("DELETE FROM delivery"))
    await store._writer.run(lambda db: db.execute("UPDATE journal SET outcome = 'delivered'"))


async def on_hold(store: Store, pair: str = "k7f3q2") -> bool:
    return await store.legal_holds.put(pair, NOON, on=True, who="root", why="file 12/2026")


async def test_a_hold_is_put_on_and_lifted_once_with_who_and_why(paired: Store) -> None:
    assert await on_hold(paired)
    assert not await on_hold(paired)
    assert await paired.legal_holds.all() == {"k7f3q2": NOON}
    assert await paired.legal_holds.put("k7f3q2", LATER, on=False, who="olga", why="closed")
    assert not await paired.legal_holds.put("k7f3q2", LATER, on=False, who="olga", why="closed")
    assert await paired.legal_holds.all() == {}
    told = [one for one in await paired.events.list() if one.kind is EventKind.LEGAL_HOLD]
    assert [(one.facts["to"], one.who, one.why) for one in told] == [
        ("on", "root", "file 12/2026"),
        ("off", "olga", "closed"),
    ]


async def test_retention_deletes_everything_of_the_other_pair_and_nothing_of_the_one_on_hold(
    store: Store, make: Make
) -> None:
    await two_pairs(store, make)
    await on_hold(store)
    await store.events.record([READ, replace(READ, pair_id="other"), replace(READ, pair_id=None)])
    before = [event for event in await store.events.list() if event.pair_id == "k7f3q2"]
    deleted = await store.retention.delete(cutoffs(LATER))
    assert (deleted.letters, deleted.journal, deleted.echoes, deleted.relayed_words) == (1, 1, 1, 1)
    assert {entry.id: content is not None async for entry, content in store.journal.all()} == {"letter-k7f3q2": True}
    assert await store.events.list() == before
    assert (await store.events.verify()).fault == ""
    assert await store.retention.overdue(cutoffs(LATER)) == OldRows()
    assert await store.retention.delete(cutoffs(LATER)) == OldRows()


async def test_after_the_hold_everything_old_is_deleted_and_the_chain_stays_valid(store: Store, make: Make) -> None:
    await two_pairs(store, make)
    await on_hold(store)
    await store.events.record([replace(READ, pair_id="other"), READ])
    await store.retention.delete(cutoffs(LATER))
    await store.legal_holds.put("k7f3q2", LATER, on=False, who="root", why="closed")
    assert (await store.retention.overdue(cutoffs(LATER))).events > 0
    await store.retention.delete(cutoffs(LATER))
    assert [entry.id async for entry, _ in store.journal.all()] == []
    assert [one.kind for one in await store.events.list()] == [EventKind.LEGAL_HOLD]
    assert (await store.events.verify()).fault == ""
    left = await store._reader.run(lambda db: db.execute("SELECT count(*) FROM event").fetchone()[0])
    assert left == 1


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE event SET kind = '', facts = '{}' WHERE place = 4",
        "UPDATE event SET kind = '', digest = (SELECT digest FROM event WHERE kind = '' LIMIT 1) WHERE place = 4",
        "UPDATE event SET kind = 'read' WHERE kind = ''",
        "DELETE FROM event WHERE kind = ''",
    ],
)
async def test_nobody_empties_an_event_without_the_key(store: Store, make: Make, tampering: str) -> None:
    await two_pairs(store, make)
    await on_hold(store)
    await store.events.record([replace(READ, pair_id="other"), READ])
    await store.retention.delete(cutoffs(LATER))
    assert (await store.events.verify()).fault == ""
    await store._writer.outside(lambda db: db.execute("DELETE FROM event_word"))
    await store._writer.outside(lambda db: db.execute("UPDATE event SET digest = digest"))
    await store._writer.outside(lambda db: db.execute(tampering))
    assert (await store.events.verify()).fault != ""


async def test_nobody_of_a_pair_on_hold_is_forgotten_not_even_for_another_pair(store: Store, make: Make) -> None:
    await store.directory.add_pairs(
        [make.pair(), make.pair("p2", mentor=("v@x.example",), mentee=("tomas@home.example",))]
    )
    await on_hold(store, "p2")
    tomas = await store.members.having("tomas@home.example")
    assert tomas is not None
    with pytest.raises(LegalHoldError, match="pair p2 is on legal hold"):
        await store.members.forget(tomas.number, NOON, None, who="root")
    assert await store.members.having("tomas@home.example") == tomas
    ingrid = await store.members.having("ingrid.maier@work.example")
    assert ingrid is not None
    await store.members.forget(ingrid.number, NOON, None, who="root")


async def test_a_member_who_asks_to_be_forgotten_leaves_at_once_and_waits(paired: Store) -> None:
    await on_hold(paired)
    member = await paired.members.having("tomas@home.example")
    assert member is not None
    for _ in range(2):
        await paired.legal_holds.wish(member.number, NOON, who="the member")
    after = await paired.members.having("tomas@home.example")
    assert after is not None
    assert (after.state, after.parts[0].pair.state) == (MemberState.LEFT, PairState.ENDED)
    assert await paired.legal_holds.wishes() == {member.number: NOON}
    assert [one.name for one in await paired.jobs.rows()] == [FORGET_WISHED]
    assert [one.kind for one in await paired.events.list()].count(EventKind.FORGET_ASKED) == 1
    await paired.legal_holds.put("k7f3q2", NOON, on=False, who="root", why="closed")
    await paired.members.forget(member.number, NOON, None, who="root")
    assert await paired.legal_holds.wishes() == {}


async def test_a_reported_pair_keeps_its_member_but_only_from_their_own_wish(paired: Store) -> None:
    await paired.directory.set_state("k7f3q2", PairState.REPORTED, NOON)
    member = await paired.members.having("tomas@home.example")
    assert member is not None
    assert await paired.legal_holds.keeping(member.number) == ("k7f3q2",)
    await paired.legal_holds.wish(member.number, NOON, who="the member")
    pair = await paired.directory.pair("k7f3q2")
    assert pair is not None
    assert pair.state is PairState.REPORTED
    await paired.directory.set_state("k7f3q2", PairState.ENDED, NOON, who="olga")
    assert await paired.legal_holds.keeping(member.number) == ()
