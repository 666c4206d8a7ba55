"""A pair is created, paused, resumed and ended."""

from __future__ import annotations

from datetime import datetime

import pytest

from relay.letters.welcome import Welcome
from relay.mentoring.beginning import Beginning
from relay.mentoring.pairing import PairingError, change_state, create_pair, pair_of
from relay.mentoring.validation import Person, Request, RequestError
from relay.model import Pair, PairState
from relay.store import Store

ANNA, BO = Person("anna@a.test", "", ("Anna Berg",)), Person("bo@b.test")


async def made(store: Store, now: datetime, mentor: Person = ANNA, mentee: Person = BO) -> Pair:
    return await create_pair(Request(mentor, mentee, "spring"), store, "relay.test", Beginning(), now)


async def test_a_new_pair_is_active_and_in_the_directory(store: Store, now: datetime) -> None:
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


async def test_without_welcome_no_letter_is_sent(store: Store, now: datetime) -> None:
    await made(store, now)
    assert await store.queue.rows() == []
    assert await store.journal.list() == []


async def test_chosen_pseudonyms_are_used(store: Store, now: datetime) -> None:
    pair = await made(store, now, Person("a@a.test", "Morning Tide"), Person("b@b.test", "نهر هادئ"))
    assert (pair.mentor.name, pair.mentee.name) == ("Morning Tide", "نهر هادئ")
    assert pair.mentee.alias.startswith("letters.")


async def test_a_pseudonym_in_use_is_refused(store: Store, now: datetime) -> None:
    await made(store, now, Person("a@a.test", "Morning Tide"))
    with pytest.raises(PairingError, match="mentee name MORNING TIDE is taken"):
        await made(store, now, Person("c@a.test"), Person("d@a.test", "MORNING TIDE"))
    assert len(await store.directory.pairs()) == 1


async def test_the_same_two_people_are_a_pair_again_only_when_the_first_has_ended(store: Store, now: datetime) -> None:
    first = await made(store, now)
    with pytest.raises(PairingError, match=f"a pair already: {first.id}"):
        await made(store, now, Person("ANNA@a.test"))
    await change_state(first.id, PairState.ENDED, store, now)
    assert (await made(store, now)).id != first.id


async def test_a_request_with_errors_creates_nothing(store: Store, now: datetime, welcome: Welcome) -> None:
    with pytest.raises(RequestError):
        await create_pair(Request(Person("anna"), BO), store, "relay.test", Beginning(welcome), now)
    assert await store.directory.pairs() == []
    assert await store.queue.rows() == []


async def test_a_pair_is_paused_resumed_and_ended_for_good(store: Store, now: datetime) -> None:
    pair = await made(store, now)
    for state in (PairState.PAUSED, PairState.PAUSED, PairState.ACTIVE, PairState.ENDED, PairState.ENDED):
        assert (await change_state(pair.id, state, store, now)).state is state
    with pytest.raises(PairingError, match="has ended, which is final"):
        await change_state(pair.id, PairState.ACTIVE, store, now)


async def test_a_pair_id_is_found_in_upper_case(store: Store, now: datetime) -> None:
    pair = await made(store, now)
    assert await pair_of(f" {pair.id.upper()} ", store) == pair
    with pytest.raises(PairingError, match="there is no pair nix; relay pair list"):
        await pair_of("nix", store)
