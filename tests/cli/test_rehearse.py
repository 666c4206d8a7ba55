"""relay rehearse: weeks of a pair in seconds on a copy of the home, with every letter written to a folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from relay.home import Home
from relay.message.read.parse import parse
from relay.message.write.dkim_sign import public_record
from relay.message.write.dkimpy_check import verifies
from relay.settings_file import load

from .conftest import Done

Relay = Callable[..., Done]
MENTOR, MENTEE = "jane.doe@real.example", "omar@home.example"


@pytest.fixture
def pair(relay: Relay) -> dict[str, Any]:
    done = relay(
        "pair", "create", "--mentor", MENTOR, "--mentee", MENTEE, "--mentor-known-as", "Jane Doe", "--silent", "--json"
    )
    (made,) = done.objects
    assert isinstance(made, dict)
    return made


@pytest.fixture
def rehearse(relay: Relay, tmp_path: Path) -> Callable[..., Done]:
    def rehearse(*entries: dict[str, object], until: str = "+14d") -> Done:
        script = tmp_path / "script.jsonl"
        script.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        return relay("rehearse", "--until", until, "--script", str(script), "--out", str(tmp_path / "out"), "--json")

    return rehearse


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out" / "events.jsonl").read_text().splitlines()]


def letters(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((folder / "out" / "letters").iterdir())]


def contents(home: Home) -> dict[str, str]:
    files = [path for path in home.path.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_two_weeks_of_a_pair(
    rehearse: Callable[..., Done], pair: dict[str, Any], home: Home, tmp_path: Path, relay: Relay
) -> None:
    before = contents(home)
    to_mentor, to_mentee = f"alias:{pair['pair']}:mentor", f"alias:{pair['pair']}:mentee"
    done = rehearse(
        {"at": "+1h", "from": MENTEE, "to": to_mentor, "subject": "Hello", "text": "How are you?\n\nOmar"},
        {"at": "+3d", "from": MENTOR, "to": to_mentee, "subject": "Re: Hello", "text": "I am Jane Doe and fine."},
        {"at": "+5d", "from": MENTOR, "to": to_mentee, "subject": "Travel", "text": "From a café", "proven": False},
        {"at": "+5d2h", "from": MENTOR, "to": "question:LAST", "subject": "Re: {{code}}", "text": "{{code}}"},
        {"at": "+6d", "run": ["pair", "pause", pair["pair"], "--yes"]},
        {"at": "+7d", "from": MENTEE, "to": to_mentor, "subject": "There?", "text": "Are you there?"},
        {"at": "+8d", "run": ["pair", "resume", pair["pair"], "--yes"]},
        {"at": "+9d", "bounce": MENTEE, "status": "5.1.1"},
    )
    assert done.code == 0, done.err
    happened = [(event["event"], event.get("letter", "")) for event in events(tmp_path)]
    (released,) = [letter for event, letter in happened if event == "released"]
    assert [one for one in happened if one[0] in ("relayed", "sent", "refused", "state", "bounced")] == [
        ("relayed", "relayed"),
        ("relayed", "relayed"),
        ("refused", "550 5.7.1"),
        ("sent", "is-it-yours"),
        ("relayed", "relayed"),
        ("state", ""),
        ("refused", "550 5.2.1"),
        ("sent", "refused"),
        ("state", ""),
        ("bounced", released),
        ("sent", "undeliverable"),
    ]
    assert [letter for event, letter in happened if event == "held"] == [released]
    sides = [(one["letter"], one["side"], one["to"]) for one in events(tmp_path) if "file" in one]
    assert sides[:3] == [
        ("relayed", "mentee", MENTOR),
        ("relayed", "mentor", MENTEE),
        ("is-it-yours", "mentor", MENTOR),
    ]
    late, at = (
        letters(tmp_path)[3],
        datetime.fromisoformat(next(one["at"] for one in events(tmp_path) if one["event"] == "released")),
    )
    settings = load(home.toml, {})
    records = {f"{name}._domainkey.{settings.domain}": public_record(pem) for name, pem in home.dkim_keys(settings)}
    assert at.strftime("Date: %a, %d %b %Y %H:%M:%S +0000\r\n").encode() in late and verifies(late, records)
    (answer,) = done.objects
    assert (answer["letters"], answer["events"]) == (len(letters(tmp_path)), len(happened))
    assert answer["letters"] == 6
    first, second, *_ = letters(tmp_path)
    assert b"DKIM-Signature" in first
    assert parse(second).text == f"I am {pair['mentor']['name']} and fine.\n"
    assert contents(home) == before
    assert relay("log", "list", "--json").objects == []


def test_the_clock_starts_now_and_letters_are_dated_by_it(
    rehearse: Callable[..., Done], pair: dict[str, Any], tmp_path: Path
) -> None:
    rehearse({"at": "+10d", "from": MENTEE, "to": f"alias:{pair['pair']}:mentor", "subject": "x", "text": "y"})
    (event,) = events(tmp_path)
    at = datetime.fromisoformat(event["at"])
    assert timedelta(days=9, hours=23) < at - datetime.now(at.tzinfo) < timedelta(days=10, minutes=1)
    assert at.strftime("Date: %a, %d %b %Y %H:%M:%S +0000\r\n").encode() in letters(tmp_path)[0]


def test_two_weeks_of_a_pair_with_answers_of_the_operator(
    rehearse: Callable[..., Done], pair: dict[str, Any], home: Home, tmp_path: Path
) -> None:
    operator = "desk@ops.example"
    toml = home.toml.read_text()
    home.toml.write_text(re.sub(r"(?m)^#? *operator *=.*$", f'operator = "{operator}"', toml))
    to_mentor, to_mentee = f"alias:{pair['pair']}:mentor", f"alias:{pair['pair']}:mentee"
    done = rehearse(
        {"at": "+1d", "from": MENTEE, "to": to_mentor, "subject": "Hello", "text": "How are you?"},
        {"at": "+2d", "from": MENTEE, "to": "postmaster@relay.test", "subject": "Help", "text": "May I send a plan?"},
        {"at": "+3d", "from": operator, "to": "question:LAST", "subject": "Re: Help", "text": f"Yes. Call {operator}."},
        {"at": "+4d", "from": MENTOR, "to": to_mentee, "subject": "Re: Hello", "text": "Fine."},
        {"at": "+5d", "from": MENTEE, "to": "conversation:LAST", "subject": "Re: Help", "text": "Thank you!"},
        {"at": "+9d", "from": operator, "to": "conversation:LAST", "subject": "Re: Help", "text": "Not at all."},
        {"at": "+10d", "from": MENTOR, "to": "postmaster@relay.test", "subject": "Holiday", "text": "I am away."},
        {"at": "+11d", "from": operator, "to": "question:LAST", "subject": "Re: Holiday", "text": "Have a good time."},
    )
    assert done.code == 0, done.err
    went = [(one["letter"], one["to"]) for one in events(tmp_path) if "file" in one]
    assert went == [
        ("relayed", MENTOR),
        ("operator", operator),
        ("from-operator", MENTEE),
        ("relayed", MENTEE),
        ("operator", operator),
        ("from-operator", MENTEE),
        ("operator", operator),
        ("from-operator", MENTOR),
    ]
    texts = [parse(content).text or "" for content in letters(tmp_path)]
    for at, words in (
        (1, "May I send a plan?"),
        (2, "Yes."),
        (4, "Thank you!"),
        (5, "Not at all."),
        (7, "Have a good"),
    ):
        assert words in texts[at]
    for at in (2, 5, 7):
        assert operator.encode() not in letters(tmp_path)[at]


def test_what_is_queued_leaves_first(relay: Relay, rehearse: Callable[..., Done], tmp_path: Path) -> None:
    relay("pair", "create", "--mentor", MENTOR, "--mentee", MENTEE)
    rehearse(until="+1m")
    assert {event["to"] for event in events(tmp_path)} == {MENTOR, MENTEE}
    assert {event["event"] for event in events(tmp_path)} == {"sent"}
    # The side of a letter from the programme is its reader's.
    assert {(event["side"], event["to"]) for event in events(tmp_path)} == {("mentor", MENTOR), ("mentee", MENTEE)}


def test_a_mail_from_a_file_is_accepted_with_its_exact_octets(
    rehearse: Callable[..., Done], pair: dict[str, Any], tmp_path: Path
) -> None:
    mail = b"From: omar@home.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nwords\r\n"
    (tmp_path / "one.eml").write_bytes(mail)
    assert rehearse({"at": "+1m", "from": MENTEE, "to": pair["mentor"]["alias"], "eml": "one.eml"}).code == 0
    assert parse(letters(tmp_path)[0]).subject == "Grüße"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"at": "tomorrow", "run": ["check"]}, "'tomorrow' is no time"),
        ({"at": "2026-13-01T00:00:00Z", "run": ["check"]}, "is no time"),
        ({"at": "2001-01-01T00:00:00Z", "run": ["check"]}, "before the start"),
        ({"at": "+1d"}, 'it needs one of "from", "bounce" and "run"'),
        ({"at": "+1d", "from": "nobody", "to": "x@y"}, "'nobody' is no address"),
        ({"at": "+1d", "from": "a@b.example", "to": "alias:x:nobody"}, "is no address; write one, alias"),
        ({"at": "+1d", "from": "a@b.example", "to": "alias:zzz:mentor"}, "there is no pair zzz"),
        ({"at": "+1d", "from": MENTOR, "to": "question:LAST"}, "there is no open question to"),
        (
            {"at": "+1d", "from": MENTOR, "to": "conversation:LAST"},
            "no letter of a conversation with the operator",
        ),
        ({"at": "+1d", "bounce": MENTOR, "status": "gone"}, "is no status such as 5.1.1"),
        ({"at": "+1d", "bounce": MENTOR, "status": "5.1.1"}, "no letter with a return path was sent"),
        ({"at": "+1d", "from": MENTOR, "to": MENTEE, "colour": "red"}, "unknown keys: colour"),
        ({"at": "+1d", "run": ["pair", "pause", "zzz", "--yes"]}, "relay pair pause zzz --yes: "),
        ({"at": "+1d", "from": MENTOR, "to": MENTEE, "eml": "missing.eml"}, "missing.eml"),
    ],
)
def test_a_line_that_cannot_be_carried_out_is_reported_by_number(
    rehearse: Callable[..., Done], entry: dict[str, object], words: str
) -> None:
    done = rehearse(entry)
    assert done.code == 1
    assert "line 1: " in done.err and words in done.err
    assert "Traceback" not in done.err


def test_all_errors_of_a_script_are_reported_at_once(relay: Relay, tmp_path: Path) -> None:
    (tmp_path / "script").write_text('no json\n\n{"at": "+1d"}\n{"at": "+2d", "run": []}\n')
    done = relay("rehearse", "--until", "+3d", "--script", str(tmp_path / "script"), "--out", str(tmp_path / "out"))
    assert [line.removeprefix("relay: ")[:6] for line in done.err.splitlines()] == ["line 1", "line 3", "line 4"]
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_is_not_empty_is_refused(relay: Relay, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    (tmp_path / "script").write_text("")
    done = relay("rehearse", "--until", "+3d", "--script", str(tmp_path / "script"), "--out", str(tmp_path / "out"))
    assert done.code == 2 and "is not empty" in done.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_nothing_that_can_wait_leaves_in_the_night_of_its_reader(
    relay: Relay, rehearse: Callable[..., Done], home: Home, tmp_path: Path
) -> None:
    toml = home.toml.read_text()
    home.toml.write_text(toml.replace('quiet_hours = ""', 'quiet_hours = "21:00-07:00"'))
    zones = {MENTOR: "America/Lima", MENTEE: "Asia/Kolkata"}
    people = ("--mentor", MENTOR, "--mentee", MENTEE)
    relay("pair", "create", *people, "--mentor-time-zone", zones[MENTOR], "--mentee-time-zone", zones[MENTEE])
    # Every hour of a day somebody has something to hear.
    done = rehearse(
        {"at": "+26h", "from": MENTOR, "to": "question:LAST", "subject": "Re: {{code}}", "text": "YES"},
        {"at": "+41h", "from": MENTEE, "to": "question:LAST", "subject": "Re: {{code}}", "text": "{{code}}"},
    )
    assert done.code == 0, done.err
    sent = [(one["letter"], one["to"], datetime.fromisoformat(one["at"])) for one in events(tmp_path) if "file" in one]
    assert len(sent) == 7
    for name, to, at in sent:
        hour = at.astimezone(ZoneInfo(zones[to])).hour
        answers = name == "invitation-accepted" or (name in ("welcome", "who-reads-what") and to == MENTEE)
        assert answers or 7 <= hour < 21, (name, to, hour)


def test_members_write_to_the_desk(rehearse: Callable[..., Done], pair: dict[str, Any], tmp_path: Path) -> None:
    to_mentee = f"alias:{pair['pair']}:mentee"
    done = rehearse(
        {"at": "+1h", "from": MENTOR, "to": "pause@relay.test", "text": ""},
        {"at": "+2h", "from": MENTOR, "to": "help@relay.test", "text": "Reprendre\n\nCordialement,\nJane"},
        {"at": "+3h", "from": MENTOR, "to": to_mentee, "subject": "Hm", "text": "stop"},
        {"at": "+4h", "from": MENTOR, "to": "question:LAST", "text": "STOP"},
        {"at": "+5h", "from": MENTOR, "to": "question:LAST", "subject": "Re", "text": "{{code}}"},
    )
    assert done.code == 0, done.err
    happened = [(event["event"], event.get("command") or event.get("letter", "")) for event in events(tmp_path)]
    (held,) = [one for one in happened if one[0] == "held"]
    assert [one for one in happened if one[0] in ("command", "relayed", "sent", "held", "released")] == [
        ("command", "pause"),
        ("sent", "desk-paused"),
        ("sent", "exchange-rests"),
        ("command", "resume"),
        ("sent", "desk-resumed"),
        ("sent", "exchange-rests"),
        held,
        ("sent", "word-alone"),
        ("sent", "desk-question"),
        ("command", "leave"),
        ("sent", "desk-left"),
        ("sent", "pair-ended"),
    ]
    states = [event["to"] for event in events(tmp_path) if event["event"] == "state"]
    assert states == ["paused", "active", "ended", "left"]


def test_a_report_in_a_rehearsal_stops_the_letters_until_a_named_person_has_decided(
    rehearse: Callable[..., Done], pair: dict[str, Any], home: Home, tmp_path: Path
) -> None:
    operator, safe, id = "desk@ops.example", "safe@ops.example", pair["pair"]
    toml = re.sub(r"(?m)^#? *operator *=.*$", f'operator = "{operator}"', home.toml.read_text())
    home.toml.write_text(toml.replace('\ncontact = ""', f'\ncontact = "{safe}"').replace('"24h"', '"4h"'))
    to_mentor, to_mentee = f"alias:{id}:mentor", f"alias:{id}:mentee"
    done = rehearse(
        {"at": "+1m", "run": ["roles", "ask"]},
        {"at": "+1h", "from": safe, "to": "question:LAST", "subject": "Re: {{code}}", "text": "YES"},
        {"at": "+1d", "from": MENTEE, "to": "report@relay.test", "subject": "?", "text": "She", "proven": False},
        {"at": "+1d1h", "from": MENTOR, "to": to_mentee, "subject": "Hello", "text": "Are you there?"},
        {"at": "+1d2h", "from": MENTEE, "to": "question:LAST", "subject": "Re: {{code}}", "text": "{{code}}"},
        {"at": "+3d", "run": ["pair", "resume", id, "--reason", "they talked"]},
        {"at": "+4d", "from": MENTEE, "to": to_mentor, "subject": "Again", "text": "I am here."},
    )
    assert done.code == 0, done.err
    happened = [one for one in events(tmp_path) if one.get("pair") == id]
    states = [(one["from"], one["to"]) for one in happened if one["event"] == "state"]
    assert states == [("active", "reported"), ("reported", "active")]
    assert [one["event"] for one in happened].count("reported") == 2
    sent = [(one["letter"], one["to"]) for one in events(tmp_path) if "file" in one]
    assert [one for one in sent if one[0].startswith(("report", "exchange")) or one[0] == "relayed"] == [
        ("report-taken", MENTEE),
        ("exchange-rests", MENTOR),
        ("report", safe),
        ("report-answered", MENTEE),
        ("report-more", safe),
        ("report", operator),
        ("exchange-rests", MENTOR),
        ("exchange-rests", MENTEE),
        ("relayed", MENTOR),
    ]
