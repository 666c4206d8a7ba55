"""What all verbs share: examples at the top of their help, and a suggestion when a name is wrong."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import click

from relay.cli.examples import EXAMPLES

_WIDTH = 74
_SENTENCE = 300  # characters, at most


class Verb(click.Command):
    """A command whose help begins with its examples."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then the usage line."""
        _write_examples(ctx, formatter)
        super().format_usage(ctx, formatter)


class VerbGroup(click.Group):
    """A group of commands whose help begins with its examples. A wrong name of a command gets a suggestion.

    ``elsewhere``: name → "module:command" of commands that are imported only when they are used, because each needs
    other packages.
    """

    command_class = Verb

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] = MappingProxyType({}), **values: Any) -> None:
        super().__init__(*args, **values)
        self.elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, sorted."""
        return sorted({*self.commands, *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name in self.elsewhere:
            module, _, name = self.elsewhere[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        return super().get_command(ctx, cmd_name)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then the usage line."""
        _write_examples(ctx, formatter)
        super().format_usage(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, each with the whole first sentence of its help."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(_SENTENCE)) for name, one in commands if one is not None])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The named command. Raises UsageError with a suggestion when there is none."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(unknown(name, ctx.command_path, self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)


def unknown(name: str, group: str, names: Iterable[str]) -> str:
    """What to say when ``group`` has no command ``name``: which of its ``names`` may be meant."""
    known = list(names)
    meant = [f"{group} {one}" for one in alike(name, known)]
    if name.lower() == "help":
        inner = group.removeprefix("relay").strip()
        meant = [f"relay help {inner}"]
    elif not meant and group == "relay" and alike(name, ["version", "versions"]):
        meant = ["relay --version"]
    question = f" Did you mean {' or '.join(meant)}?" if meant else ""
    return f"there is no verb {name}.{question}"


def alike(name: str, known: Iterable[str]) -> list[str]:
    """Those of the ``known`` names that ``name`` may stand for, the likeliest first, at most three."""
    import difflib  # here, because --help must answer at once
    import tomllib
    from pathlib import Path

    names, word = list(known), name.lower()
    other_words = tomllib.loads(Path(__file__).with_name("other_words.toml").read_text("utf-8"))
    others = [one for one in other_words.get(word, []) if one in names]
    return [*others, *(one for one in difflib.get_close_matches(word, names) if one not in others)][:3]


def _write_examples(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    lines = EXAMPLES.get(ctx.command_path.removeprefix("relay").strip(), ())
    if not lines:
        return
    formatter.write_heading("Examples")
    for line in lines:
        formatter.write(f"  {_broken(line)}\n")
    formatter.write_paragraph()


def _broken(line: str) -> str:
    """The command line, broken before an option where it is too wide for 80 columns, so that a shell still reads it."""
    rows = [""]
    for piece in line.replace(" --", "\n --").split("\n"):
        if len(rows[-1]) + len(piece) > _WIDTH and rows[-1]:
            rows[-1] += " \\"
            rows.append("     ")
        rows[-1] += piece
    return "\n".join(rows)
