"""relay check: reports what is wrong and how to put it right."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import click

from relay.cli.findings_shown import show_findings, show_for_monitoring
from relay.cli.session import home_of, now
from relay.cli.verbs import Verb
from relay.operations.examination import examine


@click.command(cls=Verb)
@click.option("--local", is_flag=True, help="Leave out DNS records and other servers, except the smarthost.")
@click.option("--no-port-25", is_flag=True, help="Do not connect to the operator's mail server.")
@click.option("--send", is_flag=True, help="Also send a letter to postmaster@, and wait until it has left.")
@click.option("--monitoring", is_flag=True, help="One line, and exit code 0, 1 or 2, as monitoring plugins do.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def check(ctx: click.Context, *, local: bool, no_port_25: bool, send: bool, monitoring: bool, as_json: bool) -> int:
    """Check settings, keys, database, letter templates, connections and DNS. Changes nothing.

    Exit code 1 when there is an error; a warning alone is 0. With --monitoring: 1 for a warning, 2 for an error.
    """
    if monitoring and as_json:
        raise click.UsageError("--monitoring prints one line, --json one object: choose one.")
    port = None if no_port_25 else 25
    findings = asyncio.run(
        examine(home_of(ctx), os.environ, now(), network=not local, port=port, send=send, clock=datetime.now(UTC))
    )
    return show_for_monitoring(findings) if monitoring else show_findings(findings, as_json)
