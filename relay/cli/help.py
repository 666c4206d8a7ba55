"""relay help: short guides, one for each thing an operator does, and the help of any verb."""

from __future__ import annotations

from pathlib import Path

import click

from relay.cli.output import emphasised
from relay.cli.verbs import Verb, alike
from relay.shipped import shipped


@click.command(cls=Verb)
@click.argument("words", metavar="[TOPIC | VERB…]", nargs=-1)
@click.pass_context
def help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Show a short guide on a TOPIC, or the help of a VERB. Without either, list the topics."""
    topics = _topics()
    if not words:
        click.echo("relay help TOPIC shows a guide of one screen:\n")
        for name, file in topics.items():
            click.echo(f"  {emphasised(f'{name:12}')} {_title(file)}")
        click.echo("\nrelay help VERB shows the help of a verb, relay --help lists the verbs.")
    elif len(words) == 1 and words[0].lower() in topics:
        _show(topics[words[0].lower()])
    else:
        click.echo(_verb_help(ctx.find_root(), words, topics))


def _topics() -> dict[str, Path]:
    return {file.stem: file for file in sorted(shipped("docs/help").glob("*.md"))}


def _title(file: Path) -> str:
    return file.read_text("utf-8").partition("\n")[0].lstrip("# ")


def _show(file: Path) -> None:
    """Print a page as plain text: its title in bold, no marks for code."""
    title, _, text = file.read_text("utf-8").partition("\n")
    click.echo(emphasised(title.lstrip("# ")))
    click.echo(text.replace("`", "").rstrip())


def _verb_help(root: click.Context, words: tuple[str, ...], topics: dict[str, Path]) -> str:
    """The --help of the verb that the words name. Raises UsageError when there is none."""
    context = root
    for number, word in enumerate(words):
        group = context.command
        inner = group.get_command(context, word) if isinstance(group, click.Group) else None
        if inner is None:
            names = [*topics, *group.list_commands(context)] if number == 0 and isinstance(group, click.Group) else []
            meant = " or ".join(f"relay help {name}" for name in alike(word, names))
            raise click.UsageError(
                f"there is no topic or verb {' '.join(words)}.{f' Did you mean {meant}?' if meant else ''}", root
            )
        context = click.Context(inner, info_name=word, parent=context)
    return context.get_help()
