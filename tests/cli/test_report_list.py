"""relay report list says who has reported, who was told and who has answered; relay check says what is late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from relay.home import Home
from relay.model import Side
from relay.store import Authorship, Effects, PairsReported, ReportAnswered, Store

from .conftest import Done

Relay = Callable[..., Done]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def pair(relay: Relay) -> str:
    made = relay(
        "pair", "create", "--mentor", "jane@real.example", "--mentee", "omar@home.example", "--silent", "--json"
    )
    return str(made.objects[0]["pair"])


def change(home: Home, *changes: object) -> None:
    async def work() -> None:
        store = await Store.open(home.db, home.read_vault())
        try:
            await store.commit(Effects(changes=changes))  # type: ignore[arg-type]
        finally:
            await store.close()

    asyncio.run(work())


def reported(home: Home, pair: str, at: datetime, *, told: str = "contact") -> None:
    async def work() -> None:
        store = await Store.open(home.db, home.read_vault())
        try:
            member = await store.members.on(pair, Side.MENTEE)
            assert member is not None
            change = PairsReported(
                member.number, member.parts, Authorship.UNPROVEN, at, told, mail=b"He asks for my address."
            )
            await store.commit(Effects(changes=(change,)))
        finally:
            await store.close()

    asyncio.run(work())


def findings(relay: Relay) -> dict[str, str]:
    found = relay("check", "--local", "--json").objects[0]["findings"]
    return {
        one["what"]: one["level"]
        for one in found
        if " report" in f" {one['what']}"
        and "relay.toml" not in one["what"]
        and not one["what"].startswith("nobody is")
    }


def test_a_report_is_listed_with_who_was_told_and_who_answered(relay: Relay, home: Home, pair: str) -> None:
    assert relay("report", "list").code == 0
    reported(home, pair, NOW)
    (row,) = relay("report", "list", "--json").objects
    assert (row["pair_id"], row["side"], row["pair_state"]) == (pair, "mentee", "reported")
    assert (row["author"], row["told"], row["answered_at"], row["answered_by"]) == ("unproven", "contact", None, "")
    change(home, ReportAnswered(pair, Side.MENTEE, NOW + timedelta(hours=1), "deputy"))
    (row,) = relay("report", "list", "--json").objects
    assert row["answered_by"] == "deputy" and row["answered_at"] is not None
    said = relay("report", "list").out
    assert "deputy" in said and "@" not in said and "address" not in said
    relay("pair", "end", pair, "--reason", "agreed with both", "--silent", "--yes")
    assert relay("report", "list", "--json").objects == []
    (row,) = relay("report", "list", "--all", "--json").objects
    assert row["decided_at"] is not None


def test_check_is_an_error_when_nobody_answered_in_time(relay: Relay, home: Home, pair: str) -> None:
    assert findings(relay) == {}
    reported(home, pair, NOW - timedelta(hours=23))
    assert findings(relay) == {"reports that wait for a first answer: 1": "warning"}
    assert relay("check", "--local", "--monitoring").code in (1, 2)


def test_check_names_a_late_report_until_somebody_answers(relay: Relay, home: Home, pair: str) -> None:
    at = NOW - timedelta(hours=25)
    reported(home, pair, at)
    late = f"1 report of a member's has had no answer in time, the oldest since {at:%Y-%m-%d %H:%M} UTC"
    assert findings(relay) == {late: "error"}
    done = relay("check", "--local", "--monitoring")
    assert done.code == 2
    change(home, ReportAnswered(pair, Side.MENTEE, NOW, "contact"))
    assert findings(relay) == {"reported pairs about which a person has still to decide: 1 (relay report list)": "ok"}


def test_check_says_that_nobody_could_be_told(relay: Relay, home: Home, pair: str) -> None:
    reported(home, pair, NOW, told="")
    (what,) = findings(relay)
    assert what.startswith("nobody could be told of 1 of the members' reports")


def test_events_say_who_was_told_and_who_answered(relay: Relay, home: Home, pair: str) -> None:
    reported(home, pair, NOW)
    change(home, ReportAnswered(pair, Side.MENTEE, NOW, "contact"), ReportAnswered(pair, Side.MENTEE, NOW, "deputy"))
    events = relay("log", "events", "--pair", pair, "--json").objects
    told = [(one["event"], one["side"]) for one in events if one["event"].startswith("report-")]
    assert told == [("report-told", "mentee"), ("report-answered", "mentee")]
