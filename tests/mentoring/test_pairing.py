"""A pair begins, rests, goes on and ends."""

from __future__ import annotations

from datetime import datetime

import pytest

from relay.letters.welcome import Welcome
from relay.mentoring.pairing import PairingError, change_state, create_pair, pair_of
from relay.mentoring.validation import Person, Request, RequestError
from relay.model import Pair, PairState
from relay.store import Store

ANNA, BO = Person("anna@a.test", "", ("Anna Berg",)), Person("bo@b.test")


async def made(store: Store, now: datetime, mentor: Person = ANNA, mentee: Person = BO) -> Pair:
    return await create_pair(Request(mentor, mentee, "spring"), store, "relay.test", None, now)


async def test_a_new_pair_is_open_and_in_the_directory(store: Store, now: datetime) -> None:
    pair = await made(store, now)
    assert pair.state is PairState.ACTIVE
    assert await store.directory.pair(pair.id) == pair
    identities = await store.directory.identities(pair.id)
    assert identities
    assert identities[0].addresses == ("anna@a.test",)
    assert identities[0].known_as == ("Anna Berg",)
    assert identities[1].addresses == ("bo@b.test",)
    assert pair.mentor.name != pair.mentee.name
    assert pair.mentor.alias.endswith("@relay.test")


async def test_a_silent_pair_writes_to_nobody(store: Store, now: datetime) -> None:
    await made(store, now)
    assert await store.queue.rows() == []
    assert await store.journal.list() == []


async def test_names_that_are_wished_for_are_given(store: Store, now: datetime) -> None:
    pair = await made(store, now, Person("a@a.test", "Morning Tide"), Person("b@b.test", "نهر هادئ"))
    assert (pair.mentor.name, pair.mentee.name) == ("Morning Tide", "نهر هادئ")
    assert pair.mentee.alias.startswith("letters.")


async def test_a_name_that_somebody_has_is_not_given_twice(store: Store, now: datetime) -> None:
    await made(store, now, Person("a@a.test", "Morning Tide"))
    with pytest.raises(PairingError, match="mentee name MORNING TIDE is taken"):
        await made(store, now, Person("c@a.test"), Person("d@a.test", "MORNING TIDE"))
    assert len(await store.directory.pairs()) == 1


async def test_the_same_two_are_not_made_a_pair_twice_until_theirs_has_ended(store: Store, now: datetime) -> None:
    first = await made(store, now)
    with pytest.raises(PairingError, match=f"a pair already: {first.id}"):
        await made(store, now, Person("ANNA@a.test"))
    await change_state(first.id, PairState.ENDED, store, now)
    assert (await made(store, now)).id != first.id


async def test_what_is_wrong_with_the_people_stops_everything(store: Store, now: datetime, welcome: Welcome) -> None:
    with pytest.raises(RequestError):
        await create_pair(Request(Person("anna"), BO), store, "relay.test", welcome, now)
    assert await store.directory.pairs() == []
    assert await store.queue.rows() == []


async def test_a_pair_rests_goes_on_and_ends_for_good(store: Store, now: datetime) -> None:
    pair = await made(store, now)
    for state in (PairState.PAUSED, PairState.PAUSED, PairState.ACTIVE, PairState.ENDED, PairState.ENDED):
        assert (await change_state(pair.id, state, store, now)).state is state
    with pytest.raises(PairingError, match="has ended, and stays so"):
        await change_state(pair.id, PairState.ACTIVE, store, now)


async def test_a_pair_is_found_in_whatever_case_its_id_is_read_out(store: Store, now: datetime) -> None:
    pair = await made(store, now)
    assert await pair_of(f" {pair.id.upper()} ", store) == pair
    with pytest.raises(PairingError, match="there is no pair nix; relay pair list"):
        await pair_of("nix", store)
