"""The whole command on broken set-ups: one clear line about each, exit code 1, no traceback, and an end in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab.house import free_port

from relay.cli.command_line import run
from relay.home import Home
from relay.operations.setup import set_up
from relay.settings import Address

from .conftest import Done

Relay = Callable[..., Done]
NOBODY = 65534


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY_SMTP__LISTEN", f'["127.0.0.1:{free_port()}"]')
    monkeypatch.setenv("RELAY_DELIVERY__SMARTHOST", "")
    monkeypatch.setenv("RELAY_ATTACHMENTS__CONVERT", "never")


def errors(done: Done) -> list[list[str]]:
    """What and remedy of each error."""
    return [line.split("\t")[1:] for line in done.out.splitlines() if line.startswith("error\t")]


def replaced(home: Home) -> None:
    shutil.rmtree(home.path)
    home.path.touch()


def newer(home: Home) -> None:
    with contextlib.closing(sqlite3.connect(home.db)) as db:
        db.execute("PRAGMA user_version = 9999")


def encoded(encoding: str) -> Callable[[Home], object]:
    return lambda home: home.toml.write_bytes(home.toml.read_text().encode(encoding))


BROKEN: list[tuple[str, Callable[[Home], object], dict[str, str], str, str]] = [
    ("a file for the home", replaced, {}, "is no folder", "--home"),
    ("UTF-16", encoded("utf-16"), {}, "is not UTF-8 text", "correct "),
    (
        "a pipe for relay.toml",
        lambda home: (home.toml.unlink(), os.mkfifo(home.toml, 0o600)),
        {},
        "it is no file",
        "correct ",
    ),
    (
        "quotation marks of a word processor",
        lambda home: home.toml.write_text("domain = “relay.test”\n"),
        {},
        "relay.toml:1: invalid value",
        "correct ",
    ),
    (
        "a database server that is off",
        lambda _: None,
        {"RELAY_STORE__URL": f"postgresql://u:p@127.0.0.1:{free_port()}/x"},
        "the PostgreSQL server 127.0.0.1:",
        "see whether it runs",
    ),
    ("the database of a newer relay", newer, {}, "a newer relay has migrated this database", "install that version"),
    (
        "a listen address that nobody knows",
        lambda _: None,
        {"RELAY_SMTP__LISTEN": '["mx.invalid:2525"]'},
        "mx.invalid:2525 in smtp.listen cannot be looked up",
        "IP address",
    ),
]


@pytest.mark.parametrize(
    ("broken", "env", "what", "remedy"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_one_line_says_what_is_wrong_and_what_to_do(
    home: Home,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[Home], object],
    env: dict[str, str],
    what: str,
    remedy: str,
) -> None:
    broken(home)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    done = relay("check", "--local")
    ((said, to_do),) = errors(done)
    assert what in said and remedy in to_do
    assert done.code == 1 and done.err == ""


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_settings_from_an_editor_on_windows_are_read(home: Home, relay: Relay, change: Callable[[str], str]) -> None:
    home.toml.write_bytes(change(home.toml.read_text()).encode())
    assert relay("check", "--local").code == 0


def test_a_domain_that_was_changed_after_pairs_were_made_is_told(
    home: Home, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent").code == 0
    assert relay("check", "--local").code == 0
    monkeypatch.setenv("RELAY_DOMAIN", "other.test")
    done = relay("check", "--local")
    assert done.code == 1
    ((said, to_do),) = errors(done)
    assert said == "1 pair has addresses in relay.test, but domain is other.test: what is written to them is refused"
    assert "set domain back to relay.test" in to_do


@pytest.fixture
def nobodys() -> Iterator[Home]:
    """The home of a user who is not root, in a folder that everybody may enter."""
    if os.geteuid():
        pytest.skip("needs root, to be another user for a moment")
    with tempfile.TemporaryDirectory(prefix="relay-check-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        home = Home(folder / "home")
        asyncio.run(set_up(home, "relay.test", Address("127.0.0.1", 8025), Address("127.0.0.1", 2525)))
        for path in (home.path, *home.path.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        yield home


def roots(path: Path, mode: int) -> None:
    """Give a file or folder to root, as a command does that root runs."""
    if not path.exists():
        path.mkdir()
    os.chown(path, 0, 0)
    path.chmod(mode)


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (lambda home: roots(home.keys, 0o700), "you may not look into {home}/keys"),
        (lambda home: roots(home.vault_key, 0o600), "{home}/keys/vault.key cannot be read: Permission denied"),
        (lambda home: roots(home.db, 0o600), "you may not read the database {home}/relay.db"),
        (lambda home: roots(home.templates, 0o700), "relay may not look into {home}/templates"),
        (lambda home: roots(home.toml, 0o600), "you may not read {home}/relay.toml"),
    ],
)
def test_a_file_of_roots_in_the_home_is_to_be_given_to_its_owner(
    nobodys: Home, capsys: pytest.CaptureFixture[str], broken: Callable[[Home], Any], what: str
) -> None:
    words = ["--home", str(nobodys.path), "check", "--local"]
    run(words)  # everything is imported before the user changes, who may not read every interpreter's files
    for path in nobodys.path.rglob("*"):
        os.chown(path, NOBODY, NOBODY)
    broken(nobodys)
    capsys.readouterr()
    os.seteuid(NOBODY)
    try:
        code = run(words)
    finally:
        os.seteuid(0)
    printed = capsys.readouterr()
    found = errors(Done(code, printed.out, printed.err))
    assert code == 1 and printed.err == ""
    told = [(said, to_do) for said, to_do in found if said.startswith(what.format(home=nobodys.path))]
    assert len(told) == 1, found
    assert "as root: chown -R nobody " in told[0][1]


def test_a_database_that_only_root_may_write_is_told(nobodys: Home, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--home", str(nobodys.path), "check", "--local"]
    run(words)
    os.chown(nobodys.db, 0, 0)
    nobodys.db.chmod(0o644)
    capsys.readouterr()
    os.seteuid(NOBODY)
    try:
        assert run(words) == 1
    finally:
        os.seteuid(0)
    assert "you may not write the database's file" in capsys.readouterr().out


@pytest.fixture
def silent() -> Iterator[int]:
    """A port of this machine's where connections and queries are taken, and nobody answers."""
    with socket.socket() as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        stream.bind(("127.0.0.1", 0))
        stream.listen()
        datagrams.bind(stream.getsockname())
        yield stream.getsockname()[1]


@pytest.mark.parametrize("smarthost", ["", "127.0.0.1:{port}"])
def test_nobody_waits_long_when_nobody_answers(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, silent: int, smarthost: str
) -> None:
    monkeypatch.setenv("RELAY_DNS__NAMESERVERS", f'["127.0.0.1:{silent}"]')
    monkeypatch.setenv("RELAY_DNS__DNSSEC", "validated")
    monkeypatch.setenv("RELAY_PROGRAMME__OPERATOR", "op@operator.test")
    monkeypatch.setenv("RELAY_DELIVERY__SMARTHOST", smarthost.format(port=silent))
    relay("check", "--local")  # imports
    begun = time.monotonic()
    done = relay("check")
    assert time.monotonic() - begun < 20  # 8 s are waits, one after the other they were 33
    assert [said for said, _ in errors(done)] == ["the DNS resolver 127.0.0.1 does not answer"]
    assert done.code == 1
