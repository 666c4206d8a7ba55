"""relay log events, relay held and relay jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.cli.times import time_ahead
from relay.home import Home
from relay.model import JournalEntry, NewDelivery, Side
from relay.scheduling.job import Work
from relay.scheduling.runner import run_due
from relay.store import OVER_LIMIT, UNPROVEN, Acceptance, ConfirmationRequest, Store

Relay = Callable[..., Any]
LETTER = b"Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\nx\r\n"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def accept(home: Home, pair_id: str, id: str, why: str) -> None:
    store = await Store.open(home.db, home.read_vault())
    entry = JournalEntry(id, pair_id, Side.MENTOR, "letter", AT, 10, 20)
    delivery = NewDelivery(f"d-{id}", id, "b@x.test", f"b-{id}@relay.test", LETTER, AT, held=why)
    question = ConfirmationRequest(id, f"d-{id}", AT + timedelta(days=7)) if why == UNPROVEN else None
    await store.accept([Acceptance(entry, None, (delivery,), keep=True, question=question)])
    await store.close()


@pytest.fixture
def pair(home: Home, relay: Relay) -> str:
    """A pair with two letters held: one with an unproven author, and one over the rate limit."""
    done = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent", "--json")
    pair_id: str = done.objects[0]["pair"]
    for id, why in (("letter1", UNPROVEN), ("letter2", OVER_LIMIT)):
        asyncio.run(accept(home, pair_id, id, why))
    return pair_id


def test_a_hold_shows_until_when_and_who_decides(relay: Relay, pair: str) -> None:
    first, second = relay("held", "list", "--json").objects
    assert (first["id"], first["journal_id"], first["state"], first["last_status"]) == (
        *("d-letter1", "letter1", "held", UNPROVEN),
    )
    assert (first["decides"], first["until_at"]) == ("author", "2026-03-08T12:00:00Z")
    assert (second["why"], second["decides"], second["until_at"]) == (OVER_LIMIT, "clock", None)
    assert relay("held", "show", "letter1", "--json").objects == [first]


def test_a_decision_is_recorded_with_its_reason_and_cannot_be_made_twice(relay: Relay, pair: str) -> None:
    assert relay("held", "release", "letter2", "--reason", "they asked\nme").code == 0
    again = relay("held", "refuse", "letter2", "--yes")
    assert again.code == 1
    assert "letter2 is not held any more: released at 20" in again.err
    *_, event = relay("log", "events", "--json").objects
    assert (event["event"], event["id"], event["by"], event["why"]) == (
        "released",
        "letter2",
        "person",
        "they asked me",
    )
    assert event["who"]
    assert event["pair"] == pair


def test_the_author_of_an_unproven_letter_gets_no_notice_when_it_is_refused(relay: Relay, pair: str) -> None:
    assert relay("held", "refuse", "letter1", "letter2", "--yes").code == 0
    events = [(one["event"], one["id"]) for one in relay("log", "events", "--json").objects][-3:]
    assert events == [("refused", "letter1"), ("refused", "letter2"), ("sent", "letter2-r")]


def test_events_are_listed_by_pair_and_time_in_the_order_they_happened(relay: Relay, pair: str) -> None:
    relay("pair", "pause", pair)
    events = relay("log", "events", "--pair", pair.upper(), "--json").objects
    assert [(one["event"], one.get("from"), one.get("to")) for one in events] == [
        ("state", "", "active"),
        ("held", None, None),
        ("held", None, None),
        ("state", "active", "paused"),
    ]
    assert len(relay("log", "events", "--since", "1d", "--json").objects) == 2
    assert relay("log", "events", "--pair", "nix").out == ""
    assert relay("log", "events").out.splitlines()[1].split("\t")[1:6] == [
        *("held", pair, "mentor", "letter1", "reason unproven"),
    ]


def test_a_state_change_that_is_not_allowed_is_refused_and_changes_nothing(relay: Relay, pair: str) -> None:
    relay("pair", "end", pair, "--yes")
    done = relay("pair", "resume", pair)
    assert done.code == 1
    assert "has ended, which is final; make a new one with relay pair create" in done.err
    assert relay("pair", "show", pair, "--json").objects[0]["state"] == "ended"


def test_jobs_are_listed_until_a_time(relay: Relay, home: Home, pair: str) -> None:
    over, questions = relay("jobs", "list", "--json").objects
    assert (over["job"], over["due_at"]) == ("release over limit", "2026-03-01T12:00:00Z")
    assert (questions["job"], questions["due_at"]) == ("expire questions", "2026-03-08T12:00:00Z")
    assert relay("jobs", "list", "--until", "2026-03-02T00:00:00Z", "--json").objects == [over]
    assert relay("jobs", "list", "--until", "tomorrow").code == 2

    async def serve() -> None:
        async def release(*_: object) -> int:
            raise ValueError("a@x.test")

        store = await Store.open(home.db, home.read_vault())
        await run_due(Work(store, lambda: None, release, release, release, release, release), lambda: AT)
        await store.close()

    asyncio.run(serve())
    jobs = {one["job"]: one for one in relay("jobs", "list", "--json").objects}
    assert (jobs["release over limit"]["fault"], jobs["release over limit"]["tries"]) == ("ValueError", 1)
    assert jobs["recover leases"]["every_seconds"] == 15.0
    assert "a@x.test" not in relay("jobs", "list").out


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2026-12-01T09:00:00Z", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("+3d4h", AT + timedelta(days=3, hours=4)),
        ("+90s", AT + timedelta(seconds=90)),
    ],
)
def test_a_time_ahead_is_read(words: str, at: datetime) -> None:
    assert time_ahead(words, AT) == at


@pytest.mark.parametrize("words", ["", "+", "3d", "+3x", "tomorrow", "+99999w99999w99999w99999w99999w"])
def test_text_that_is_no_time_is_refused(words: str) -> None:
    with pytest.raises(ValueError):
        time_ahead(words, AT)


def test_every_verb_that_changes_something_prints_it_as_json(relay: Relay, pair: str) -> None:
    assert relay("held", "release", "letter2", "--json").objects == [
        {"done": "release", "count": 1, "ids": ["letter2"]}
    ]
    assert relay("queue", "hold", "d-letter2", "--json").objects[0]["ids"] == ["d-letter2"]
    wrong = relay("queue", "drop", "d-letter2", "nothing", "--yes", "--json")
    assert wrong.code == 1
    assert wrong.objects == [{"done": "drop", "count": 1, "ids": ["d-letter2"], "failed": ["nothing"]}]
    assert relay("queue", "retry", "--all", "--json").objects == [{"done": "retry", "count": 0}]
    assert relay("member", "add-address", pair, "mentor", "c@x.test", "--json").objects[0]["asked_again"] is False
    added = relay("member", "known-as", pair, "mentor", "add", "Anna Berg", "--json").objects
    assert added == [{"done": "known-as add", "known_as": 1}]
    assert (
        "Anna" not in relay("member", "known-as", pair, "mentor", "test", "I, Anna Berg", "--json").objects[0]["text"]
    )
    assert relay("member", "set-language", pair, "mentor", "fr", "--json").objects[0]["language"] == "fr"
    assert relay("status", "--json").objects[0]["queue"]["held"]["count"] == 1


def test_a_journal_entry_is_explained_in_plain_words(relay: Relay, home: Home, pair: str) -> None:
    asyncio.run(refused(home))
    shown = dict(line.split("\t") for line in relay("log", "show", "letter9").out.splitlines())
    assert shown["name, 3 times"] == "A registered name of one of the two people"
    assert shown["which means"].startswith("550 5.7.1 ")


async def refused(home: Home) -> None:
    store = await Store.open(home.db, home.read_vault())
    why = {"outcome": "refused", "reason": "Unproven"}
    await store.journal.record(JournalEntry("letter9", None, None, "refusal", AT, 10, 0, {"name": 3}, **why))
    await store.close()
