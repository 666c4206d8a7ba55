"""relay quickstart in a folder that stands for the machine: both ways, twice, and as a dry run."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relay.cli.command_line import run
from relay.home import Home
from relay.operations.quickstart import milters, postfix
from relay.operations.quickstart.machine import Machine
from relay.operations.quickstart.wanted import Wanted
from relay.settings import Address
from relay.settings_file import load, startable

from .conftest import Done

DOMAIN = "relay.example.org"
needs_postfix = pytest.mark.skipif(
    not shutil.which("postconf", path=f"{os.environ['PATH']}:/usr/sbin"), reason="needs postconf"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a Postfix and an OpenDKIM as Debian installs them."""
    path = tmp_path / "root"
    (path / "etc" / "postfix").mkdir(parents=True)
    for name in ("passwd", "group", "shadow", "gshadow"):
        (path / "etc" / name).touch()
    (path / "etc" / "postfix" / "main.cf").write_text(
        f"compatibility_level = 3.6\nmyhostname = mx.{DOMAIN}\nmydestination = $myhostname, {DOMAIN}, localhost\n"
    )
    (path / "etc" / "opendkim.conf").write_text("Mode sv\nSocket local:/run/opendkim.sock\nUserID opendkim\n")
    return path


@pytest.fixture
def quickstart(root: Path, capsys: pytest.CaptureFixture[str], port_25: None) -> Iterator[Callable[..., Done]]:
    def quickstart(*options: str) -> Done:
        capsys.readouterr()
        code = run(["quickstart", DOMAIN, "--root", str(root), *options])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    yield quickstart


def everything(root: Path) -> dict[str, bytes]:
    """All files but the transcript and what SQLite writes when it opens a database."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.name.startswith(("relay.db", "."))]
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.suffix != ".log"}


def test_relay_receives_the_mail_itself_and_a_second_run_changes_nothing(
    quickstart: Callable[..., Done], root: Path
) -> None:
    done = quickstart("--operator", "ada@example.net", "--programme", "First Steps")
    assert done.code == 0, done.err
    settings = load(root / "var/lib/relay/relay.toml", {})
    assert startable(settings) == []
    assert settings.smtp.listen[0] == Address("0.0.0.0", 25)
    assert (settings.authenticity.verify, settings.delivery.smarthost) == ("self", None)
    assert (settings.programme.name, settings.programme.operator) == ("First Steps", "ada@example.net")
    assert "ListenStream=0.0.0.0:25\n" in (root / "etc/systemd/system/relay.socket").read_text()
    assert {"etc/systemd/system/relay.service", "usr/local/share/relay/grafana.json"} <= set(everything(root))
    assert (root / "usr/local/bin/relay").is_symlink()
    assert f"{DOMAIN}. 3600 IN MX 10 {DOMAIN}." in done.out
    assert "runuser -u relay -- relay pair create" in done.err
    before = everything(root)
    again = quickstart("--operator", "bob@example.net")
    assert again.code == 0, again.err
    assert everything(root) == before
    assert "done, as by" not in again.err
    transcript = root / "var/log/relay-quickstart.log"
    assert transcript.stat().st_mode & 0o777 == 0o600
    text = transcript.read_text()
    assert "IN MX" in text and "PRIVATE" not in text and "@example.net" not in text
    assert (root / "var/lib/relay/keys/vault.key").read_text().strip() not in text


def test_a_program_reads_what_was_done_and_found(quickstart: Callable[..., Done]) -> None:
    states = []
    for options in (["--dry-run"], [], []):
        done = quickstart("--operator", "ada@example.net", "--json", *options)
        assert done.code == 0, done.err
        told = json.loads(done.out)
        states.append({step["what"]: step["state"] for step in told["steps"]}["the home /var/lib/relay"])
        assert told["ok"] is True
    assert states == ["to do", "done", "ok"]
    assert any(one.startswith(f"{DOMAIN}. 3600 IN MX") for one in told["records"])
    assert {one["level"] for one in told["findings"]} <= {"ok", "warning"}


@needs_postfix
def test_behind_postfix_relay_and_all_servers_are_set_up(quickstart: Callable[..., Done], root: Path) -> None:
    before = everything(root)
    dry = quickstart("--behind-postfix", "--dry-run")
    assert dry.code == 0, dry.err
    assert everything(root) == before and not (root / "var").exists()
    assert "postconf -e 'relay_domains = relay.example.org'" in dry.err
    assert '/var/lib/relay/relay.toml: authenticity.verify = "upstream"' in dry.err
    asked = quickstart("--behind-postfix")
    assert asked.code == 2 and "Add --yes" in asked.err
    assert everything(root) == before
    done = quickstart("--behind-postfix", "--yes")
    assert done.code == 0, done.err
    settings = load(root / "var/lib/relay/relay.toml", {})
    assert startable(settings) == []
    assert settings.smtp.listen == (Address("127.0.0.1", 8025),)
    assert settings.delivery.smarthost == Address("127.0.0.1", 25)
    assert settings.authenticity.authserv_id == settings.hostname == f"mx.{DOMAIN}"
    assert "mail.log shows who wrote" in done.err
    machine, wanted = Machine(root), Wanted(DOMAIN, f"mx.{DOMAIN}", behind_postfix=True)
    assert [step.what for step in postfix.steps(machine, wanted)] == []
    assert all(step.done() for step in milters.steps(machine, wanted))
    assert "Mode sv" in (root / "etc/opendkim.conf.before-relay").read_text()
    assert f"mydestination = mx.{DOMAIN}, localhost\n" in (root / "etc/postfix/main.cf").read_text()


@needs_postfix
def test_the_domain_is_not_local_to_a_postfix_of_the_same_name(root: Path) -> None:
    (root / "etc/postfix/main.cf").write_text("compatibility_level = 3.6\nmydestination = $myhostname, localhost\n")
    steps = postfix.steps(Machine(root), Wanted(DOMAIN, DOMAIN, behind_postfix=True))
    commands = [command for step in steps for command in step.commands]
    assert "postconf -e 'mydestination = localhost'" in commands
    assert f"postconf -e 'myhostname = {DOMAIN}'" in commands


def test_a_home_that_was_set_up_for_something_else_is_left_alone(
    quickstart: Callable[..., Done], root: Path, home: Home
) -> None:
    shutil.copytree(home.path, root / "var/lib/relay")
    done = quickstart()
    assert done.code == 1
    assert "is the home of relay.test; run this with that domain" in done.err
    toml = root / "var/lib/relay/relay.toml"
    toml.write_text(toml.read_text().replace("relay.test", DOMAIN).replace('verify = "self"', 'verify = "upstream"'))
    done = quickstart()
    assert done.code == 1
    assert "run this with --behind-postfix" in done.err
    assert not (root / "usr").exists()


def test_all_that_is_wrong_is_said_before_anything_is_changed(quickstart: Callable[..., Done], root: Path) -> None:
    before = everything(root)
    done = quickstart("--operator", f"ada@{DOMAIN}")
    assert done.code == 1 and "outside relay.example.org" in done.err
    assert everything(root) == before


def test_who_is_not_root_is_told_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert run(["quickstart", DOMAIN]) == 1
    assert f"sudo relay quickstart {DOMAIN}" in capsys.readouterr().err


def test_a_root_without_a_system_is_told_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quickstart", DOMAIN, "--root", str(tmp_path)]) == 1
    assert "has no etc/passwd: give the folder of an installed system" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
