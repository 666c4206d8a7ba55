"""Letters to a suspended member are held until the suspension ends; no others are."""

from __future__ import annotations

from relay.model import Side
from relay.store import Store, SuspendedRow

from ..conftest import NOON

GONE = "tomas@home.example"
TOMAS = SuspendedRow("k7f3q2", Side.MENTEE, "Quiet River", "550 5.1.1", NOON)


async def test_letters_to_a_suspended_member_are_held_until_the_suspension_ends(paired: Store, make) -> None:
    before, other = make.acceptance(id="before"), make.acceptance(id="other", recipient="vera@home.example")
    await paired.accept([before, other])
    notice = make.acceptance(entry=make.entry(kind="notice", side=None), id="n1", recipient="ops@programme.example")
    assert await paired.suspensions.add("Tomas@Home.example", TOMAS, notice)
    assert not await paired.suspensions.add(GONE, TOMAS, make.acceptance())
    await paired.accept([make.acceptance(id="after")])

    claimed = (await paired.queue.claim(make.noon, 10)).deliveries
    assert {delivery.id for delivery in claimed} == {"other", "n1"}
    held = [row for row in await paired.queue.rows() if row.state == "held"]
    assert {(row.id, row.last_status, row.attempts) for row in held} == {
        ("before", "suspended", 0),
        ("after", "suspended", 0),
    }
    assert await paired.suspensions.rows() == [TOMAS]

    assert await paired.suspensions.resume("vera@home.example", make.noon) is None
    assert await paired.suspensions.resume("TOMAS@home.example", make.noon) == 2
    assert {delivery.id for delivery in (await paired.queue.claim(make.noon, 10)).deliveries} == {"before", "after"}
    assert await paired.suspensions.rows() == []


async def test_letters_held_by_hand_stay_held_when_a_suspension_ends(paired: Store, make) -> None:
    await paired.accept([make.acceptance(id="d1")])
    await paired.queue.hold("d1", make.noon)
    await paired.suspensions.add(GONE, TOMAS, None)
    assert await paired.suspensions.resume(GONE, make.noon) == 0
    assert (await paired.queue.claim(make.noon, 10)).deliveries == ()
