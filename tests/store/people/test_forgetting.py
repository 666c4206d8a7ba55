"""Forgetting a member leaves pseudonyms, times and counts, and nothing else in the file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from relay.model import Echoes, Event, EventKind, JournalEntry, KeptPolicy, NewDelivery, PairState, Side
from relay.store import (
    UNPROVEN_ADDRESS,
    Acceptance,
    AddressConfirmation,
    ConfirmationRequest,
    Foreign,
    Invitation,
    LetterKey,
    Owed,
    RouteLookup,
    Store,
    StoreError,
    SuspendedRow,
)
from relay.store.engine.database import columns, tables
from relay.store.engine.keyed_hashes import address_hash
from relay.store.people.forgetting import _OF_PERSON

from ..conftest import NOON, Make

INGRID, NEW, TOMAS, VERA = "ingrid.maier@work.example", "ingrid@new.example", "tomas@home.example", "vera@home.example"
Look = Callable[..., list[tuple]]
OF_PERSON = (
    "SELECT hash FROM address WHERE member = 1",
    "SELECT sealed FROM member WHERE number = 1",
    "SELECT hash FROM address_question",
    "SELECT hash FROM question",
    "SELECT hash FROM suspended",
    "SELECT hash FROM sts_policy WHERE number = 1",
    "SELECT sealed FROM sts_policy WHERE number = 1",
    "SELECT hash FROM seen WHERE journal_id <> 'vera'",
    "SELECT hash FROM return_path WHERE journal_id <> 'vera'",
    "SELECT hash FROM thread WHERE pair_id = 'k7f3q2' AND hash IS NOT NULL",
    "SELECT sealed FROM thread WHERE pair_id = 'k7f3q2' AND sealed IS NOT NULL",
    "SELECT sealed FROM echo WHERE pair_id = 'k7f3q2'",
    "SELECT relay_id FROM thread WHERE pair_id = 'k7f3q2'",
    "SELECT sealed FROM relayed_words WHERE pair_id = 'k7f3q2'",
    "SELECT letter.sealed FROM letter JOIN journal ON journal.number = journal "
    "WHERE pair_id = 'k7f3q2' AND journal.id <> 'to-tomas'",
    "SELECT event_word.sealed FROM event_word JOIN event ON event.number = event WHERE part = 'why' AND kind = 'read'",
    "SELECT delivery.sealed FROM delivery JOIN journal ON journal.id = journal_id "
    "WHERE pair_id = 'k7f3q2' AND journal.id <> 'to-tomas'",
)


def word(owed: Owed) -> Acceptance:
    entry = JournalEntry("word", owed.pair.id, None, "notice", NOON, 0, 3)
    delivery = NewDelivery("word", "word", owed.address, "", f"{owed.count} lost".encode(), NOON, notice=True)
    return Acceptance(entry, None, (delivery,), keep=False)


async def letter(store: Store, make: Make, id: str, side: Side, **given: object) -> None:
    """Accept a letter of pair k7f3q2 with thread link and fingerprint, to be kept."""
    entry = make.entry(id=id, side=side)
    to = TOMAS if side is Side.MENTOR else INGRID
    link = make.link(f"{id}@mail.example", f"{id}@relay.example", side)
    given = {"content": f"Letter {id}. ".encode() * 2000, **given}
    accepted = make.acceptance(entry=entry, link=link, keep=True, id=id, recipient=to, **given)
    words = f"hashes of {id}".encode()
    await store.accept([replace(accepted, written=(id,), echoes=Echoes(names=(f"{id}.txt",)), remembered=words)])


async def lived_in(store: Store, make: Make) -> None:
    """Add letters of all kinds (delivered, due, sending, held, kept), confirmation requests, a suspension; and another
    pair of the mentee's, which must not change."""
    await store.directory.add_pairs([make.pair("other", mentor=(TOMAS,), mentee=(VERA,))])
    await letter(store, make, "sent", Side.MENTOR)
    await letter(store, make, "back", Side.MENTEE)
    assert len((await store.queue.claim(NOON, 1)).deliveries) == 1
    await letter(store, make, "due", Side.MENTEE)
    await letter(store, make, "held", Side.MENTOR, held=UNPROVEN_ADDRESS)
    for id, to in (("to-ingrid", INGRID), ("to-tomas", TOMAS)):
        entry = make.entry(id=id, kind="notice", side=None)
        await store.accept([make.acceptance(entry=entry, id=id, recipient=to, return_path="", notice=True)])
    entry = make.entry(id="vera", pair_id="other", side=Side.MENTEE)
    link = make.link("v@mail.example", "v@relay.example", Side.MENTEE, "other")
    await store.accept([replace(make.acceptance(entry=entry, link=link, keep=True, id="vera"), written=("vera",))])
    looked = Event(EventKind.READ, NOON, "k7f3q2", Side.MENTOR, None, "sent", who="root", why="Ingrid Maier asked")
    await store.events.record([looked])
    gone = SuspendedRow("k7f3q2", Side.MENTOR, "Amber Heron", "550 5.1.1", NOON)
    await store.suspensions.add(INGRID, gone, None)
    for address in (INGRID, VERA):
        domain = address.partition("@")[2]
        kept = KeptPolicy(domain, "1", "mode: enforce", make.later(days=7), make.later(days=1), NOON)
        await store.sts_policies.keep(kept)
    await store.members.ask(1, AddressConfirmation("t1", NEW, make.later(days=7)), [], NOON)
    entry = make.entry(id="asked")
    held = make.acceptance(entry=entry, id="asked", held=UNPROVEN_ADDRESS)
    await store.accept([replace(held, question=ConfirmationRequest("q1", "asked", None, NEW))])


