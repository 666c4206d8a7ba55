"""AWAY: partners hear until when a member is away, once, and nothing else; letters go on; the day after it is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from relay.authentication.verdict import Verdict
from relay.message.read.parse import parse
from relay.model import EventKind, Manner, MemberState, PairState, Side
from relay.scheduling.job import Work
from relay.scheduling.runner import run_due
from relay.store import Member, SuspendedRow

from .conftest import DOMAIN, JANE, OMAR, AtTheDesk, code_in, field_of

ANN = "ann@school.example"
PARTNER_SUBJECT = "An answer may take longer"


async def nothing(*_: object) -> None:
    return None


async def member(desk: AtTheDesk, side: Side = Side.MENTOR) -> Member:
    found = await desk.inbound.store.members.on("p1", side)
    assert found is not None
    return found


async def state(desk: AtTheDesk) -> tuple[MemberState, date | None]:
    found = await member(desk)
    return found.state, found.away_until


async def jobs(desk: AtTheDesk, now: datetime) -> None:
    desk.inbound.now = now
    work = Work(desk.inbound.store, lambda: None, nothing, nothing, nothing, nothing, nothing)  # type: ignore[arg-type]
    await run_due(work, lambda: now)


async def text_to(desk: AtTheDesk, who: str) -> str:
    (told,) = await desk.letters(who)
    return " ".join((parse(told.content).text or "").split())


@pytest.mark.parametrize(
    "line",
    [
        "away 2026-04-09",
        "away until 9 April",
        "AWAY until the 9th of April, in hospital with my mother at Acme",
        "absence jusqu'au 9 avril",
        "ausencia hasta el 9 de abril",
        "غياب 2026-04-09",
        "\u200fغياب \u200e٢٠٢٦-٠٤-٠٩\u200f",
        "غياب حتى 9 أبريل",
        "छुट्टी 9 अप्रैल तक",
        "छुट्टी २०२६-०४-०९",
        "sipo hadi 9 Aprili",
        "I'm away until Thursday 9 April",
    ],
)
async def test_the_partner_hears_the_day_and_nothing_else(desk: AtTheDesk, line: str) -> None:
    assert (await desk.says(line)).startswith("250 ")
    assert await state(desk) == (MemberState.AWAY, date(2026, 4, 9))
    assert await desk.got(JANE) == ["Your absence is noted"]
    text = await text_to(desk, OMAR)
    assert "Amber Heron is away until 9 April 2026. You can go on writing." in text
    assert not any(word in text for word in ("hospital", "Acme", "mother", JANE))
    assert await desk.commands() == ["away"]
    (event,) = [one for one in await desk.inbound.store.events.list() if one.kind is EventKind.AWAY]
    assert dict(event.facts) == {"until": "2026-04-09"}


async def test_the_day_has_the_form_of_the_partners_language(desk: AtTheDesk) -> None:
    await desk.inbound.store.members.set_manner((await member(desk, Side.MENTEE)).number, Manner("fr", "Asia/Tokyo"))
    await desk.says("away 2026-04-09")
    assert "Amber Heron s’absente jusqu’au 9 avril 2026." in await text_to(desk, OMAR)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("away", "Until which day will you be away?"),
        ("", "Until which day will you be away?"),
        ("away 9/4", "The day could be read in two ways"),
        ("away until I feel better", "We could not tell which day you mean"),
        ("away 2026-02-28", "That day is today or over"),
        ("away 2026-03-01", "That day is today or over"),
        ("away 2028-03-01", "That day is more than a year ahead"),
    ],
)
async def test_a_day_that_is_not_certain_is_asked_for_with_an_example(desk: AtTheDesk, line: str, why: str) -> None:
    await desk.says(line, to="away" if not line else "help")
    (asked,) = await desk.letters(JANE)
    text = " ".join((parse(asked.content).text or "").split())
    assert why in text and "2026-03-15" in text
    assert field_of(asked, "Reply-To") == f"away@{DOMAIN}"
    assert await state(desk) == (MemberState.ACTIVE, None)
    assert await desk.letters(OMAR) == []
    await desk.says("2026-03-15", to=field_of(asked, "Reply-To"))
    assert await state(desk) == (MemberState.AWAY, date(2026, 3, 15))


async def test_the_day_is_the_next_one_by_the_members_own_clock(desk: AtTheDesk) -> None:
    await desk.inbound.store.members.set_manner((await member(desk)).number, Manner("", "Pacific/Kiritimati"))
    desk.inbound.now = datetime(2026, 3, 1, 12, tzinfo=UTC)  # 02:00 on the second of March there
    await desk.says("away 2 March")
    assert await desk.got(JANE) == ["Until which day?"]
    await desk.says("away 3 March")
    await jobs(desk, datetime(2026, 3, 3, 9, 59, tzinfo=UTC))
    assert (await state(desk))[0] is MemberState.AWAY
    await jobs(desk, datetime(2026, 3, 3, 10, 0, tzinfo=UTC))
    assert await state(desk) == (MemberState.ACTIVE, None)


async def test_letters_go_on_and_the_day_after_it_is_over_and_the_partner_is_not_bothered(desk: AtTheDesk) -> None:
    await desk.says("away 2026-04-09")
    assert await desk.got(OMAR) == [PARTNER_SUBJECT]
    said = await desk.inbound.send(OMAR, f"amber-heron.p1@{DOMAIN}", message_id="o1@home.example")
    assert said.startswith("250 ")
    assert len(await desk.letters(JANE)) == 2  # the answer, and the letter
    await jobs(desk, datetime(2026, 4, 9, 23, 59, tzinfo=UTC))
    assert (await state(desk))[0] is MemberState.AWAY
    await jobs(desk, datetime(2026, 4, 10, tzinfo=UTC))
    assert await state(desk) == (MemberState.ACTIVE, None)
    sent = [one.facts["letter"] for one in await desk.inbound.store.events.list() if one.kind is EventKind.SENT]
    assert sorted(sent) == ["desk-away", "partner-away"]


async def test_a_new_day_is_told_and_the_same_day_is_not_told_again(desk: AtTheDesk) -> None:
    await desk.says("away 2026-04-09")
    await desk.got(OMAR)
    await desk.says("away until 9 April")
    assert await desk.letters(OMAR) == []
    await desk.says("away 2026-03-20")
    text = await text_to(desk, OMAR)
    assert "until 20 March 2026" in text and "This is a new day" in text
    await jobs(desk, datetime(2026, 3, 21, tzinfo=UTC))
    assert await state(desk) == (MemberState.ACTIVE, None)


@pytest.mark.parametrize("line", ["resume", "I'm back", "de retour"])
async def test_resume_ends_an_absence(desk: AtTheDesk, line: str) -> None:
    await desk.says("away 2026-04-09")
    await desk.got(OMAR)
    await desk.says(line)
    assert await state(desk) == (MemberState.ACTIVE, None)
    assert await desk.got(JANE) == ["Your absence is noted", "Welcome back"]
    assert await desk.letters(OMAR) == []
    await desk.says("resume")
    assert await desk.got(JANE) == ["Nothing has changed"]


async def test_resume_of_a_paused_pair_ends_the_absence_as_well(desk: AtTheDesk) -> None:
    await desk.says("away 2026-04-09")
    await desk.says("pause")
    await desk.says("resume")
    assert await state(desk) == (MemberState.ACTIVE, None)
    assert await desk.state() is PairState.ACTIVE


async def test_all_partners_hear_it_but_not_those_whose_pair_rests(desk: AtTheDesk) -> None:
    await desk.inbound.pair("p2", JANE, ANN, ("Amber Heron", "Silver Birch"))
    await desk.inbound.pair("p3", JANE, "bo@school.example", ("Red Kite", "Blue Lake"), "paused")
    await desk.says("away 2026-04-09")
    assert await desk.got(OMAR) == [PARTNER_SUBJECT]
    assert await desk.got(ANN) == [PARTNER_SUBJECT]
    assert await desk.letters("bo@school.example") == []


async def test_a_member_without_a_pair_is_told_so(desk: AtTheDesk) -> None:
    await desk.inbound.store.directory.set_state("p1", PairState.ENDED, desk.inbound.now)
    await desk.says("away 2026-04-09")
    assert await desk.got(JANE) == ["Nothing has changed"]


async def test_leaving_while_away_ends_the_absence(desk: AtTheDesk) -> None:
    await desk.says("away 2026-04-09")
    await desk.says("leave")
    *_, asked = await desk.letters(JANE)
    await desk.says(code_in(asked), to=field_of(asked, "Reply-To"))
    assert await state(desk) == (MemberState.LEFT, None)
    await jobs(desk, datetime(2026, 4, 10, tzinfo=UTC))
    assert await state(desk) == (MemberState.LEFT, None)


async def test_a_member_who_is_forgotten_while_away_leaves_no_day(desk: AtTheDesk) -> None:
    await desk.says("away 2026-04-09")
    number = (await member(desk)).number
    await desk.inbound.store.members.forget(number, desk.inbound.now, None)
    after = await desk.inbound.store.members.numbered(number)
    assert (after.state, after.away_until) == (MemberState.FORGOTTEN, None)
    await jobs(desk, datetime(2026, 4, 10, tzinfo=UTC))


async def test_a_mailbox_that_is_gone_and_back_while_its_member_is_away(desk: AtTheDesk) -> None:
    store, now = desk.inbound.store, desk.inbound.now
    await desk.says("away 2026-04-09")
    await store.suspensions.add(JANE, SuspendedRow("p1", Side.MENTOR, "Amber Heron", "5.1.1", now), None)
    assert (await state(desk))[0] is MemberState.SUSPENDED
    await store.suspensions.resume(JANE, now)
    assert await state(desk) == (MemberState.AWAY, date(2026, 4, 9))
    await store.suspensions.add(JANE, SuspendedRow("p1", Side.MENTOR, "Amber Heron", "5.1.1", now), None)
    await jobs(desk, datetime(2026, 4, 10, tzinfo=UTC))
    assert await state(desk) == (MemberState.SUSPENDED, None)
    await store.suspensions.resume(JANE, now)
    assert await state(desk) == (MemberState.ACTIVE, None)


async def test_an_absence_that_is_not_proven_is_asked_about_first(desk: AtTheDesk) -> None:
    desk.inbound.verdicts[JANE] = Verdict.UNPROVEN
    await desk.says("away 2026-04-09")
    await desk.inbound.quarantine.drain(5)
    assert await desk.letters(OMAR) == []
    (asked,) = await desk.letters(JANE)
    desk.inbound.verdicts.clear()
    await desk.says("YES", to=field_of(asked, "Reply-To"))
    assert await state(desk) == (MemberState.AWAY, date(2026, 4, 9))
    assert await desk.got(OMAR) == [PARTNER_SUBJECT]


async def test_many_absences_end_in_one_run(desk: AtTheDesk) -> None:
    store = desk.inbound.store
    for number in range(3):
        await desk.inbound.pair(f"q{number}", f"m{number}@x.example", f"n{number}@x.example", ("Red Kite", "Blue Lake"))
        await desk.says("away 2026-04-09", who=f"m{number}@x.example")
    assert await store.absences.end_over(desk.inbound.now) == datetime(2026, 4, 10, tzinfo=UTC)
    assert await store.absences.end_over(datetime(2026, 4, 10, tzinfo=UTC) + timedelta(1)) is None
    assert [row.state for row in await store.members.rows() if row.away_until] == []
