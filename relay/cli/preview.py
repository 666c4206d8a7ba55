"""relay preview: what the other side would see of a letter, and what is removed."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from relay.cli.output import emphasised, print_json, print_rows, say
from relay.cli.session import now
from relay.cli.verbs import Verb
from relay.operations.preview import Preview
from relay.operations.preview import preview as preview_of


@click.command(cls=Verb)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def preview(ctx: click.Context, file: Path, as_json: bool) -> int:
    """Show what the other side would see of the letter in FILE (- for standard input), and what would be removed.

    Needs no home and no database, and stores nothing. Exit code 1 when the letter would be refused.
    """
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    result = preview_of(content, now())
    if as_json:
        print_json(_object(result))
    elif not result.refused:
        _show(result)
    if result.refused:
        say(f"relay: this letter would be refused: {result.refused}")
        return 1
    return 0


def _object(result: Preview) -> dict[str, object]:
    return {
        "subject": result.subject,
        "text": result.text,
        "html": result.html,
        "attachments": [{"name": name, "media_type": kind, "size": size} for name, kind, size in result.attachments],
        "removals": [{"kind": one.kind, "count": one.count, "detail": one.detail} for one in result.removals],
        "asks": [asdict(one) for one in result.doubts],
        "letter": result.letter.decode("utf-8", "replace"),
        "refused": result.refused,
    }


def _show(result: Preview) -> None:
    click.echo(emphasised(f"Subject: {_printable(result.subject)}"))
    click.echo("")
    click.echo(_printable(result.text or result.html).rstrip("\n"))
    if result.text and result.html:
        click.echo(f"\n(and the same as HTML, {len(result.html)} characters; --json shows it)")
    if result.attachments:
        click.echo(emphasised("\nAttachments"))
        print_rows(("NAME", "KIND", "OCTETS"), result.attachments, "")
    click.echo(emphasised("\nRemoved"))
    if result.removals:
        print_rows(("WHAT", "TIMES", "WHY"), [(one.kind, one.count, one.detail) for one in result.removals], "")
    else:
        click.echo("nothing")
    if result.doubts:
        click.echo(emphasised("\nIts author would be asked about"))
        rows = [(one.kind, _printable(one.words), _printable(one.file), one.page or "") for one in result.doubts]
        print_rows(("WHAT", "WORDS", "FILE", "PAGE"), rows, "")


def _printable(text: str) -> str:
    """The text without characters that could move the terminal's cursor."""
    return "".join(char if char.isprintable() or char in "\n\t\u200c\u200d" else "�" for char in text)