async def forgotten(store: Store):
    member = await store.members.having(INGRID)
    assert member is not None
    return await store.members.forget(member.number, NOON, word)


async def test_ended_pairs_counts_and_a_notice_to_the_other_side_stay(paired: Store, make: Make) -> None:
    await lived_in(paired, make)
    done = await forgotten(paired)
    # Bounced, due, held and asked about; the notice to her. (One of them was being sent.)
    assert (done.pairs, done.deliveries) == (1, 6)
    assert not done.traces
    pair = await paired.directory.pair("k7f3q2")
    assert pair is not None
    assert (pair.state, pair.mentor.name) == (PairState.ENDED, "Amber Heron")
    due = {delivery.id: delivery.content for delivery in (await paired.queue.claim(NOON, 10)).deliveries}
    assert set(due) == {"to-tomas", "vera", "word"}
    assert due["word"] == b"2 lost"
    entries = {entry.id: entry for entry in await paired.journal.list(pair_id="k7f3q2")}
    assert entries["due"].removed == {"signature": 2}
    assert (entries["due"].outcome, entries["due"].reason) == ("failed", "forgotten")
    (looked,) = [one for one in await paired.events.list(pair_id="k7f3q2") if one.kind is EventKind.READ]
    assert (looked.journal_id, looked.who, looked.why) == ("sent", "root", "")
    assert (await paired.events.verify()).fault == ""
    assert [one async for one in paired.journal.all() if one[1] is not None and one[0].pair_id == "k7f3q2"] == []
    policies = [await paired.sts_policies.find(address.partition("@")[2]) for address in (INGRID, VERA)]
    assert [policy is None for policy in policies] == [True, False], "a domain may be one person's"


async def test_the_file_holds_nothing_of_a_forgotten_member(
    paired: Store, make: Make, look: Look, place: Path | str
) -> None:
    await lived_in(paired, make)
    found = {sql: [row[0] for row in await asyncio.to_thread(look, sql)] for sql in OF_PERSON}
    assert all(found.values()), [sql for sql, values in found.items() if not values]
    kept = await asyncio.to_thread(look, "SELECT sealed FROM delivery WHERE id = 'to-tomas'")
    values = [v.encode() if isinstance(v, str) else bytes(v) for some in found.values() for v in some]
    await forgotten(paired)
    octets = await asyncio.to_thread(_everything, look, place)
    # A long letter spans several pages, so search for both of its ends.
    assert [value for value in values if value[:40] in octets or value[-40:] in octets] == []
    assert bytes(kept[0][0]) in octets


