"""Who asks to be forgotten under a legal hold is forgotten by a job after it, and stays so after a restore."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from relay import ledger
from relay.home import Home
from relay.letters.member_letters import MemberLetters
from relay.letters.welcome import Welcome
from relay.mentoring.legal_hold import forget_wished, hold_legal
from relay.mentoring.members import forget
from relay.mentoring.pairing import PairingError
from relay.model import EventKind, Identity, JournalEntry, NewDelivery, NewPair, PairState, Persona, Side
from relay.operations.backup import back_up
from relay.operations.restore import restore
from relay.store import Acceptance, LegalHoldError, Member, Store

JANE, OMAR = "jane@real.example", "omar@home.example"


@pytest.fixture
def letters(welcome: Welcome) -> MemberLetters:
    return MemberLetters(welcome.writer)


async def paired(store: Store, now: datetime) -> Member:
    """Jane and Omar, and a kept letter of Jane's. Returns Jane."""
    names = Persona("Amber Heron", "amber.p1@relay.test"), Persona("Quiet River", "quiet.p1@relay.test")
    people = Identity((JANE,), ("Jane Doe",)), Identity((OMAR,))
    await store.directory.add_pairs([NewPair("p1", *names, *people, "", "en", now)])
    entry = JournalEntry("j1", "p1", Side.MENTOR, "letter", now, 3, 3)
    delivery = NewDelivery("d1", "j1", OMAR, f"b-{1:024}@relay.test", b"letter", now)
    await store.accept([Acceptance(entry, None, (delivery,), keep=True)])
    return await found(store)


async def found(store: Store, address: str = JANE) -> Member:
    member = await store.members.having(address)
    assert member is not None
    return member


async def test_forgetting_is_refused_before_the_ledger_names_anybody(
    store: Store, home: Home, letters: MemberLetters, now: datetime
) -> None:
    jane = await paired(store, now)
    await hold_legal("p1", store, now, on=True, who="root", why="file 12")
    with pytest.raises(LegalHoldError, match="relay pair hold-legal p1 off --reason TEXT"):
        await forget(jane, "root", store, letters, now, home=home)
    assert not home.forgotten.exists()
    assert await store.journal.show("j1") is not None


async def test_the_job_waits_for_the_hold_and_then_forgets(
    store: Store, home: Home, letters: MemberLetters, now: datetime
) -> None:
    jane = await paired(store, now)
    await hold_legal("P1", store, now, on=True, who="root", why="file 12")
    await store.legal_holds.wish(jane.number, now, who="the member")
    assert await forget_wished(store, letters, now, home=home) == now + timedelta(hours=1)
    assert await store.members.having(JANE) is not None
    await hold_legal("p1", store, now, on=False, who="root", why="closed")
    assert await forget_wished(store, letters, now, home=home) is None
    assert await store.members.having(JANE) is None
    shown = await store.journal.show("j1")
    assert shown is not None
    assert shown[1] is None
    assert ledger.read([home.forgotten], home.read_vault()).holds(jane.parts[0].key)
    assert [one.kind for one in await store.events.list()].count(EventKind.FORGOTTEN) == 1


async def test_a_restored_hold_keeps_who_was_forgotten_later_until_it_is_lifted(
    store: Store, home: Home, letters: MemberLetters, now: datetime, tmp_path: Path
) -> None:
    """A court may need what a backup holds: the hold goes before the ledger, and the wish is not lost."""
    jane = await paired(store, now)
    await hold_legal("p1", store, now, on=True, who="root", why="file 12")
    await back_up(home, store, tmp_path / "b", now, keys=False)
    await hold_legal("p1", store, now, on=False, who="root", why="closed")
    await forget(jane, "root", store, letters, now, home=home)
    new = Home(tmp_path / "new")
    shutil.copytree(home.keys, new.keys)
    made = await restore(new, tmp_path / "b", now, hold=False)
    assert (made.forgotten, made.kept) == (0, ("p1",))
    again = await Store.open(new.db, new.read_vault())
    try:
        assert await again.legal_holds.all() == {"p1": now}
        kept = await found(again)
        assert kept.parts[0].pair.state is PairState.ENDED
        shown = await again.journal.show("j1")
        assert shown is not None
        assert shown[1] == b"letter"
        await hold_legal("p1", again, now, on=False, who="root", why="closed")
        assert await forget_wished(again, letters, now, home=new) is None
        assert await again.members.having(JANE) is None
    finally:
        await again.close()


async def test_a_hold_needs_a_reason_and_a_pair(store: Store, now: datetime) -> None:
    await paired(store, now)
    with pytest.raises(PairingError, match="needs a reason"):
        await hold_legal("p1", store, now, on=True, who="root", why=" \n")
    with pytest.raises(PairingError, match="there is no pair"):
        await hold_legal("p7", store, now, on=True, who="root", why="file 12")
    assert await store.legal_holds.all() == {}
