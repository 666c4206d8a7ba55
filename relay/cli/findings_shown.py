"""Shows findings: as lines for people, as tabs in a pipe, as JSON, as one line for a monitoring system."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence

import click

from relay.cli.output import may_style, print_json
from relay.operations.findings import Finding, Level, sound

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "red"}
_STATES = ((Level.ERROR, "CRITICAL", 2), (Level.WARNING, "WARNING", 1))
_INDENT = " " * 9


def show_findings(findings: Sequence[Finding], as_json: bool) -> int:
    """Print findings. Returns the exit code: 1 when one of them is an error, else 0."""
    if as_json:
        print_json({"ok": sound(findings), "findings": findings})
    elif sys.stdout.isatty():
        columns = max(40, shutil.get_terminal_size().columns)
        for finding in findings:
            first, *more = finding_lines(finding, columns)
            click.echo(_marked(finding.level) + first.removeprefix(f"{finding.level:7}"))
            for line in more:
                click.echo(line)
    else:
        for finding in findings:
            click.echo("\t".join(map(_one_line, (finding.level, finding.what, finding.remedy))))
    return 0 if sound(findings) else 1


def show_for_monitoring(findings: Sequence[Finding]) -> int:
    """Print one line as monitoring plugins do, with performance data (monitoring-plugins.org, development guidelines).
    Returns the exit code: 0 OK, 1 WARNING, 2 CRITICAL."""
    counts = Counter(finding.level for finding in findings)
    data = f"errors={counts[Level.ERROR]};;0 warnings={counts[Level.WARNING]};0 checks={len(findings)}"
    for level, state, code in _STATES:
        first = next((finding for finding in findings if finding.level is level), None)
        if first is not None:
            more = f" (and {counts[level] - 1} more)" if counts[level] > 1 else ""
            click.echo(f"RELAY {state} - {_one_line(first.what).replace('|', '/')}{more} | {data}")
            return code
    click.echo(f"RELAY OK - {len(findings)} checks | {data}")
    return 0


def finding_lines(finding: Finding, columns: int) -> list[str]:
    """The lines of a finding, broken between words only, so that names and commands can be copied."""
    lines = _wrapped(f"{finding.level:7}  ", finding.what, columns)
    return lines + (_wrapped(f"{_INDENT}→ ", finding.remedy, columns) if finding.remedy else [])


def _wrapped(begin: str, text: str, columns: int) -> list[str]:
    return textwrap.wrap(
        text,
        columns,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _marked(level: Level) -> str:
    word = f"{level:7}"
    return click.style(word, fg=_COLOURS[level], bold=level is Level.ERROR) if may_style() else word
