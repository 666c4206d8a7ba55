"""What all verbs share: the speed of --help, exit codes, one line for an error, output to pipes and terminals."""

from __future__ import annotations

import errno
import os
import pty
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from relay import __version__
from relay.cli import VERBS
from relay.cli import relay as command
from relay.cli.command_line import run
from relay.cli.errors import explained
from relay.home import Home
from relay.store import StoreBusyOrFull

RELAY = [sys.executable, "-m", "relay"]
Relay = Callable[..., Any]


def timed(*command: str) -> tuple[float, str]:
    """The seconds that a command took, and its standard output."""
    begun = time.monotonic()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return time.monotonic() - begun, output


def test_help_comes_at_once_and_names_every_verb() -> None:
    bare, ours = [], []
    for _ in range(10):
        bare.append(timed(sys.executable, "-c", "import click")[0])
        seconds, output = timed(*RELAY, "--help")
        ours.append(seconds)
    assert all(f"\n  {verb} " in output for verb in VERBS)
    # The best of ten is compared with Python and click alone, because the machine may be slow or busy.
    assert min(ours) < 2 * min(bare)


def test_help_imports_no_verb() -> None:
    code = "import sys; from relay.cli.command_line import run; run(['--help']); print(*sys.modules, sep='\\n')"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = set(output.splitlines())
    assert "relay.cli" in loaded
    assert not {"relay.store", "cryptography", "jinja2", "relay.cli.pair", "asyncio"} & loaded


@pytest.mark.parametrize("looking", ["pair list", "member list", "held list", "queue list", "log list", "status"])
def test_a_verb_that_only_looks_imports_nothing_that_writes_asks_or_saves(home: Home, looking: str) -> None:
    """Templates, DNS, readers of mail and backups take longer to import than the rest of the command."""
    code = "import sys; from relay.cli.command_line import run; run(sys.argv[1:]); print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-c", code, "--home", str(home.path), *looking.split()]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())
    assert "relay.store" in loaded
    assert not {"jinja2", "dns", "relay.message.read.parse", "relay.anonymise.names", "tarfile", "lxml", "PIL"} & loaded


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    assert f"relay {verb}" in capsys.readouterr().out


def test_every_command_of_a_group_and_every_option_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in VERBS:
        group = command.get_command(None, verb)  # type: ignore[arg-type]
        for name, one in getattr(group, "commands", {verb: group}).items():
            assert one.help, f"{verb} {name} has no help"
            for option in one.params:
                if isinstance(option, click.Option):
                    assert option.help, f"{verb} {name} {option.name} has no help"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"relay {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["pair", "nonsense"], ["pair", "create"], ["log", "list", "--limit", "x"], ["--x"]]
)
def test_a_wrong_command_line_exits_with_2_and_points_to_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("relay: ")
    assert "--help" in printed.err


def test_a_folder_that_is_no_home_exits_with_1_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path), "pair", "list"]) == 1
    assert "make a home with: relay init" in capsys.readouterr().err


def test_all_wrong_settings_are_reported_one_a_line(home: Home, relay: Relay) -> None:
    home.toml.write_text('domain = "relay.test"\nx = 1\n[smtp]\nworkers = "all"\n')
    done = relay("pair", "list")
    assert done.code == 1
    assert done.err.splitlines() == [
        "relay: relay.toml:2: x is no setting",
        "relay: relay.toml:4: smtp.workers must be a whole number, 0 or more, such as 20",
    ]


def test_a_busy_or_full_store_exits_with_75(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(StoreBusyOrFull("the disk is full")) == (["the disk is full"], 75)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOTDIR, "Not a directory", "/srv/x"), "/srv/x: Not a directory"),
        (OSError("port 25 is in use"), "port 25 is in use"),
    ],
)
def test_an_error_of_the_operating_system_is_one_line(error: OSError, line: str) -> None:
    assert explained(error) == ([line], 1)


