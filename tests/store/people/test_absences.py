"""Absences, permissions for automatic absence messages, and moves to another address, in both databases."""

from __future__ import annotations

from datetime import date, timedelta

from relay.model import MemberState, Side
from relay.store import (
    AbsenceEnded,
    AbsenceSet,
    AddressAsked,
    AddressConfirmation,
    Effects,
    MoveDropped,
    OldAgreed,
    Store,
    VacationAllowed,
    VacationTold,
)

from ..conftest import NOON, Make

UNTIL = date(2026, 4, 9)
NEW = "ingrid@new.example"


async def state(store: Store) -> tuple[MemberState, date | None]:
    member = await store.members.on("k7f3q2", Side.MENTOR)
    assert member is not None
    return member.state, member.away_until


async def test_an_absence_is_set_changed_and_over(paired: Store) -> None:
    back = NOON + timedelta(days=9)
    await paired.commit(Effects(changes=(AbsenceSet(1, UNTIL, back, NOON),)))
    assert await state(paired) == (MemberState.AWAY, UNTIL)
    sooner = NOON + timedelta(days=3)
    await paired.absences.set(AbsenceSet(1, date(2026, 4, 3), sooner, NOON, "olga"), [])
    assert await paired.absences.end_over(sooner - timedelta(seconds=1)) == sooner
    assert await state(paired) == (MemberState.AWAY, date(2026, 4, 3))
    assert await paired.absences.end_over(sooner) is None
    assert await state(paired) == (MemberState.ACTIVE, None)
    await paired.commit(Effects(changes=(AbsenceSet(1, UNTIL, back, NOON), AbsenceEnded(1, NOON))))
    assert await state(paired) == (MemberState.ACTIVE, None)


async def test_a_partner_is_told_of_an_absence_message_once_in_thirty_days(paired: Store) -> None:
    async def may(days: int) -> bool:
        return await paired.absences.may_tell("k7f3q2", Side.MENTOR, NOON + timedelta(days=days))

    assert not await may(0)
    await paired.commit(Effects(changes=(VacationAllowed(1, True, NOON),)))
    assert await may(0)
    await paired.commit(Effects(changes=(VacationTold("k7f3q2", Side.MENTOR, NOON),)))
    assert (await may(29), await may(31)) == (False, True)
    await paired.commit(Effects(changes=(VacationTold("k7f3q2", Side.MENTOR, NOON + timedelta(days=31)),)))
    assert not await may(32)
    assert not await paired.absences.may_tell("k7f3q2", Side.MENTEE, NOON)


async def test_letters_move_when_both_mailboxes_have_agreed(paired: Store, make: Make) -> None:
    def asking(token: str) -> AddressAsked:
        letter = make.acceptance(entry=make.entry(id=token), id=token, recipient=NEW, return_path="", notice=True)
        return AddressAsked(1, AddressConfirmation(token, NEW, make.later(days=7)), letter, NOON)

    async def known() -> list[tuple[str, bool]]:
        member = await paired.members.numbered(1)
        return [(one.address, one.proven) for one in member.addresses]

    before = await known()
    await paired.commit(Effects(changes=(asking("t1"),)))
    assert await known() == [*before, (NEW, False)]
    await paired.commit(Effects(changes=(MoveDropped(1, NOON),)))
    assert await known() == before
    await paired.commit(Effects(changes=(asking("t2"), OldAgreed(1, NEW, False, NOON))))
    question = await paired.questions.find("t2", NOON)
    assert question is not None and (question.moves, question.primary) == ("now", before[0][0])
    await paired.questions.expire(make.later(days=8))
    assert await known() == before
    assert await paired.address_moves.of(1) is None
