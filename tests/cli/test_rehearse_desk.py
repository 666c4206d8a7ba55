"""relay rehearse: a month in which a member changes language and address and is away, with every letter looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from relay.message.read.parse import parse

from .conftest import Done

Relay = Callable[..., Done]
MENTOR, MENTEE, NEW = "jane.doe@real.example", "omar@home.example", "jane@new.example"
UNTIL = datetime.now(UTC).date() + timedelta(days=9)


@pytest.fixture
def month(relay: Relay, tmp_path: Path) -> list[dict[str, Any]]:
    """The events of the month."""
    words = ["--mentor", MENTOR, "--mentee", MENTEE, "--mentor-known-as", "Jane Doe", "--mentee-language", "fr"]
    (made,) = relay("pair", "create", *words, "--silent", "--json").objects
    assert isinstance(made, dict)
    to_mentor = f"alias:{made['pair']}:mentor"
    domain = made["mentor"]["alias"].partition("@")[2]
    help_, lines = f"help@{domain}", []
    for at, sender, to, text in (
        ("+1h", MENTOR, help_, "lang Kiswahili"),
        ("+1d", MENTOR, help_, f"sipo hadi {UNTIL.isoformat()}"),
        ("+2d", MENTEE, to_mentor, "Bonjour, comment allez-vous ?"),
        ("+14d", MENTOR, f"address@{domain}", NEW),
        ("+15d", NEW, "question:LAST", "ndiyo"),
        ("+16d", MENTOR, "question:LAST", "{{code}}"),
        ("+17d", MENTEE, to_mentor, "Une autre lettre"),
    ):
        lines.append({"at": at, "from": sender, "to": to, "subject": "Words", "text": text})
    lines.append({"at": "+18d", "run": ["member", "vacation", made["pair"], "mentee", "on"]})
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "out"
    done = relay("rehearse", "--until", "+30d", "--script", str(script), "--out", str(out), "--json")
    assert done.code == 0, done.err
    return [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()]


def test_a_month_of_commands(month: list[dict[str, Any]], tmp_path: Path) -> None:
    assert [event for event in month if event["event"] == "refused"] == []
    sent = [(event["letter"], event["to"]) for event in month if "file" in event]
    assert sorted(sent[:3]) == [("desk-away", MENTOR), ("desk-language", MENTOR), ("partner-away", MENTEE)]
    assert sent[3] == ("relayed", MENTOR)
    assert sorted(sent[4:6]) == [("confirm-address", NEW), ("desk-question", MENTOR)]
    assert sent[6] == ("address-confirmed", NEW)  # it waits for the old mailbox
    assert sorted(sent[7:9]) == [("address-confirmed", NEW), ("letters-elsewhere", MENTOR)]
    assert sent[9:] == [("relayed", NEW)]
    states = [(event["from"], event["to"]) for event in month if event["event"] == "state" and "from" in event]
    assert [one for one in states if "away" in one] == [("active", "away"), ("away", "active")]
    back = next(event["at"] for event in month if event["event"] == "state" and event.get("from") == "away")
    assert back.startswith((UNTIL + timedelta(days=1)).isoformat())


def test_the_partner_reads_the_day_in_their_language_and_no_notice_gives_anyone_away(
    month: list[dict[str, Any]], tmp_path: Path
) -> None:
    (told,) = [event["file"] for event in month if event.get("letter") == "partner-away"]
    away = " ".join((parse((tmp_path / "out" / told).read_bytes()).text or "").replace("\xa0", " ").split())
    assert "jusqu’au" in away and str(UNTIL.year) in away
    for event in month:
        if "file" not in event or event["letter"] == "relayed":
            continue
        message = parse((tmp_path / "out" / event["file"]).read_bytes())
        shown = f"{message.subject}\n{message.text}"
        others = {MENTOR, MENTEE, NEW, "Jane Doe"} - {event["to"]}
        assert [one for one in others if one in shown] == []
