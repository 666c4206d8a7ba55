"""Each operator's verb that writes an event says in it who ran it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from relay.cli import relay as root
from relay.home import Home
from relay.model import JournalEntry, NewDelivery, Side
from relay.store import OVER_LIMIT, Acceptance, Store, SuspendedRow

Relay = Callable[..., Any]
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA, BEN, OTHER = "anna@x.example", "ben@y.example", "anna@z.example"
SOON = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
OPERATOR = "olga"
LETTER = b"Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n\r\nHello\r\n"

VERBS: tuple[tuple[tuple[str, ...], Sequence[str]], ...] = (
    (("pair", "create", "--mentor", "c@x.example", "--mentee", "d@x.example", "--silent"), ["state"]),
    (("pair", "import", "{csv}", "--silent"), ["state"]),
    (("pair", "import", "{csv}", "--no-invite"), ["state"]),
    (("pair", "pause", "{pair}"), ["state"]),
    (("pair", "resume", "{paused}"), ["state"]),
    (("pair", "invite", "{invited}"), ["invited", "invited"]),
    (("pair", "end", "{pair}", "--yes"), ["state"]),
    (("pair", "hold-legal", "{pair}", "on", "--reason", "file 12/2026"), ["legal-hold"]),
    (("member", "show", "{pair}", "mentor", "--reveal", "--reason", "to telephone"), ["revealed"]),
    (("member", "add-address", "{pair}", "mentor", "new@x.example"), ["address-added"]),
    (("member", "set-primary", "{pair}", "mentor", OTHER), ["address-primary"]),
    (("member", "known-as", "{pair}", "mentor", "add", "Anna Bell"), ["names-changed"]),
    (("member", "known-as", "{pair}", "mentor", "remove", "Annie"), ["names-changed"]),
    (("member", "rename", "{pair}", "mentor", "Annie", "Anne"), ["names-changed"]),
    (("member", "away", "{pair}", "mentor", "--until", SOON), ["state", "away"]),
    (("member", "vacation", "{pair}", "mentor", "on"), ["vacation"]),
    (("member", "forget", "{pair}", "mentor", "--yes"), ["state", "state", "forgotten"]),
    (("member", "resume", BEN), ["state"]),
    (("queue", "hold", "waiting"), ["held"]),
    (("queue", "release", "limited"), ["released"]),
    (("queue", "retry", "limited"), ["released"]),
    (("queue", "drop", "waiting", "--yes"), ["refused"]),
    (("held", "release", "limited"), ["released"]),
    (("held", "refuse", "limited", "--yes"), ["refused"]),
    (("log", "show", "waiting", "--letter", "--reason", "a complaint"), ["read"]),
    (("log", "export", "--letters", "--reason", "a complaint"), ["read"]),
)
"""A command line, and the events that it writes, without those of letters that relay sends then ("sent")."""

WITHOUT = {
    "backup", "check", "completion", "dkim rotate", "dns check", "dns records", "held list", "held show", "help",
    "init", "jobs list", "letters list", "letters show", "log events", "log list", "member list",
    "member discreet", "member set-language", "member time-zone",
    "pair export", "pair list", "pair set-cohort", "pair show", "pair welcome",
    "preview", "queue list", "queue show",
    "quickstart", "rehearse", "report list", "report processing", "roles list",
    "serve", "show", "status", "store copy", "vault rotate",
}  # fmt: skip
"""Verbs that write no event."""

ELSEWHERE = {
    "restore": "tests/operations/test_forgotten.py",
    "member export": "tests/cli/test_member_export.py",
    "roles ask": "tests/cli/test_roles.py",
    "member guardian": "tests/inbound/test_guardians.py",
    "pair replace": "tests/inbound/test_replacing.py",
}


@pytest.fixture
def pair(home: Home, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> str:
    """A pair with a letter that waits and one that is held, a second proven address, and a mailbox that is gone."""
    monkeypatch.setenv("SUDO_USER", OPERATOR)
    people = ("--mentor", ANNA, "--mentee", BEN, "--mentor-known-as", "Annie")
    pair_id: str = relay("pair", "create", *people, "--silent", "--json").objects[0]["pair"]
    assert relay("member", "add-address", pair_id, "mentor", OTHER).code == 0

    async def letters() -> None:
        store = await Store.open(home.db, home.read_vault())
        await store._writer.run(lambda db: db.execute("UPDATE address SET proven = 1"))
        for id, why in (("waiting", ""), ("limited", OVER_LIMIT)):
            entry = JournalEntry(id, pair_id, Side.MENTOR, "letter", AT, 10, 20)
            delivery = NewDelivery(id, id, BEN, f"b-{id}@relay.test", LETTER, AT, held=why)
            await store.accept([Acceptance(entry, None, (delivery,), keep=True)])
        await store.close()

    asyncio.run(letters())
    return pair_id


@pytest.mark.parametrize(("words", "expected"), VERBS, ids=[" ".join(words[:2]) for words, _ in VERBS])
def test_the_events_of_a_verb_name_the_operator(
    home: Home, relay: Relay, pair: str, tmp_path: Path, words: tuple[str, ...], expected: Sequence[str]
) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("mentor,mentee\ne@x.example,f@x.example\n")
    if "{paused}" in words:
        assert relay("pair", "pause", pair).code == 0
    if words[:2] == ("member", "resume"):
        asyncio.run(suspend(home, BEN))
    invited = ""
    if "{invited}" in words:
        people = ("--mentor", "g@x.example", "--mentee", "h@x.example")
        invited = relay("pair", "create", *people, "--json").objects[0]["pair"]
    before = len(relay("log", "events", "--json").objects)
    done = relay(*(word.format(csv=file, pair=pair, paused=pair, invited=invited) for word in words))
    assert done.code == 0, done.err
    written = [one for one in relay("log", "events", "--json").objects[before:] if one["event"] != "sent"]
    assert [one["event"] for one in written] == expected
    assert {one["who"] for one in written} == {OPERATOR}


async def suspend(home: Home, address: str) -> None:
    """Suspend a mailbox, as bounces do."""
    store = await Store.open(home.db, home.read_vault())
    (one,) = await store.directory.pairs()
    await store.suspensions.add(address, SuspendedRow(one.id, Side.MENTEE, one.mentee.name, "5.1.1", AT), None)
    await store.close()


def test_every_verb_stands_in_one_of_the_tables() -> None:
    known = {verb(words) for words, _ in VERBS} | WITHOUT | ELSEWHERE.keys()
    assert set(all_verbs(root)) == known


def verb(words: Sequence[str]) -> str:
    """The verb in a command line."""
    return " ".join(words[:2])


def all_verbs(group: click.Group, prefix: str = "") -> list[str]:
    """Every verb of relay, such as "pair create"."""
    context = click.Context(group)
    found: list[str] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += all_verbs(command, f"{prefix}{name} ") if isinstance(command, click.Group) else [prefix + name]
    return found
