"""Writes the pages of docs/, sections of pages, and manual pages that are generated from the code."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click
from lab import language_tables, program_words
from lab.manpages import man_pages

from relay import refusals
from relay.anonymise.links.services import Told, link_services
from relay.anonymise.removal_kinds import KINDS
from relay.cli import relay
from relay.model import Reply
from relay.smtp.server import replies

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_MADE = "<!-- Made by scripts/docs from the code; changes here are overwritten. -->\n"


@cache
def pages() -> dict[str, str]:
    """File name → text, of every page that is generated in whole or in part."""
    return {
        "cli.md": cli(),
        "replies.md": smtp_replies(),
        "settings.md": settings(),
        "what-we-remove.md": removals(),
        "names.md": language_tables.with_section(_written("names.md"), "languages", language_tables.by_language()),
        "guesses.md": language_tables.with_section(_written("guesses.md"), "capitals", language_tables.capitals()),
        **{f"man/{name}": page for name, page in man_pages().items()},
    }


def _written(name: str) -> str:
    """A page of which only a section is generated."""
    return (DOCS / name).read_text("utf-8")


def cli() -> str:
    """The help of every relay command."""
    text = [f"# The relay command\n\n{_MADE}"]
    names = relay.context_settings["help_option_names"]
    for path, command in _commands(relay, "relay"):
        context = click.Context(
            command, info_name=path, terminal_width=100, max_content_width=100, help_option_names=names
        )
        text.append(f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(text)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _commands(inner, f"{path} {name}")


def settings() -> str:
    """Every setting with its default and explanation: the shipped relay.toml, a chapter for each section."""
    first, *sections = re.split(
        r"^(?=\[\w+\]$)", (ROOT / "config" / "relay.toml").read_text("utf-8"), flags=re.MULTILINE
    )
    head, _, domain = first.partition("\n\n")
    names = ["domain", *(section[1 : section.index("]")] for section in sections)]
    chapters = (
        f"## {name}\n\n```toml\n{lines.strip()}\n```\n" for name, lines in zip(names, (domain, *sections), strict=True)
    )
    return (
        f"# Settings\n\n{_MADE}\n{head.replace('# ', '')}\n\n"
        "They are in relay.toml in the home; `relay init` and `relay quickstart` write it with all of them.\n\n"
        + "\n".join(chapters)
    )


def smtp_replies() -> str:
    """Every SMTP reply: refusals first, then the others."""
    tree = inspect.cleandoc(refusals.__doc__ or "")
    rows = [_row(type(refusal).__name__, refusal.reply) for refusal in _refusals(refusals.Refusal)]
    members = inspect.getmembers(replies, lambda value: isinstance(value, Reply))
    others = [_row(name, reply) for name, reply in members]
    return (
        f"# SMTP replies\n\n{_MADE}\n## Refusals\n\n```text\n{tree}\n```\n\n"
        "The text of some refusals depends on the letter, for instance on the kind of a file.\n\n"
        "| reply | name | text |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n\n## Other replies\n\n"
        "| reply | name | text |\n| --- | --- | --- |\n" + "\n".join(others) + "\n"
    )


def _row(name: str, reply: Reply) -> str:
    return f"| `{reply.code} {reply.enhanced}` | {name} | {reply.text} |"


def _refusals(kind: type[refusals.Refusal]) -> Iterator[refusals.Refusal]:
    for sub in kind.__subclasses__():
        if not sub.__subclasses__():
            yield sub()
        yield from _refusals(sub)


def removals() -> str:
    """The kinds of removals."""
    rows = [f"| `{kind}` | {why} |" for kind, why in KINDS.items()]
    return (
        f"# What relay removes\n\n{_MADE}\n"
        "relay does not clean a letter: it writes a new one from the text, pictures and files in it. What the author\n"
        "might miss is counted in the journal (`relay log show`) and listed by `relay preview`, by these kinds:\n\n"
        "| kind | what it is |\n| --- | --- |\n" + "\n".join(rows) + "\n\n" + written_by_programs() + "\n" + links()
    )


def written_by_programs() -> str:
    """What programs write into a letter, by examples."""
    return (
        "## What programs write into a letter\n\n"
        "Programs write into a letter when and where it was sent, read or answered, and for whom they work. That\n"
        "goes, in the author's words and in quotations; words of a person that resemble it stay. Each room is a file\n"
        "of `relay/anonymise/` ([architecture.md](architecture.md#rooms-of-the-anonymiser)); the number is of the\n"
        "languages whose words it knows, where it needs words.\n\n"
        f"{program_words.table()}"
    )


def links() -> str:
    """What becomes of links, product by product (relay/anonymise/links/services.toml)."""
    known = link_services()
    opened = [rule.told for rule in (*known.gateways, *known.redirectors) if rule.carriers]
    closed = [rule.told for rule in known.gateways if not rule.carriers]
    cleaned = [known.tracking_told, *(service.told for service in known.services)]
    shown = [share.told for share in known.shares]
    return (
        "## Links\n\n"
        "What is known of links stands in one file, `relay/anonymise/links/services.toml`, with source, day and\n"
        f"example; it was last looked through on {known.checked}. Campaign parameters (`utm_…`) identify nobody and\n"
        "stay.\n\n"
        "These wrap links. The link itself is put in the place of theirs. Where it is not in theirs, what is left is\n"
        "the first page of the site, or a sign for the gap, and the author is told.\n\n"
        f"{_products(opened, 'what goes with the wrapper')}\n"
        "These keep the link to themselves: only the first page of the site is left, or a sign for the gap, and the\n"
        f"author is told.\n\n{_products(closed, 'what goes with the link')}\n"
        "From these links goes what they open without.\n\n"
        f"{_products(cleaned, 'what goes')}\n"
        "These links show their owner. Their author is asked before such a letter leaves.\n\n"
        f"{_products(shown, 'what shows whom')}"
    )


def _products(told: Iterable[Told], heading: str) -> str:
    rows = "".join(f"| {one.product} | {one.identifies} |\n" for one in told)
    return f"| product | {heading} |\n| --- | --- |\n{rows}"


def main() -> int:
    """Write the pages, or with --check list the stale ones. Returns the exit code."""
    stale = [name for name, text in pages().items() if _on_disk(name) != text]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/{name} is stale: run scripts/docs", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(pages()[name], "utf-8")
        print(f"wrote docs/{name}")
    return 0


def _on_disk(name: str) -> str | None:
    path = DOCS / name
    return path.read_text("utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
