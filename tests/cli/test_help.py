"""The short screen, the examples of every verb, the guides, and suggestions for wrong names."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from relay.cli import relay as command
from relay.cli.command_line import run
from relay.cli.examples import EXAMPLES

Relay = Callable[..., Any]


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """The path and the command of every verb, groups before their members."""
    context = click.Context(group)
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        yield (inner := f"{path} {name}".strip()), one
        if isinstance(one, click.Group):
            yield from commands(one, inner)


VERBS = dict(commands(command))


def test_relay_alone_says_in_ten_lines_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["--home", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 10
    assert max(map(len, lines)) <= 80
    assert any("init --domain" in line for line in lines)


def test_relay_alone_in_a_home_points_to_check_and_status(relay: Relay) -> None:
    out = relay().out
    assert "relay check" in out
    assert "relay init" not in out


@pytest.mark.parametrize("path", VERBS)
def test_the_help_of_every_verb_begins_with_examples_that_parse(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("letter.eml", "people.csv", "script.jsonl", "relay-monday"):
        (tmp_path / name).touch()
    assert path in EXAMPLES, f"add examples of relay {path} to relay/cli/examples.py"
    assert run([*path.split(), "--help"]) == 0
    top, _, _ = capsys.readouterr().out.partition(f"\n\nUsage: relay {path} ")
    assert top.startswith("Examples:\n")
    assert top.replace(" \\\n     ", "").split("\n  ")[1:] == list(EXAMPLES[path])
    assert max(map(len, top.splitlines())) <= 80
    for line in list(EXAMPLES[path]):
        parse(shlex.split(line.partition(" > ")[0])[1:])


def parse(words: list[str]) -> None:
    """Parse a command line as relay does, without running it. Raises UsageError."""
    one: click.Command = command
    context = one.make_context("relay", list(words))
    while isinstance(one, click.Group):
        name, inner, rest = one.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None
        context, one = inner.make_context(name, rest, parent=context), inner


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["pairs"], "relay pair?"),
        (["version"], "relay --version?"),
        (["versoin"], "relay --version?"),
        (["letters", "show", "welcom"], "Did you mean welcome"),
        (["mailq"], "relay queue?"),
        (["pair", "lst"], "relay pair list?"),
        (["pair", "ls"], "relay pair list?"),
        (["pair", "help"], "relay help pair?"),
        (["pair", "delete"], "relay pair end?"),
        (["member", "sohw"], "relay member show?"),
        (["pair", "list", "--sate", "active"], "--state"),
        (["help", "privcy"], "relay help privacy?"),
        (["help", "pairs"], "relay help pair?"),
    ],
)
def test_a_wrong_name_gets_a_suggestion(arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert meant in capsys.readouterr().err


def test_a_group_alone_shows_its_help_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pair"]) == 2
    assert capsys.readouterr().err.startswith("Examples:\n")


def test_every_guide_fits_a_screen_and_its_commands_parse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.eml").touch()
    assert run(["help"]) == 0
    topics = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert len(topics) >= 6
    for topic in topics:
        assert run(["help", topic]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) <= 34
        assert max(map(len, lines)) <= 80
        joined = "\n".join(lines).replace("\n           --", " --").splitlines()
        for line in (one.strip() for one in joined if one.startswith("    ") and one.strip().startswith("relay ")):
            if " restore " not in line:  # whose file must exist
                parse(shlex.split(line.partition(" | ")[0])[1:])


def test_help_of_a_verb_is_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "pair", "create"]) == 0
    first = capsys.readouterr().out
    assert run(["pair", "create", "--help"]) == 0
    assert capsys.readouterr().out == first
