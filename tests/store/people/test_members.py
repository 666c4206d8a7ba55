"""A member has several addresses: known at once, used once somebody answered from there; letters go to the first."""

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
    """Answer the question with yes. False when there is none to be answered."""
    question = await store.questions.find(token, NOON)
    if question is not None:
        await store.commit(Effects(answers=(Answer(question, Decision.YES, NOON),)))
    return question is not None


async def route(store: Store, author: str) -> Route:
    found = (await store.look_up(author, [ALIAS], LetterKey((), (), NOON)))[ALIAS]
    assert isinstance(found, RouteLookup)
    return found.route


async def test_a_new_address_is_kept_from_the_other_side_at_once_and_used_when_it_is_proven(
    paired: Store, make: Make
) -> None:
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


async def test_what_asks_for_the_proof_is_due_with_the_question_or_not_at_all(paired: Store, make: Make) -> None:
    await asked(paired, make)
    assert [delivery.recipient for delivery in (await paired.queue.claim(NOON, 10)).deliveries] == [NEW]
    assert await asked(paired, make, address=OTHERS) is Asked.OTHERS
    assert await asked(paired, make, address=OLD.upper()) is Asked.PROVEN
    assert (await paired.queue.claim(NOON, 10)).deliveries == ()
    assert len((await mentor(paired)).addresses) == 2


async def test_asked_for_again_either_letter_may_be_answered_once(paired: Store, make: Make) -> None:
    assert await asked(paired, make, "first") is Asked.ASKED
    assert await asked(paired, make, "second") is Asked.AGAIN
    assert [one.address for one in (await mentor(paired)).addresses] == [OLD, NEW]
    assert await paired.members.prove("first", NOON) is not None
    assert await paired.members.prove("second", NOON) is None


async def test_an_answer_that_comes_too_late_or_was_guessed_proves_nothing(paired: Store, make: Make) -> None:
    await asked(paired, make)
    assert await paired.members.prove("t2", NOON) is None
    assert await paired.members.prove("t1", WEEK) is None
    await paired.questions.expire(WEEK)
    assert await paired.members.prove("t1", NOON) is None
    assert not (await route(paired, NEW)).address_proven
    assert await asked(paired, make, "t3") is Asked.AGAIN
    assert await paired.members.prove("t3", NOON) is not None


async def test_a_proof_lets_the_letters_go_that_waited_for_it_and_no_others(paired: Store, make: Make) -> None:
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
async def test_a_held_letter_of_a_pair_that_closed_meanwhile_is_given_up_when_it_is_answered(
    paired: Store, make: Make, state: PairState
) -> None:
    held = make.acceptance(id="d1", held=UNPROVEN_ADDRESS)
    await paired.accept([replace(held, question=ConfirmationRequest("q1", "d1", None, NEW))])
    await paired.directory.set_state("k7f3q2", state, NOON)
    assert await said_yes(paired, "q1")
    shown = await paired.journal.show(held.entry.id)
    assert shown is not None
    assert (shown[0].outcome, shown[0].reason) == ("failed", "closed")


async def test_a_question_goes_with_the_letter_a_coordinator_decided_on(paired: Store, make: Make) -> None:
    held = make.acceptance(id="d1", held=UNPROVEN_ADDRESS)
    await paired.accept([replace(held, question=ConfirmationRequest("q1", "d1", None, NEW))])
    await paired.queue.drop("d1", NOON)
    await paired.questions.expire(NOON)
    assert not await said_yes(paired, "q1")


async def test_letters_go_to_the_address_that_is_made_the_first(paired: Store, make: Make) -> None:
    await asked(paired, make)
    member = await mentor(paired)
    assert not await paired.members.set_primary(member.number, NEW, NOON)
    assert not await paired.members.set_primary(member.number, OTHERS, NOON)
    assert not await paired.members.set_primary(member.number, "nobody@new.example", NOON)
    await paired.members.prove("t1", NOON)
    assert await paired.members.set_primary(member.number, NEW.lower(), NOON)
    assert (await route(paired, OLD)).author.addresses == (NEW, OLD)
    assert (await route(paired, OLD)).address_proven


async def test_a_pair_is_not_made_with_an_address_that_is_not_proven(paired: Store, make: Make) -> None:
    await asked(paired, make)
    with pytest.raises(StoreError, match="not proven yet"):
        await paired.directory.add_pairs([make.pair("second", mentor=(NEW,), mentee=("vera@home.example",))])


async def test_everybody_is_listed_by_pair_and_side_with_counts(paired: Store, make: Make) -> None:
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
def test_a_member_is_told_where_they_can_be_told_safely(addresses: list, best: str | None) -> None:
    assert reachable(Member(1, tuple(MemberAddress(*one) for one in addresses), (), ())) == best


async def test_the_names_of_a_member_are_replaced_and_nothing_else_is(paired: Store) -> None:
    before = await mentor(paired)
    await paired.members.know_as(before.number, ("Ingrid", "Müller-Maier"), NOON)
    assert await mentor(paired) == replace(before, known_as=("Ingrid", "Müller-Maier"))
    assert (await route(paired, OLD)).author.known_as == ("Ingrid", "Müller-Maier")
    await paired.members.know_as(before.number, (), NOON)
    assert (await mentor(paired)).known_as == ()


async def test_nobody_has_an_unknown_address_or_is_in_an_unknown_pair(paired: Store) -> None:
    assert await paired.members.having("nobody@new.example") is None
    assert await paired.members.on("unknown", Side.MENTOR) is None
    found = await paired.members.having(OTHERS.upper())
    assert found is not None and found.parts[0].side is Side.MENTEE


async def test_the_pairs_of_a_member_are_sorted_by_what_they_still_do(store: Store, make: Make) -> None:
    """First those that exchange letters, then paused ones, then the other open ones; those that are over last."""
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
