"""relay member: addresses are shown only for a recorded reason; adding, proving and forgetting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relay.home import Home
from relay.store import Store

Relay = Callable[..., Any]
JANE, OMAR, NEW = "jane@real.example", "omar@home.example", "jane@new.example"


@pytest.fixture
def pair(relay: Relay) -> str:
    """A pair without letters."""
    words = ["--mentor", JANE, "--mentee", OMAR, "--mentor-known-as", "Jane Doe", "--silent", "--json"]
    pair_id: str = relay("pair", "create", *words).objects[0]["pair"]
    return pair_id


def prove(home: Home, address: str) -> None:
    """Mark all addresses as proven, as an answered confirmation request would."""

    async def answered() -> None:
        store = await Store.open(home.db, home.read_vault())
        await store._writer.run(lambda db: db.execute("UPDATE address SET proven = 1"))
        await store.close()

    asyncio.run(answered())


def letters(home: Home) -> dict[str, str]:
    """The letters that are due, by recipient."""

    async def claim() -> dict[str, str]:
        store = await Store.open(home.db, home.read_vault())
        claimed = await store.queue.claim(datetime.now(UTC), 10)
        await store.close()
        return {one.recipient: one.content.decode() for one in claimed.deliveries}

    return asyncio.run(claim())


def test_members_are_listed_without_their_addresses(relay: Relay, pair: str) -> None:
    relay("member", "add-address", pair, "mentor", NEW)
    mentor, mentee = relay("member", "list", "--json").objects
    assert (mentor["pair_id"], mentor["side"], mentor["addresses"], mentor["unproven"]) == (pair, "mentor", 2, 1)
    assert (mentee["side"], mentee["state"], mentee["suspended_since"]) == ("mentee", "active", None)
    done = relay("member", "list")
    assert done.out.splitlines()[0].split("\t")[:2] == [pair, "mentor"]
    assert "@" not in done.out
    assert relay("member", "list", "--suspended").out == ""


@pytest.mark.parametrize("words", [["PAIR", "mentor"], ["PAIR", "Mentor"], [JANE.upper()], [NEW]])
def test_a_member_is_named_by_pair_and_side_or_by_an_address(relay: Relay, pair: str, words: list[str]) -> None:
    relay("member", "add-address", pair, "mentor", NEW)
    done = relay("member", "show", *(pair if word == "PAIR" else word for word in words), "--json")
    (shown,) = done.objects
    assert [(one["pair"], one["side"]) for one in shown["pairs"]] == [(pair, "mentor")]
    assert (shown["addresses"], shown["unproven"], shown["known_as"]) == (2, 1, 1)
    assert "example" not in done.out + done.err
    assert "Jane" not in done.out


def test_a_real_address_is_shown_only_for_a_reason_which_is_recorded(relay: Relay, pair: str) -> None:
    refused = relay("member", "show", pair, "mentor", "--reveal", "--reason", " ")
    assert refused.code == 2
    assert JANE not in refused.out + refused.err
    done = relay("member", "show", pair, "mentor", "--reveal", "--reason", "a judge asks", "--json")
    revealed = done.objects[0]["revealed"]
    assert [(one["address"], one["proven"]) for one in revealed["addresses"]] == [(JANE, True)]
    assert revealed["known_as"] == ["Jane Doe"]
    assert JANE not in done.err
    assert relay("log", "list", "--pair", pair, "--json").objects == []
    *_, event = relay("log", "events", "--pair", pair, "--json").objects
    assert (event["event"], event["side"], event["why"]) == ("revealed", "mentor", "a judge asks")
    assert event["who"]
    assert f"{JANE} (letters go here)" in relay("member", "show", JANE, "--reveal", "--reason", "again").out


def test_a_new_address_gets_a_request_a_proven_one_a_notice_and_neither_names_the_other(
    relay: Relay, home: Home, pair: str
) -> None:
    done = relay("member", "add-address", pair, "mentor", NEW)
    assert done.code == 0
    assert NEW not in done.out + done.err
    due = letters(home)
    assert set(due) == {JANE, NEW}
    assert "Please confirm this address" in due[NEW]
    assert JANE not in due[NEW]
    assert "new.example" not in due[JANE]
    assert "queued again" in relay("member", "add-address", JANE, NEW).err


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (JANE, "already, and proven"),
        (OMAR, "belongs to another member"),
        ("someone@relay.test", "in relay's own domain relay.test"),
        ("no address", "must look like"),
        ("a@b@", "must look like"),
    ],
)
def test_an_address_that_cannot_be_added_is_refused_with_its_reason(
    relay: Relay, home: Home, pair: str, address: str, message: str
) -> None:
    done = relay("member", "add-address", pair, "mentor", address)
    assert done.code == 1
    assert message in done.err
    assert "omar" not in done.err
    assert letters(home) == {}


def test_an_address_is_added_only_to_a_member_of_a_pair_that_has_not_ended(relay: Relay, home: Home, pair: str) -> None:
    assert "there is no pair nopair" in relay("member", "add-address", "nopair", "mentor", NEW).err
    assert "by pair and side" in relay("member", "add-address", pair, "father", NEW).err
    assert "no member has that address" in relay("member", "show", "x@y.example").err
    relay("pair", "end", pair, "--yes", "--silent")
    done = relay("member", "add-address", pair, "mentor", NEW)
    assert (done.code, "are over" in done.err) == (1, True)
    assert letters(home) == {}


def test_letters_go_to_a_proven_address_once_it_is_made_primary(relay: Relay, home: Home, pair: str) -> None:
    relay("member", "add-address", pair, "mentor", NEW)
    assert "no proven address" in relay("member", "set-primary", pair, "mentor", NEW).err
    assert "already" in relay("member", "set-primary", pair, "mentor", JANE).err
    letters(home)
    prove(home, NEW)
    assert relay("member", "set-primary", pair, "mentor", NEW).code == 0
    due = letters(home)
    assert set(due) == {JANE}
    assert "new.example" not in due[JANE]
    shown = relay("member", "show", pair, "mentor", "--reveal", "--reason", "test", "--json").objects[0]["revealed"]
    assert [one["address"] for one in shown["addresses"]] == [NEW, JANE]


def test_forgetting_needs_yes_without_a_terminal(relay: Relay, pair: str) -> None:
    done = relay("member", "forget", pair, "mentor")
    assert done.code == 2
    assert "--yes" in done.err
    assert relay("member", "show", pair, "mentor", "--json").objects[0]["addresses"] == 1


def test_a_forgotten_member_leaves_only_a_pseudonym_and_events(relay: Relay, home: Home, pair: str) -> None:
    relay("member", "add-address", pair, "mentor", NEW)
    relay("member", "show", pair, "mentor", "--reveal", "--reason", "Jane Doe asked me")
    done = relay("member", "forget", pair, "mentor", "--yes", "--json")
    assert done.objects == [{"pairs": 1, "letters": 0, "deliveries": 2}]
    assert "Earlier backups" in done.err
    assert relay("pair", "show", pair, "--json").objects[0]["state"] == "ended"
    (shown,) = relay("member", "show", pair, "mentor", "--json").objects
    assert (shown["addresses"], shown["known_as"], shown["forgotten"]) == (0, 0, True)
    assert relay("member", "show", JANE).code == 1
    log = relay("log", "events", "--json")
    events = [(one["event"], one.get("to"), one["why"]) for one in log.objects if one["event"] != "sent"]
    assert events == [
        ("state", "active", ""),
        ("address-added", None, ""),
        ("revealed", None, ""),
        ("state", "ended", ""),
        ("state", "forgotten", ""),
        ("forgotten", None, ""),
    ]
    assert "Jane" not in log.out
    assert "forgotten" in relay("member", "add-address", pair, "mentor", NEW).err
    assert relay("member", "set-primary", pair, "mentor", NEW).code == 1
    assert letters(home) == {}


def test_a_name_is_added_tested_and_removed(relay: Relay, pair: str) -> None:
    done = relay("member", "known-as", pair, "mentor", "add", "Hope O'Brien")
    assert "finds: Jane Doe, Jane, Doe in greetings, Hope O'Brien, Hope in greetings, O'Brien; " in done.err
    assert "leaves: Doe, Hope as a word." in done.err
    shown = relay("member", "known-as", pair, "mentor", "test", "Dear Hope, I hope that OBrien and jane doe are well.")
    assert "OBrien" not in shown.out
    assert "Dear Hope" not in shown.out
    assert "I hope that" in shown.out
    relay("member", "known-as", pair, "mentor", "remove", "Hope O'Brien")
    assert "OBrien" in relay("member", "known-as", pair, "mentor", "test", "OBrien was here").out


def test_a_name_that_is_not_registered_cannot_be_removed(relay: Relay, pair: str) -> None:
    assert "none of the registered names" in relay("member", "known-as", pair, "mentor", "remove", "Nobody").err


def test_an_operator_notes_an_absence_and_the_partner_hears_the_day(relay: Relay, pair: str, home: Home) -> None:
    until = (datetime.now(UTC).date() + timedelta(days=20)).isoformat()
    done = relay("member", "away", pair, "mentor", "--until", until, "--json")
    assert done.objects == [{"done": "away", "until": until}]
    assert set(letters(home)) == {OMAR}
    mentor, mentee = relay("member", "list", "--json").objects
    assert (mentor["state"], mentor["away_until"], mentee["away_until"]) == ("away", until, None)
    assert f"away until {until}" in relay("member", "list").out
    assert f"away until {until}" in relay("member", "show", pair, "mentor").out
    (shown,) = relay("member", "show", pair, "mentor", "--json").objects
    assert (shown["state"], shown["away_until"]) == ("away", until)
    assert relay("member", "away", pair, "mentor", "--until", until).code == 0
    assert letters(home) == {}, "nobody is told the same day twice"


@pytest.mark.parametrize("until", ["2020-01-01", "9/2", "soon", "2999-01-01", ""])
def test_an_absence_ends_within_a_year_on_a_day_that_is_certain(relay: Relay, pair: str, until: str) -> None:
    done = relay("member", "away", pair, "mentor", "--until", until)
    assert done.code == 1 and "such as 2027-02-09" in done.err
    assert relay("member", "list", "--json").objects[0]["state"] == "active"


def test_an_operator_allows_that_automatic_absence_messages_are_mentioned(relay: Relay, pair: str) -> None:
    assert relay("member", "vacation", pair, "mentor", "on").code == 0
    assert relay("member", "show", pair, "mentor", "--json").objects[0]["vacation"] is True
    assert relay("member", "vacation", pair, "mentor", "off").code == 0
    assert relay("member", "show", pair, "mentor", "--json").objects[0]["vacation"] is False


def test_a_real_name_is_corrected_in_one_step(relay: Relay, pair: str) -> None:
    assert relay("member", "rename", pair, "mentor", "Jane Doe", "Jane Dow", "--json").objects == [
        {"done": "rename", "known_as": 1, "waiting": 0}
    ]
    said = relay("member", "known-as", pair, "mentor", "test", "I am Jane Dow, she is Joan Doe.").out
    assert "Dow" not in said and "Doe" in said
    events = relay("log", "events", "--pair", pair, "--json").objects
    assert "Jane" not in str(events)
    done = relay("member", "rename", pair, "mentor", "Jane Doe", "Jane Dow")
    assert done.code == 1 and "none of the registered names" in done.err
    assert relay("member", "rename", pair, "mentor", "Jane Dow", " ").code == 1
