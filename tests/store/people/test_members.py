"""Several addresses of one member: part of the identity at once, used once proven; letters go to the first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from relay.model import PairState, Route, Side
from relay.store import (
    UNPROVEN_ADDRESS,
    AddressConfirmation,
    Answer,
    Asked,
    ConfirmationRequest,
    Decision,
    Effects,
    LetterKey,
    Member,
    MemberAddress,
    RouteLookup,
    Store,
    StoreError,
    SuspendedRow,
    reachable,
)

from ..conftest import NOON, Make

OLD, NEW, OTHERS = "ingrid.maier@work.example", "Ingrid@new.example", "tomas@home.example"
ALIAS = "quiet-river.k7f3q2@relay.example"
WEEK = NOON + timedelta(days=7)


async def mentor(store: Store) -> Member:
    member = await store.members.on("k7f3q2", Side.MENTOR)
    assert member is not None
    return member


async def asked(store: Store, make: Make, token: str = "t1", address: str = NEW) -> Asked:
    notice = make.acceptance(entry=make.entry(kind="notice", side=None), recipient=address, return_path="", notice=True)
    return await store.members.ask(
        (await mentor(store)).number, AddressConfirmation(token, address, WEEK), [notice], NOON
    )


async def said_yes(store: Store, token: str) -> bool:
    """Answer the request with yes. False when there is no such request."""
    question = await store.questions.find(token, NOON)
    if question is not None:
        await store.commit(Effects(answers=(Answer(question, Decision.YES, NOON),)))
    return question is not None


async def route(store: Store, author: str) -> Route:
    found = (await store.look_up(author, [ALIAS], LetterKey((), (), NOON)))[ALIAS]
    assert isinstance(found, RouteLookup)
    return found.route


async def test_a_new_address_is_part_of_the_identity_at_once_and_used_when_proven(paired: Store, make: Make) -> None:
    assert await asked(paired, make) is Asked.ASKED
    before = await route(paired, "ingrid@new.example")
    assert not before.address_proven
    assert before.author.addresses == (OLD, NEW)
    assert (await route(paired, OLD)).address_proven

    proven = await paired.members.prove("T1", NOON)
    assert proven is not None
    assert (proven.address, proven.pair.id, proven.side, proven.letters) == (NEW, "k7f3q2", Side.MENTOR, ())
    assert (await route(paired, "INGRID@NEW.example")).address_proven
    assert (await route(paired, NEW)).author.addresses[0] == OLD
    assert await paired.members.prove("t1", NOON) is None


async def test_the_letter_that_asks_for_a_proof_is_queued_with_its_request_or_not_at_all(
    paired: Store, make: Make
) -> None:
    await asked(paired, make)
    assert [delivery.recipient for delivery in (await paired.queue.claim(NOON, 10)).deliveries] == [NEW]
    assert await asked(paired, make, address=OTHERS) is Asked.OTHERS
    assert await asked(paired, make, address=OLD.upper()) is Asked.PROVEN
    assert (await paired.queue.claim(NOON, 10)).deliveries == ()
    assert len((await mentor(paired)).addresses) == 2


async def test_of_two_requests_about_an_address_either_can_be_answered_once(paired: Store, make: Make) -> None:
    assert await asked(paired, make, "first") is Asked.ASKED
    assert await asked(paired, make, "second") is Asked.AGAIN
    assert [one.address for one in (await mentor(paired)).addresses] == [OLD, NEW]
    assert await paired.members.prove("first", NOON) is not None
    assert await paired.members.prove("second", NOON) is None


async def test_an_expired_or_unknown_token_proves_nothing(paired: Store, make: Make) -> None:
    await asked(paired, make)
    assert await paired.members.prove("t2", NOON) is None
    assert await paired.members.prove("t1", WEEK) is None
    await paired.questions.expire(WEEK)
    assert await paired.members.prove("t1", NOON) is None
    assert not (await route(paired, NEW)).address_proven
    assert await asked(paired, make, "t3") is Asked.AGAIN
    assert await paired.members.prove("t3", NOON) is not None


async def test_a_proof_releases_the_letters_from_that_address_and_no_others(paired: Store, make: Make) -> None:
    await asked(paired, make)
    await asked(paired, make, "t2", "ingrid@third.example")
    for id, address in (("mine", NEW), ("third", "ingrid@third.example")):
        held = make.acceptance(id=id, held=UNPROVEN_ADDRESS)
        await paired.accept([replace(held, question=ConfirmationRequest(f"q-{id}", id, None, address))])
    await paired.questions.expire(NOON + timedelta(days=4000))
    assert await paired.questions.open_in("k7f3q2", Side.MENTOR, UNPROVEN_ADDRESS) == 2
    assert await paired.questions.open_in("k7f3q2", Side.MENTEE, UNPROVEN_ADDRESS) == 0
    await asked(paired, make, "t4")
    proven = await paired.members.prove("t4", NOON)
    assert proven is not None
    assert [letter.released for letter in proven.letters] == [True]
    assert [row.id for row in await paired.queue.rows() if row.state == "held"] == ["third"]
    assert await said_yes(paired, "q-third")
    assert [row.id for row in await paired.queue.rows() if row.state == "held"] == []
    assert not (await route(paired, "ingrid@third.example")).address_proven
    assert not await said_yes(paired, "q-mine")


@pytest.mark.parametrize("state", [PairState.PAUSED, PairState.ENDED])
async def test_a_held_letter_of_a_paused_or_ended_pair_is_given_up_after_a_yes(
    paired: Store, make: Make, state: PairState
) -> None:
    held = make.acceptance(id="d1", held=UNPROVEN_ADDRESS)
    await paired.accept([replace(held, question=ConfirmationRequest("q1", "d1", None, NEW))])
    await paired.directory.set_state("k7f3q2", state, NOON)
    assert await said_yes(paired, "q1")
    shown = await paired.journal.show(held.entry.id)
    assert shown is not None
    assert (shown[0].outcome, shown[0].reason) == ("failed", "closed")


async def test_a_request_is_deleted_with_the_letter_that_a_coordinator_dropped(paired: Store, make: Make) -> None:
    held = make.acceptance(id="d1", held=UNPROVEN_ADDRESS)
    await paired.accept([replace(held, question=ConfirmationRequest("q1", "d1", None, NEW))])
    await paired.queue.drop("d1", NOON)
    await paired.questions.expire(NOON)
    assert not await said_yes(paired, "q1")


async def test_letters_go_to_the_primary_address(paired: Store, make: Make) -> None:
    await asked(paired, make)
    member = await mentor(paired)
    assert not await paired.members.set_primary(member.number, NEW, NOON)
    assert not await paired.members.set_primary(member.number, OTHERS, NOON)
    assert not await paired.members.set_primary(member.number, "nobody@new.example", NOON)
    await paired.members.prove("t1", NOON)
    assert await paired.members.set_primary(member.number, NEW.lower(), NOON)
    assert (await route(paired, OLD)).author.addresses == (NEW, OLD)
    assert (await route(paired, OLD)).address_proven


async def test_a_pair_cannot_be_made_with_an_unproven_address(paired: Store, make: Make) -> None:
    await asked(paired, make)
    with pytest.raises(StoreError, match="not proven yet"):
        await paired.directory.add_pairs([make.pair("second", mentor=(NEW,), mentee=("vera@home.example",))])


async def test_members_are_listed_by_pair_and_side_with_counts(paired: Store, make: Make) -> None:
    await asked(paired, make)
    gone = SuspendedRow("k7f3q2", Side.MENTEE, "Quiet River", "550 5.1.1", NOON)
    await paired.suspensions.add(OTHERS, gone, None)
    rows = await paired.members.rows()
    assert [(row.side, row.name, row.addresses, row.unproven, row.suspended_since) for row in rows] == [
        (Side.MENTOR, "Amber Heron", 2, 1, None),
        (Side.MENTEE, "Quiet River", 1, 0, NOON),
    ]


async def test_a_member_is_one_person_in_all_their_pairs(paired: Store, make: Make) -> None:
    await paired.directory.add_pairs([make.pair("second", mentor=(OTHERS,), mentee=("vera@home.example",))])
    await paired.directory.set_state("k7f3q2", PairState.ENDED, NOON)
    member = await paired.members.having("Tomas@home.example")
    assert member is not None
    assert [(part.pair.id, part.side) for part in member.parts] == [("second", Side.MENTOR), ("k7f3q2", Side.MENTEE)]
    assert await paired.members.having("nobody@home.example") is None
    assert await paired.members.on("nopair", Side.MENTOR) is None


@pytest.mark.parametrize(
    ("addresses", "best"),
    [
        ([("a", True, None), ("b", True, None)], "a"),
        ([("a", True, NOON), ("b", False, None), ("c", True, None)], "c"),
        ([("a", True, NOON), ("b", False, None)], "a"),
        ([], None),
    ],
    ids=["the first", "one that is read", "never an unproven one", "forgotten"],
)
def test_a_notice_goes_to_a_proven_address_that_is_not_suspended_if_there_is_one(
    addresses: list, best: str | None
) -> None:
    assert reachable(Member(1, tuple(MemberAddress(*one) for one in addresses), (), ())) == best


async def test_replacing_the_names_of_a_member_changes_nothing_else(paired: Store) -> None:
    before = await mentor(paired)
    await paired.members.know_as(before.number, ("Ingrid", "Müller-Maier"), NOON)
    assert await mentor(paired) == replace(before, known_as=("Ingrid", "Müller-Maier"))
    assert (await route(paired, OLD)).author.known_as == ("Ingrid", "Müller-Maier")
    await paired.members.know_as(before.number, (), NOON)
    assert (await mentor(paired)).known_as == ()


async def test_an_unknown_address_or_pair_has_no_member(paired: Store) -> None:
    assert await paired.members.having("nobody@new.example") is None
    assert await paired.members.on("unknown", Side.MENTOR) is None
    found = await paired.members.having(OTHERS.upper())
    assert found is not None and found.parts[0].side is Side.MENTEE


async def test_the_pairs_of_a_member_are_sorted_by_state(store: Store, make: Make) -> None:
    """First those that exchange letters, then paused ones, then other open ones, last those that are over."""
    await store.directory.add_pairs([make.pair(state, mentee=(f"{state}@home.example",)) for state in PairState])
    await store._writer.run(lambda db: db.execute("UPDATE pair SET state = id"))
    member = await store.members.having(OLD)
    assert member is not None
    assert [part.pair.state for part in member.parts] == [
        *(PairState.ACTIVE, PairState.CLOSING),
        PairState.PAUSED,
        *(PairState.INVITED, PairState.REPORTED),
        *(PairState.ENDED, PairState.DECLINED, PairState.EXPIRED),
    ]
