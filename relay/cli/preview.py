"""relay preview: what the other side would see of a letter, and what was taken out of it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from relay.cli.output import emphasised, print_json, print_rows, say
from relay.cli.session import now
from relay.operations.preview import Preview
from relay.operations.preview import preview as previewed


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def preview(ctx: click.Context, file: Path, as_json: bool) -> int:
    """Show what the other side would see of the letter in FILE (- for standard input), and what was taken out.

    Needs no home and no database; keeps nothing.
    """
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    seen = previewed(content, now())
    if as_json:
        print_json(_object(seen))
    elif not seen.refused:
        _show(seen)
    if seen.refused:
        say(f"relay: this letter would be refused: {seen.refused}")
        return 1
    return 0


def _object(seen: Preview) -> dict[str, object]:
    return {
        "subject": seen.subject,
        "text": seen.text,
        "html": seen.html,
        "attachments": [{"name": name, "media_type": kind, "size": size} for name, kind, size in seen.attachments],
        "removals": [{"kind": one.kind, "count": one.count, "detail": one.detail} for one in seen.removals],
        "asks": [asdict(one) for one in seen.doubts],
        "letter": seen.letter.decode("utf-8", "replace"),
        "refused": seen.refused,
    }


def _show(seen: Preview) -> None:
    click.echo(emphasised(f"Subject: {_printable(seen.subject)}"))
    click.echo("")
    click.echo(_printable(seen.text or seen.html).rstrip("\n"))
    if seen.text and seen.html:
        click.echo(f"\n(and the same as HTML, {len(seen.html)} characters; --json shows it)")
    if seen.attachments:
        click.echo(emphasised("\nAttachments"))
        print_rows(("NAME", "KIND", "OCTETS"), seen.attachments, "")
    click.echo(emphasised("\nTaken out"))
    if seen.removals:
        print_rows(("WHAT", "TIMES", "WHY"), [(one.kind, one.count, one.detail) for one in seen.removals], "")
    else:
        click.echo("nothing")
    if seen.doubts:
        click.echo(emphasised("\nIts author would be asked about"))
        rows = [(one.kind, _printable(one.words), _printable(one.file), one.page or "") for one in seen.doubts]
        print_rows(("WHAT", "WORDS", "FILE", "PAGE"), rows, "")


def _printable(text: str) -> str:
    """Text that cannot move the terminal's cursor."""
    return "".join(char if char.isprintable() or char in "\n\t\u200c\u200d" else "�" for char in text)