def _everything(look: Look, place: Path | str) -> bytes:
    if isinstance(place, Path):
        log = place.with_name(place.name + "-wal")
        return place.read_bytes() + (log.read_bytes() if log.exists() else b"")
    names = look("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
    rows = [row for (name,) in names for row in look(f"SELECT * FROM {name}")]
    return b"\0".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


async def test_a_forgotten_address_is_a_strangers_and_can_be_registered_again(
    paired: Store, make: Make, vault, look: Look
) -> None:
    await lived_in(paired, make)
    await forgotten(paired)
    alias = "quiet-river.k7f3q2@relay.example"
    letter = LetterKey(("back",), (), NOON)
    assert isinstance((await paired.look_up(INGRID, [alias], letter))[alias], Foreign)
    to_them = (await paired.look_up(TOMAS, ["amber-heron.k7f3q2@relay.example"], letter)).popitem()[1]
    assert isinstance(to_them, RouteLookup)
    assert (to_them.route.pair_state, to_them.route.recipient.addresses) == (PairState.ENDED, ())
    assert to_them.before is None
    assert await paired.members.prove("t1", NOON) is None
    assert await paired.questions.find("q1", NOON) is None
    rows = [(row.pair_id, row.side, row.addresses) for row in await paired.members.rows()]
    assert rows[:2] == [("k7f3q2", Side.MENTOR, 0), ("k7f3q2", Side.MENTEE, 1)]
    await paired.directory.add_pairs([make.pair("third", mentor=(INGRID,), mentee=(VERA,))])
    member = await paired.members.having(INGRID)
    assert member is not None
    assert [part.pair.id for part in member.parts] == ["third"]
    assert await asyncio.to_thread(look, "SELECT 1 FROM address WHERE hash = ?", address_hash(vault, NEW)) == []


async def test_other_pairs_of_the_other_member_stay_active(paired: Store, make: Make) -> None:
    await lived_in(paired, make)
    await forgotten(paired)
    shown = await paired.journal.show("vera")
    assert shown is not None
    assert shown[1] is not None
    letter = LetterKey(("vera",), ("v@mail.example",), NOON)
    way = (await paired.look_up(VERA, ["amber-heron.other@relay.example"], letter)).popitem()[1]
    assert isinstance(way, RouteLookup)
    assert (way.before, way.known_ids) == ("vera", {"v@mail.example": "v@relay.example"})


async def test_forgetting_is_idempotent(paired: Store, make: Make) -> None:
    await lived_in(paired, make)
    await forgotten(paired)
    member = await paired.members.on("k7f3q2", Side.MENTOR)
    assert member is not None
    again = await paired.members.forget(member.number, NOON, word)
    assert (again.pairs, again.letters, again.deliveries) == (1, 0, 0)


async def test_a_letter_that_was_being_accepted_meanwhile_is_refused(paired: Store, make: Make) -> None:
    await forgotten(paired)
    with pytest.raises(StoreError, match="ended meanwhile"):
        await letter(paired, make, "late", Side.MENTOR)
    assert await paired.journal.show("late") is None


async def test_the_invitation_of_a_forgotten_member_is_erased(store: Store, make: Make) -> None:
    pair = make.pair("p9", mentor=(INGRID,), mentee=(VERA,))
    asked = [
        Invitation("p9", side, f"i-{side}", mailbox, "Will you take part?", "1", NOON, None, NOON)
        for side, mailbox in ((Side.MENTOR, INGRID), (Side.MENTEE, VERA))
    ]
    await store.directory.add_pairs([pair], invitations=asked)
    member = await store.members.having(INGRID)
    assert member is not None
    await store.members.forget(member.number, NOON, word)
    assert await store.invitations.find("i-mentor") is None
    assert [(one.side, one.text) for one in await store.invitations.shown("p9")] == [
        (Side.MENTEE, "Will you take part?")
    ]


async def test_every_table_is_listed_as_erased_or_without_personal_content(store: Store) -> None:
    """A new table may hold personal content: make forgetting.py erase it, then list it here."""
    names = await store._reader.run(tables)
    known = {"address", "address_question", "alias", "delivery", "journal", "letter", "member", "pair", "proof"}
    known |= {"question", "return_path", "schema_version", "seen", "suspended", "thread", "echo", "vault_key"}
    known |= {"event", "event_chain", "event_word", "hold", "job", "sts_policy", "mailbox"}
    known |= {"conversation", "conversation_letter", "relayed_words", "invitation", "dmarc_report"}
    known |= {"desk_question", "programme_letter"}
    known |= {"legal_hold", "forget_wish", "report", "reported_pair"}
    known |= {"absence", "vacation_told", "address_move", "role_mailbox", "unproven_mail", "question_code"}
    assert names | {"schema_version"} == known


async def test_every_table_that_names_a_member_is_emptied_of_theirs(store: Store) -> None:
    """A new table with a member in it: make forgetting.py delete its rows, or say here why they stay."""
    stay = {"event"}  # that something was done, and when
    elsewhere = {
        "absence",
        "forget_wish",
    }  # with the move to "forgotten", and by grant()
    named = await store._reader.run(lambda db: {one for one in tables(db) if "member" in columns(db, one)})
    deleted = {found[1] for one in _OF_PERSON if (found := re.fullmatch(r"DELETE FROM (\w+) WHERE member = \?", one))}
    assert named == deleted | stay | elsewhere
