"""relay letters: shows the letters that relay itself writes, filled with sample values."""

from __future__ import annotations

import os
from pathlib import Path

import click

from relay.cli.output import emphasised, print_json, print_rows, say
from relay.cli.session import home_of
from relay.cli.verbs import VerbGroup, alike
from relay.letters.catalogue import Entry, catalogue
from relay.letters.gallery import page
from relay.letters.language import name_of
from relay.letters.templates import Filled, LetterTemplates
from relay.settings_file import load

_HEADINGS = ("NAME", "TO", "LANGUAGES", "WHEN")
_html = click.option(
    "--html", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write a web page to this file."
)


@click.group(cls=VerbGroup)
def letters() -> None:
    """Show the letters that relay itself writes, filled with sample values. Works without a home.

    A template in the home (templates/LANGUAGE/NAME.txt) is used instead of the shipped one.
    """


@letters.command("list")
@_html
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def list_(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """List the letters: to whom each goes, when, and in which languages.

    With --html, write all letters in all languages to one page.
    """
    templates = _templates(ctx)
    if file is not None:
        file.write_text(page(catalogue().values(), templates.languages(), templates), "utf-8")
        say(f"{len(catalogue())} letters in {len(templates.languages())} languages: {file}")
        return
    if as_json:
        for entry in catalogue().values():
            languages = _languages(entry, templates)
            print_json({"name": entry.name, "to": entry.to, "when": entry.when, "languages": languages})
        return
    rows = [(one.name, one.to, " ".join(_languages(one, templates)), one.when) for one in catalogue().values()]
    print_rows(_HEADINGS, rows, "")
    drafts = [name_of(tag) for tag in templates.languages() if templates.draft(tag)]
    if drafts:
        check = "Have a person who reads the language check them before you use them."
        say(f"Drafts: {', '.join(drafts)}. {check}")


@letters.command()
@click.argument("name")
@click.option("--language", metavar="TAG", help="The member's language. Default: the programme's.")
@_html
@click.option("--json", "as_json", is_flag=True, help="One object a sample.")
@click.pass_context
def show(ctx: click.Context, name: str, language: str | None, file: Path | None, as_json: bool) -> None:
    """Show the letter NAME, once for each of its samples."""
    entry = catalogue().get(name)
    if entry is None:
        meant = alike(name, catalogue())
        question = f" Did you mean {' or '.join(meant)}?" if meant else ""
        raise click.UsageError(f"there is no letter {name}; relay letters list shows all names.{question}")
    templates = _templates(ctx)
    wanted = language or templates.fallback
    filled = [templates.letter(name, wanted, **sample) for sample in entry.samples]
    if not templates.has(wanted):
        say(f"There are no letters in {name_of(wanted)}; this one is in {name_of(filled[0].language)}.")
    elif templates.words(filled[0].language).draft:
        say(f"The letters in {name_of(filled[0].language)} are a draft.")
    if file is not None:
        file.write_text(page([entry], [wanted], templates), "utf-8")
    else:
        _print(entry, filled, as_json)


def _print(entry: Entry, filled: list[Filled], as_json: bool) -> None:
    for number, one in enumerate(filled):
        if as_json:
            letter = {"name": entry.name, "language": one.language, "subject": one.subject, "text": one.text}
            print_json({**letter, "sample": dict(entry.samples[number])})
            continue
        if number:
            click.echo("\n" + "-" * 40 + "\n")
        click.echo(emphasised(f"Subject: {one.subject}"))
        click.echo("\n" + one.text.rstrip("\n"))


def _languages(entry: Entry, templates: LetterTemplates) -> list[str]:
    """The languages that have this letter."""
    return [
        tag for tag in templates.languages() if templates.letter(entry.name, tag, **entry.samples[0]).language == tag
    ]


def _templates(ctx: click.Context) -> LetterTemplates:
    """The home's templates and the shipped ones; without a home only the shipped ones."""
    home = home_of(ctx)
    if not home.holds_settings():
        return LetterTemplates()
    return LetterTemplates(home.templates, load(home.toml, os.environ).programme.language)