def test_a_full_disk_and_a_missing_permission_say_what_to_do(tmp_path: Path) -> None:
    (line,), code = explained(OSError(errno.ENOSPC, "No space left on device", "/srv/x"))
    assert (line, code) == ("/srv/x: the disk is full; free some space there, then try again", 75)
    (line,), code = explained(PermissionError(errno.EACCES, "Permission denied", "/proc/1/mem"))
    assert line.startswith("/proc/1/mem: you may not read or write it; ") and "run relay as" in line and code == 1


def test_an_internal_error_names_its_place_and_repeats_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise sqlite3.ProgrammingError("anna@a.test is not what I expected")
    except sqlite3.ProgrammingError as error:
        (line,), code = explained(error)
    assert code == 1
    assert "ProgrammingError at test_command.py:" in line
    assert "anna" not in line


def test_a_closed_pipe_prints_no_error(home: Home) -> None:
    process = subprocess.Popen(
        [*RELAY, "--home", str(home.path), "check", "--local"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert errors == b""


def on_a_terminal(arguments: list[str], answer: bytes = b"", **environ: str) -> tuple[int, str]:
    """Run relay on a pseudo-terminal. Returns the exit code and what the screen showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*RELAY, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm", **environ}
    )
    os.close(theirs)
    os.write(ours, answer)
    screen = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # EIO: on Linux, the other end is closed
            break
        if not piece:
            break
        screen += piece
    os.close(ours)
    return process.wait(), screen.decode()


def test_a_terminal_gets_a_table_and_a_pipe_gets_tabs(home: Home, relay: Relay) -> None:
    relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--mentor-name", "Kind Lake", "--silent")
    piped = relay("pair", "list").out
    assert piped.split("\t")[1:3] == ["active", "Kind Lake"]
    assert piped.count("\n") == 1
    _, screen = on_a_terminal(["--home", str(home.path), "pair", "list"])
    assert "\x1b[1mPAIR" in screen
    assert "Kind Lake" in screen
    assert "\t" not in screen
    for plainly in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        _, plain = on_a_terminal(["--home", str(home.path), "pair", "list"], **plainly)
        assert "\x1b" not in plain
        assert plain.startswith("PAIR")


def test_on_a_terminal_an_error_is_broken_between_words() -> None:
    code, screen = on_a_terminal(["--home", "/nowhere", "pair", "list"], COLUMNS="60")
    lines = screen.splitlines()
    assert code == 1 and lines[0].startswith("relay: ") and len(lines) > 1
    assert all(len(line) <= 60 for line in lines)


def test_a_person_at_a_terminal_is_asked_before_a_pair_ends(home: Home, relay: Relay) -> None:
    made = relay("pair", "create", "--mentor", "a@x.test", "--mentee", "b@x.test", "--silent", "--json")
    pair = made.objects[0]["pair"]
    code, screen = on_a_terminal(["--home", str(home.path), "pair", "end", pair], b"n\n")
    assert code != 0
    assert f"End pair {pair} for good?" in screen
    assert relay("pair", "show", pair, "--json").objects[0]["state"] == "active"
    code, _ = on_a_terminal(["--home", str(home.path), "pair", "end", pair], b"y\n")
    assert code == 0
    assert relay("pair", "show", pair, "--json").objects[0]["state"] == "ended"


def test_what_quickstart_says_fits_the_terminal_and_its_commands_stay_whole(tmp_path: Path, port_25: None) -> None:
    (tmp_path / "etc").mkdir()
    for name in ("passwd", "group", "shadow", "gshadow"):
        (tmp_path / "etc" / name).touch()
    code, screen = on_a_terminal(["quickstart", "relay.test", "--root", str(tmp_path), "--yes"], COLUMNS="60")
    lines = screen.replace("\r", "").splitlines()
    assert code == 0, screen
    prose = [line for line in lines if not line.startswith("    ") and " IN " not in line]
    assert [line for line in prose if len(line) > 60 and " " in line.strip()] == []
    assert "    runuser -u relay -- relay pair create --mentor ADDRESS --mentee ADDRESS \\" in lines
