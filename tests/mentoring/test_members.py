"""Addresses and names of a member are changed, and members forgotten: which letters are sent, and what is refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from relay.home import Home
from relay.letters.member_letters import MemberLetters
from relay.letters.templates import LetterTemplates
from relay.letters.write import Writer
from relay.mentoring.beginning import Beginning
from relay.mentoring.members import (
    MemberError,
    add_address,
    forget,
    know_as,
    member_of,
    reveal,
    set_primary,
)
from relay.mentoring.pairing import change_state, create_pair
from relay.mentoring.validation import Person, Request
from relay.message.read.parse import parse
from relay.message.read.routing_headers import read_routing_headers
from relay.message.write.dkim_sign import Signer
from relay.model import Event, EventKind, JournalEntry, NewDelivery, Pair, PairState, Side
from relay.settings_file import load
from relay.states import OVER
from relay.store import Acceptance, Asked, Member, Store, SuspendedRow

ANNA, NEW, BO = "anna@a.test", "anna@new.test", "bo@b.test"
WEEK = timedelta(days=7)


@pytest.fixture
def letters(home: Home) -> MemberLetters:
    settings = load(home.toml, {})
    signer = Signer(settings.domain, home.dkim_keys(settings))
    return MemberLetters(Writer(settings, LetterTemplates(home.templates), signer, strict=True))


@pytest.fixture
async def pair(store: Store, now: datetime) -> Pair:
    """Anna, who is also known as Anna Berg, and Bo."""
    return await create_pair(
        Request(Person(ANNA, "", ("Anna Berg",)), Person(BO), ""), store, "relay.test", Beginning(), now
    )


async def anna(store: Store, pair: Pair) -> Member:
    return await member_of([pair.id, "mentor"], store)


async def due(store: Store, now: datetime) -> dict[str, bytes]:
    """The letters that are due, by recipient."""
    claimed = (await store.queue.claim(now, 100)).deliveries
    assert all(one.return_path == "" for one in claimed)
    return {one.recipient: one.content for one in claimed}


def words(content: bytes) -> str:
    return " ".join((parse(content).text or "").split())


async def events(store: Store, kind: EventKind) -> list[Event]:
    return [event for event in await store.events.list() if event.kind is kind]


async def proven(store: Store, letters: MemberLetters, pair: Pair, now: datetime, address: str = NEW) -> None:
    """Give Anna another address and prove it."""
    await add_address(await anna(store, pair), address, store, letters, now)
    asking = (await due(store, now))[address]
    token = read_routing_headers(asking).authors[0].partition("@")[0].removeprefix("c-")
    assert await store.members.prove(token, now) is not None


@pytest.mark.parametrize("words", [["PAIR", "mentor"], ["PAIR", "MENTOR"], [ANNA], ["Anna@A.test"]])
async def test_a_member_is_found_by_pair_and_side_or_by_address(words: list[str], store: Store, pair: Pair) -> None:
    found = await member_of([pair.id if word == "PAIR" else word for word in words], store)
    assert [(part.pair.id, part.side) for part in found.parts] == [(pair.id, Side.MENTOR)]
    assert [one.address for one in found.addresses] == [ANNA]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nobody@a.test"], "no member has that address"),
        (["no address@"], "."),
        (["PAIR"], "name a member by pair and side"),
        (["PAIR", "uncle"], "name a member by pair and side"),
        (["PAIR", "mentor", "more"], "name a member by pair and side"),
        ([], "name a member by pair and side"),
    ],
)
async def test_an_unknown_member_is_an_error_that_repeats_no_address(
    words: list[str], told: str, store: Store, pair: Pair
) -> None:
    with pytest.raises(MemberError, match=told) as error:
        await member_of([pair.id if word == "PAIR" else word for word in words], store)
    assert "@a.test" not in str(error.value)


async def test_a_new_address_gets_a_confirmation_request_and_a_proven_one_a_notice(
    store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    assert await add_address(await anna(store, pair), f" {NEW} ", store, letters, now) is Asked.ASKED
    sent = await due(store, now)
    assert set(sent) == {NEW, ANNA}
    assert read_routing_headers(sent[NEW]).authors[0].startswith("c-")
    assert read_routing_headers(sent[ANNA]).authors == ("help@relay.test",)
    for content in sent.values():
        mail = parse(content)
        assert mail.text and mail.html
        for shown in (mail.subject, mail.text, mail.html):
            assert "anna" not in shown.lower()
            assert BO not in shown
    member = await anna(store, pair)
    assert [(one.address, one.proven) for one in member.addresses] == [(ANNA, True), (NEW, False)]


async def test_the_request_is_sent_again_until_the_address_is_proven(
    store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    await add_address(await anna(store, pair), NEW, store, letters, now)
    assert await add_address(await anna(store, pair), NEW, store, letters, now) is Asked.AGAIN
    await proven(store, letters, pair, now)
    with pytest.raises(MemberError, match="already, and proven"):
        await add_address(await anna(store, pair), NEW, store, letters, now)


async def test_a_late_answer_proves_nothing(store: Store, letters: MemberLetters, pair: Pair, now: datetime) -> None:
    await add_address(await anna(store, pair), NEW, store, letters, now)
    asking = (await due(store, now))[NEW]
    token = read_routing_headers(asking).authors[0].partition("@")[0].removeprefix("c-")
    (days,) = map(int, re.findall(r"After (\d+) days", words(asking)))
    assert await store.members.prove(token, now + timedelta(days=days, seconds=1)) is None
    assert await store.members.prove(token, now + timedelta(days=days, seconds=-1)) is not None


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (BO, "belongs to another member"),
        ("no address", "."),
        ("someone@relay.test", "."),
        ("", "."),
    ],
)
async def test_an_address_that_cannot_be_added_is_refused_and_no_letter_is_sent(
    address: str, told: str, store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    with pytest.raises(MemberError, match=told):
        await add_address(await anna(store, pair), address, store, letters, now)
    assert await due(store, now) == {}
    assert [one.address for one in (await anna(store, pair)).addresses] == [ANNA]


async def test_who_has_no_open_pair_gets_no_address(
    store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    await change_state(pair.id, PairState.PAUSED, store, now)
    await add_address(await anna(store, pair), NEW, store, letters, now)
    await change_state(pair.id, PairState.ENDED, store, now)
    with pytest.raises(MemberError, match="are over"):
        await add_address(await anna(store, pair), "third@a.test", store, letters, now)


@pytest.mark.parametrize("state", list(PairState))
async def test_only_a_member_of_a_pair_that_is_not_over_is_asked_for_an_address(
    state: PairState, store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    await store._writer.run(lambda db: db.execute("UPDATE pair SET state = ?", (state.value,)))
    member = await anna(store, pair)
    if state in OVER:
        with pytest.raises(MemberError, match="are over"):
            await add_address(member, NEW, store, letters, now)
    else:
        assert await add_address(member, NEW, store, letters, now) is Asked.ASKED


async def test_names_are_tidied_added_once_and_removed(store: Store, pair: Pair, now: datetime) -> None:
    assert await know_as(await anna(store, pair), "  Anna\tBergström ", store, now, add=True) == (
        "Anna Berg",
        "Anna Bergström",
    )
    assert await know_as(await anna(store, pair), "Anna Berg", store, now, add=True) == ("Anna Bergström", "Anna Berg")
    assert await know_as(await anna(store, pair), "Anna Bergström", store, now, add=False) == ("Anna Berg",)
    assert (await anna(store, pair)).known_as == ("Anna Berg",)


@pytest.mark.parametrize(
    ("text", "add", "told"),
    [
        ("", True, "one line of at most 200 characters"),
        (" \n", True, "one line of at most 200 characters"),
        ("x" * 201, True, "one line of at most 200 characters"),
        ("A\x00nna", True, "one line of at most 200 characters"),
        ("Nobody", False, "none of the registered names"),
    ],
)
async def test_an_unfit_name_changes_nothing(
    text: str, add: bool, told: str, store: Store, pair: Pair, now: datetime
) -> None:
    with pytest.raises(MemberError, match=told):
        await know_as(await anna(store, pair), text, store, now, add=add)
    assert (await anna(store, pair)).known_as == ("Anna Berg",)


async def test_a_name_of_200_characters_is_accepted(store: Store, pair: Pair, now: datetime) -> None:
    assert await know_as(await anna(store, pair), "x" * 200, store, now, add=True) == ("Anna Berg", "x" * 200)


async def test_letters_go_to_the_new_primary_address_and_the_old_one_gets_a_notice(
    store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    await proven(store, letters, pair, now)
    await set_primary(await anna(store, pair), NEW.upper(), store, letters, now)
    assert [one.address for one in (await anna(store, pair)).addresses] == [NEW, ANNA]
    told = await due(store, now)
    assert set(told) == {ANNA}
    mail = parse(told[ANNA])
    assert "new.test" not in f"{mail.subject}{mail.text}{mail.html}"
    with pytest.raises(MemberError, match="already; nothing was changed"):
        await set_primary(await anna(store, pair), NEW, store, letters, now)


@pytest.mark.parametrize("address", [NEW, BO, "unknown@a.test"])
async def test_only_a_proven_address_of_the_member_can_be_primary(
    address: str, store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    await add_address(await anna(store, pair), NEW, store, letters, now)
    await due(store, now)
    with pytest.raises(MemberError, match="no proven address"):
        await set_primary(await anna(store, pair), address, store, letters, now)
    assert await due(store, now) == {}


@pytest.mark.parametrize("why", ["suspended", *OVER])
async def test_a_suspended_address_or_a_pair_that_is_over_gets_no_notice(
    why: str, store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    await proven(store, letters, pair, now)
    if why in OVER:
        await store._writer.run(lambda db: db.execute("UPDATE pair SET state = ?", (str(why),)))
    else:
        row = SuspendedRow(pair.id, Side.MENTOR, pair.mentor.name, "550 5.1.1", now)
        await store.suspensions.add(ANNA, row, None)
    await set_primary(await anna(store, pair), NEW, store, letters, now)
    assert await due(store, now) == {}


async def test_revealing_an_address_is_recorded_with_who_and_why(store: Store, pair: Pair, now: datetime) -> None:
    await reveal(await anna(store, pair), "desk", "she\nasked", store, now)
    (event,) = await events(store, EventKind.REVEALED)
    assert (event.pair_id, event.side, event.who, event.why) == (pair.id, Side.MENTOR, "desk", "she asked")


async def test_a_forgotten_member_is_erased_and_their_partner_gets_a_notice(
    home: Home, store: Store, letters: MemberLetters, pair: Pair, now: datetime
) -> None:
    entry = JournalEntry("j1", pair.id, Side.MENTEE, "letter", now, 3, 3)
    owed = NewDelivery("d1", "j1", ANNA, "b-1@relay.test", b"hello", now)
    await store.accept([Acceptance(entry, None, (owed,), keep=True)])
    before = await anna(store, pair)
    done = await forget(before, "desk", store, letters, now, home=home)
    assert (done.pairs, done.deliveries) == (1, 1)
    told = await due(store, now)
    assert set(told) == {BO}
    assert f"Your exchange with {pair.mentor.name} has ended. One letter of yours did not arrive" in words(told[BO])
    member = await anna(store, pair)
    assert (member.addresses, member.known_as) == ((), ())
    assert member.parts[0].pair.state is PairState.ENDED
    (event,) = await events(store, EventKind.FORGOTTEN)
    assert (event.who, event.pair_id, event.member) == ("desk", pair.id, before.number)
    with pytest.raises(MemberError, match="was forgotten"):
        await add_address(member, NEW, store, letters, now)
