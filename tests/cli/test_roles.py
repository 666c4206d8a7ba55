"""relay roles: whoever is named for a role is asked, and listed without an address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from relay.home import Home

from .conftest import Done

Relay = Callable[..., Done]
CORA, SAFE = "cora@ops.example", "safe@ops.example"


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "petra")
    monkeypatch.setenv("RELAY_PROGRAMME__COORDINATOR", CORA)
    monkeypatch.setenv("RELAY_PROGRAMME__COORDINATORS", f'["spring: {CORA}"]')
    monkeypatch.setenv("RELAY_SAFEGUARDING__CONTACT", SAFE)


def states(relay: Relay) -> list[tuple[str, str, str]]:
    return [(one["role"], one["cohort"], one["state"]) for one in relay("roles", "list", "--json").objects]


def test_everybody_who_is_named_is_asked_once(relay: Relay) -> None:
    assert [state for *_, state in states(relay)] == ["not asked"] * 3
    assert relay("roles", "ask", "--json").objects == [{"asked": 2}]
    assert states(relay) == [
        ("coordinator", "", "asked"),
        ("coordinator", "spring", "asked"),
        ("contact", "", "asked"),
    ]
    assert relay("roles", "ask", "--json").objects == [{"asked": 0}]
    assert relay("roles", "ask", "--again", "--json").objects == [{"asked": 2}]
    assert CORA not in relay("roles", "list").out
    events = [one for one in relay("log", "events", "--json").objects if one["event"] == "address-added"]
    assert len(events) == 4 and {one["who"] for one in events} == {"petra"}
    assert CORA not in json.dumps(events)


def test_who_is_not_named_any_more_is_forgotten(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    relay("roles", "ask")
    monkeypatch.setenv("RELAY_SAFEGUARDING__CONTACT", "")
    assert relay("roles", "ask", "--json").objects == [{"asked": 0}]
    monkeypatch.setenv("RELAY_SAFEGUARDING__CONTACT", SAFE)
    assert ("contact", "", "not asked") in states(relay)
    assert ("coordinator", "", "asked") in states(relay)


def test_check_says_who_has_to_confirm(relay: Relay) -> None:
    said = {one["what"]: one["remedy"] for one in relay("check", "--local", "--json").objects[0]["findings"]}
    assert "relay roles ask" in said["programme.coordinator (decides about members) was not asked yet"]
    assert "safeguarding has no deputy: a report waits when the contact is ill or away" in said


def test_a_rehearsal_shows_them_asked_and_told(relay: Relay, home: Home, tmp_path: Path) -> None:
    people = ("--mentor", "jane@real.example", "--mentee", "omar@home.example")
    relay("pair", "create", *people)
    relay("roles", "ask")
    lines = (
        {"at": "+1h", "from": CORA, "to": "question:LAST", "subject": "Re: {{code}}", "text": "{{code}}"},
        {"at": "+2h", "from": "jane@real.example", "to": "question:LAST", "subject": "Re", "text": "NO"},
        {"at": "+3h", "from": CORA, "to": "question:LAST", "subject": "Re", "text": "Would a later start help?"},
    )
    script, out = tmp_path / "script.jsonl", tmp_path / "out"
    script.write_text("".join(json.dumps(one) + "\n" for one in lines))
    done = relay("rehearse", "--until", "+1d", "--script", str(script), "--out", str(out))
    assert done.code == 0, done.err
    events = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]
    to = [(one["letter"], one["to"]) for one in events if "file" in one and one["to"] != "omar@home.example"]
    assert to[3:] == [
        ("notice", CORA),  # thanks for the yes
        ("invitation-declined", "jane@real.example"),
        ("invitation-no", CORA),
        ("from-operator", "jane@real.example"),
    ]


def test_check_says_whose_clock_is_not_known_where_quiet_hours_need_it(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay(
        "pair",
        "create",
        "--mentor",
        "a@x.test",
        "--mentee",
        "b@x.test",
        "--mentee-time-zone",
        "Africa/Cairo",
        "--silent",
    )

    def said() -> list[str]:
        found = relay("check", "--local", "--json").objects[0]["findings"]
        return [one["what"] for one in found if "time zone" in one["what"]]

    assert said() == []
    monkeypatch.setenv("RELAY_PROGRAMME__QUIET_HOURS", "21:00-07:00")
    assert said() == ["1 member has no time zone: for them the quiet hours go by UTC"]
    monkeypatch.setenv("RELAY_PROGRAMME__TIME_ZONE", "Africa/Cairo")
    assert said() == []
