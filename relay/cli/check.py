"""relay check: reports what is wrong and how to put it right."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

import click

from relay.cli.output import print_json
from relay.cli.session import home_of, now
from relay.cli.verbs import Verb
from relay.operations.check import check as all_findings
from relay.operations.findings import Finding, Level, sound

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "red"}


@click.command(cls=Verb)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> int:
    """Check settings, keys, database, letter templates and connections. Changes nothing.

    Exit code 1 when there is an error; a warning alone is 0.
    """
    return show_findings(asyncio.run(all_findings(home_of(ctx), os.environ, now())), as_json)


def show_findings(findings: Sequence[Finding], as_json: bool) -> int:
    """Print findings. Returns the exit code: 1 when one of them is an error, else 0."""
    if as_json:
        print_json({"ok": sound(findings), "findings": findings})
    elif sys.stdout.isatty():
        for finding in findings:
            click.echo(f"{_marked(finding.level)}  {finding.what}")
            if finding.remedy:
                click.echo(f"         → {finding.remedy}")
    else:
        for finding in findings:
            click.echo(f"{finding.level}\t{finding.what}\t{finding.remedy}")
    return 0 if sound(findings) else 1


def _marked(level: Level) -> str:
    word = f"{level:7}"
    return word if os.environ.get("NO_COLOR") else click.style(word, fg=_COLOURS[level], bold=level is Level.ERROR)
