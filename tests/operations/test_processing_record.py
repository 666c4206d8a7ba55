"""The record of processing activities says what the settings and the database are now, and names no member."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from relay.cli.command_line import run
from relay.home import Home
from relay.model import Identity, NewPair, Persona
from relay.operations.processing_record import Record, markdown, processing_record
from relay.settings import Address, Settings
from relay.settings_file import load
from relay.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 86400.0


@pytest.fixture
async def store(home: Home) -> AsyncIterator[Store]:
    opened = await Store.open(home.db, home.read_vault())
    names = Persona("Amber Heron", "amber.p1@relay.test"), Persona("Quiet River", "quiet.p1@relay.test")
    people = Identity(("jane@real.example",), ("Jane Doe",)), Identity(("omar@home.example",))
    await opened.directory.add_pairs([NewPair("p1", *names, *people, "spring", "en", NOW)])
    yield opened
    await opened.close()


def line(record: Record, section: str, what: str) -> str:
    """What the record says about one thing."""
    (found,) = [one.is_so for one in record.sections[section] if one.what == what]
    return found


def changed(settings: Settings, section: str, **values: Any) -> Settings:
    return replace(settings, **{section: replace(getattr(settings, section), **values)})


@pytest.mark.parametrize(
    ("section", "values", "where", "what", "before", "after"),
    [
        ("retention", {"letters": 20 * DAY}, "Retention", "Letters", "365 days", "20 days"),
        (
            "retention",
            {"events": 10 * DAY},
            "Retention",
            "Journal, events, consent of pairs that are over",
            "730",
            "10",
        ),
        ("store", {"content": "none"}, "Retention", "Letters", "365 days", "until delivered"),
        ("store", {"content": "none"}, "Data", "Letters", "encrypted", "not kept once delivered"),
        ("programme", {"operator": "ops@a.example"}, "Controller", "Who runs relay", "not set", "ops@a.example"),
        ("programme", {"name": "Letters for all"}, "Controller", "Programme", "the mentoring", "Letters for all"),
        ("delivery", {"tls": "required"}, "Security", "Encryption on the way out", "where the next", "never sent in"),
        (
            "smtp",
            {"tls_certificate": "a.pem"},
            "Security",
            "Encryption on the way in",
            "not offered",
            "offered (STARTTLS)",
        ),
        ("dns", {"dnssec": "validated"}, "Security", "DNSSEC and DANE", "not in use", "validated"),
        ("attachments", {"scanner": "unix:/c.ctl"}, "Security", "Malware scanner", "none", "unix:/c.ctl"),
        (
            "authenticity",
            {"verify": "upstream"},
            "Security",
            "Who wrote a letter",
            "by relay",
            "by the mail server before",
        ),
        (
            "dns",
            {"nameservers": (Address("9.9.9.9", 53),)},
            "Recipients",
            "DNS resolvers",
            "of the system",
            "9.9.9.9:53",
        ),
    ],
)
async def test_a_changed_setting_changes_the_record(
    home: Home,
    store: Store,
    section: str,
    values: dict[str, Any],
    where: str,
    what: str,
    before: str,
    after: str,
) -> None:
    settings = load(home.toml, {})
    assert before in line(await processing_record(home, settings, store, NOW), where, what)
    record = await processing_record(home, changed(settings, section, **values), store, NOW)
    assert after in line(record, where, what)
    assert after in markdown(record)


async def test_it_counts_people_and_pairs_and_says_what_is_on_legal_hold(home: Home, store: Store) -> None:
    settings = load(home.toml, {})
    record = await processing_record(home, settings, store, NOW)
    assert line(record, "People", "Mentors and mentees").startswith("2 (2 active)")
    assert line(record, "People", "Pairs") == "1 (1 active); groups: 1"
    await store.legal_holds.put("p1", NOW, on=True, who="root", why="Jane Doe is accused")
    member = await store.members.having("omar@home.example")
    assert member is not None
    await store.legal_holds.wish(member.number, NOW, who="root")
    record = await processing_record(home, settings, store, NOW)
    assert line(record, "Data", "Pairs on legal hold") == "p1: nothing of them is deleted"
    assert line(record, "Data", "Members who wait to be forgotten") == "1"
    assert line(record, "Retention", "Pair p1") == "legal hold: until it is lifted"


async def test_it_names_no_member_and_no_password(home: Home, store: Store) -> None:
    settings = load(home.toml, {})
    url = "postgresql://relay:secretword@db.example/relay"
    record = await processing_record(home, changed(settings, "store", url=url), store, NOW)
    assert line(record, "Place", "Database") == "PostgreSQL on db.example, relay"
    text = markdown(record)
    for secret in ("secretword", "jane", "Jane", "omar", "Amber", "real.example"):
        assert secret not in text
    assert "\n| Programme |" in text
    assert "Set programme.operator" in text


async def test_people_with_a_role_are_named(home: Home, store: Store) -> None:
    settings = changed(load(home.toml, {}), "safeguarding", contact="safe@a.example")
    settings = changed(settings, "programme", coordinators=("spring: co@a.example",))
    record = await processing_record(home, settings, store, NOW)
    assert line(record, "Controller", "Contact") == "safe@a.example"
    assert line(record, "Controller", "Coordinator of group spring") == "co@a.example"


def test_the_command_writes_markdown_a_file_or_json(
    home: Home, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--home", str(home.path), "report", "processing"]
    assert run(at) == 0
    assert capsys.readouterr().out.startswith("# Record of processing activities\n")
    assert run([*at, str(tmp_path / "record.md")]) == 0
    assert (tmp_path / "record.md").read_text().startswith("# Record of processing activities\n")
    assert run([*at, str(tmp_path / "record.md")]) == 1
    assert "exists already" in capsys.readouterr().err
    assert run([*at, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["retention"][1] == {"what": "Letters", "is": "365 days", "setting": "retention.letters"}
    assert shown["to_be_added"]
