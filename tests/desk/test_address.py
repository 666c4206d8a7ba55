"""ADDRESS: a member's letters go to another mailbox when both mailboxes agree, and neither is named to the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from relay.message.read.parse import parse
from relay.model import EventKind, Side
from relay.store import Member, SuspendedRow

from .conftest import DOMAIN, JANE, OMAR, AtTheDesk, code_in, field_of

NEW = "jane.doe@new.example"


async def member(desk: AtTheDesk) -> Member:
    found = await desk.inbound.store.members.on("p1", Side.MENTOR)
    assert found is not None
    return found


async def addresses(desk: AtTheDesk) -> list[tuple[str, bool]]:
    return [(one.address, one.proven) for one in (await member(desk)).addresses]


def text_of(letter: Any) -> str:
    return " ".join((parse(letter.content).text or "").split())


async def asked(desk: AtTheDesk, line: str = f"address {NEW}") -> tuple[Any, Any]:
    """The questions at the old mailbox and at the new one."""
    assert (await desk.says(line)).startswith("250 ")
    (old,) = await desk.letters(JANE)
    (new,) = await desk.letters(NEW)
    return old, new


async def yes(desk: AtTheDesk, question: Any, who: str, answer: str = "YES") -> None:
    assert (await desk.says(answer, to=field_of(question, "Reply-To"), who=who)).startswith("250 ")


@pytest.mark.parametrize("order", ["old first", "new first"])
async def test_letters_go_to_the_new_address_when_both_mailboxes_have_said_yes(desk: AtTheDesk, order: str) -> None:
    old, new = await asked(desk)
    both = [(old, JANE), (new, NEW)]
    first, last = both if order == "old first" else both[::-1]
    await yes(desk, *first)
    assert await addresses(desk) == [(JANE, True), (NEW, False)]
    (waits,) = await desk.letters(first[1])
    assert "We have" in text_of(waits) and "a yes comes from" in text_of(waits)
    await yes(desk, *last, answer=code_in(last[0]))
    assert await addresses(desk) == [(NEW, True), (JANE, True)]
    assert await desk.got(JANE) == ["Your letters now go to another address"]
    (told,) = await desk.letters(NEW)
    assert "From now on your letters come here." in text_of(told)
    assert await desk.letters(OMAR) == []
    await desk.inbound.send(OMAR, f"amber-heron.p1@{DOMAIN}", message_id="o1@home.example")
    assert len(await desk.letters(NEW)) == 1
    for who in (NEW, JANE):
        said = await desk.inbound.send(who, f"quiet-river.p1@{DOMAIN}", message_id=f"{who}-x", body=f"From {len(who)}")
        assert said.startswith("250 ")
    assert await desk.commands() == ["address"]
    kinds = [one.kind for one in await desk.inbound.store.events.list()]
    assert {EventKind.ADDRESS_ADDED, EventKind.ADDRESS_PROVEN, EventKind.ADDRESS_PRIMARY} <= set(kinds)


async def test_neither_mailbox_is_shown_the_address_of_the_other_one(desk: AtTheDesk) -> None:
    old, new = await asked(desk)
    await yes(desk, new, NEW)
    await yes(desk, old, JANE)
    letters = {JANE: [old, *await desk.letters(JANE)], NEW: [new, *await desk.letters(NEW)]}
    assert [len(some) for some in letters.values()] == [2, 3]
    for own, other in ((JANE, NEW), (NEW, JANE)):
        for one in letters[own]:
            assert other.encode() not in one.content and other not in text_of(one)
            assert "Quiet River" not in text_of(one)


@pytest.mark.parametrize("who", ["old", "new"])
async def test_until_both_have_agreed_the_new_address_proves_nothing(desk: AtTheDesk, who: str) -> None:
    old, new = await asked(desk)
    await yes(desk, *((old, JANE) if who == "old" else (new, NEW)))
    said = await desk.inbound.send(NEW, f"quiet-river.p1@{DOMAIN}", message_id="n1@new.example")
    assert said.startswith("550 ")
    assert (await desk.says("pause", who=NEW)).startswith("550 5.7.1")


async def test_a_no_of_the_old_mailbox_removes_the_new_address(desk: AtTheDesk) -> None:
    old, new = await asked(desk)
    await yes(desk, old, JANE, answer="NO")
    assert await addresses(desk) == [(JANE, True)]
    assert await desk.got(JANE) == ["Nothing has changed"]
    await desk.says("YES", to=field_of(new, "Reply-To"), who=NEW)
    assert await addresses(desk) == [(JANE, True)]


async def test_a_no_of_the_new_mailbox_removes_it_and_the_old_one_hears_that_it_is_over(desk: AtTheDesk) -> None:
    old, new = await asked(desk)
    await yes(desk, new, NEW, answer="NO")
    assert await addresses(desk) == [(JANE, True)]
    await yes(desk, old, JANE)
    (told,) = await desk.letters(JANE)
    assert "The question about your new address is over" in text_of(told)
    assert await addresses(desk) == [(JANE, True)]


@pytest.mark.parametrize("answered", ["nobody", "old", "new"])
async def test_what_not_both_agree_to_in_time_is_dropped(desk: AtTheDesk, answered: str) -> None:
    old, new = await asked(desk)
    if answered != "nobody":
        await yes(desk, *((old, JANE) if answered == "old" else (new, NEW)))
    desk.inbound.now += timedelta(days=7, seconds=1)
    store = desk.inbound.store
    await store.questions.expire(desk.inbound.now)
    assert await store.questions.next_expiry() is None
    assert await addresses(desk) == [(JANE, True)]
    assert await store.address_moves.of((await member(desk)).number) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("address", "To which address should your letters come?"),
        ("address new.example", "We could not find one address"),
        ("address jane@new", "We could not find one address"),
        ("address a@x.example b@x.example", "We could not find one address"),
        ("address jane@gmial.com", "did you mean gmail.com?"),
        (f"address somebody@{DOMAIN}", "That address is one of ours"),
        (f"address quiet-river.p1@{DOMAIN.upper()}", "That address is one of ours"),
        (f"address {JANE}", "Your letters come to that address already"),
        (f"address Jane <{JANE.upper()}>", "Your letters come to that address already"),
    ],
)
async def test_an_address_that_cannot_be_used_is_answered_kindly(desk: AtTheDesk, line: str, why: str) -> None:
    assert (await desk.says(line)).startswith("250 ")
    (told,) = await desk.letters(JANE)
    assert why in text_of(told)
    assert field_of(told, "Reply-To") == f"address@{DOMAIN}"
    assert await addresses(desk) == [(JANE, True)]


@pytest.mark.parametrize(
    "line", [f"Jane Doe <{NEW}>", f"to {NEW}, please", f"mailto:{NEW}", f"is now {NEW}.", f"nouvelle adresse : {NEW}"]
)
async def test_the_address_may_stand_among_other_words(desk: AtTheDesk, line: str) -> None:
    assert (await desk.says(line, to="address")).startswith("250 ")
    assert len(await desk.letters(NEW)) == 1


async def test_another_members_address_is_answered_like_any_other_and_nobody_is_asked_there(desk: AtTheDesk) -> None:
    old, _ = await asked(desk)
    before = text_of(old).replace(code_in(old), "")
    await desk.says(f"address {OMAR}")
    (question,) = await desk.letters(JANE)
    assert text_of(question).replace(code_in(question), "") == before
    assert await desk.letters(OMAR) == []
    await yes(desk, question, JANE)
    (told,) = await desk.letters(JANE)
    assert "We have asked the new mailbox, too." in text_of(told)
    assert await addresses(desk) == [(JANE, True)]
    partner = await desk.inbound.store.members.on("p1", Side.MENTEE)
    assert partner is not None and [one.address for one in partner.addresses] == [OMAR]


async def test_another_spelling_of_another_members_mailbox_is_another_members(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", "ann.lee@gmail.com", "bo@school.example", ("Red Kite", "Blue Lake"))
    await desk.says("address annlee+x@googlemail.com")
    assert len(await desk.letters(JANE)) == 1
    assert await desk.letters("annlee+x@googlemail.com") == []
    assert await addresses(desk) == [(JANE, True)]


async def test_only_some_addresses_are_asked_in_an_hour(desk: AtTheDesk) -> None:
    said = [await desk.says(f"address jane{number}@new.example") for number in range(7)]
    assert [one[:3] for one in said] == ["250"] * 5 + ["450"] * 2
    desk.inbound.now += timedelta(hours=1)
    assert (await desk.says("address jane9@new.example")).startswith("250 ")


async def test_another_wish_takes_the_place_of_the_first(desk: AtTheDesk) -> None:
    old, new = await asked(desk)
    await desk.says("address jane@third.example")
    assert await addresses(desk) == [(JANE, True), ("jane@third.example", False)]
    await desk.says("YES", to=field_of(new, "Reply-To"), who=NEW)
    await desk.says("YES", to=field_of(old, "Reply-To"))
    assert await addresses(desk) == [(JANE, True), ("jane@third.example", False)]


async def test_a_second_address_that_is_proven_only_needs_the_yes_of_the_first(desk: AtTheDesk) -> None:
    old, new = await asked(desk)
    await yes(desk, new, NEW)
    await yes(desk, old, JANE)
    await desk.letters(JANE)
    await desk.letters(NEW)
    await desk.says(f"address {JANE}", who=JANE)  # back again, from the address that is now the second
    (told,) = await desk.letters(JANE)
    assert "We have sent a question to the mailbox that your letters go to now" in text_of(told)
    (question,) = await desk.letters(NEW)
    await yes(desk, question, NEW)
    assert await addresses(desk) == [(JANE, True), (NEW, True)]


async def test_when_the_old_mailbox_is_gone_the_one_that_writes_is_asked(desk: AtTheDesk) -> None:
    old, new = await asked(desk)
    await yes(desk, new, NEW)
    await yes(desk, old, JANE)
    now = desk.inbound.now
    await desk.inbound.store.suspensions.add(NEW, SuspendedRow("p1", Side.MENTOR, "Amber Heron", "5.1.1", now), None)
    await desk.letters(JANE)
    await desk.says(f"address {JANE}")
    (question,) = await desk.letters(JANE)
    await yes(desk, question, JANE)
    assert await addresses(desk) == [(JANE, True), (NEW, True)]


async def test_a_member_who_is_forgotten_meanwhile_leaves_nothing(desk: AtTheDesk) -> None:
    await asked(desk)
    number = (await member(desk)).number
    await desk.inbound.store.members.forget(number, desk.inbound.now, None)
    assert await desk.inbound.store.address_moves.of(number) is None
