"""relay dns: prints the DNS records that relay needs, and checks whether they are published."""

from __future__ import annotations

import asyncio

import click

from relay.cli.findings_shown import show_findings
from relay.cli.output import print_json, say
from relay.cli.session import home_of, now, opened, settings_of
from relay.cli.verbs import VerbGroup
from relay.home import Home, HomeError
from relay.operations.dkim_rotation import COMMANDS, programme_needs_keys
from relay.operations.dmarc_summary import check_dmarc_reports
from relay.operations.dns_check import check_dns
from relay.operations.dns_records import remarks
from relay.operations.findings import Finding
from relay.operations.outside import needed
from relay.settings import Settings
from relay.signing_keys import Mail
from relay.store import StoreError


@click.group(cls=VerbGroup)
def dns() -> None:
    """Print and check the DNS records that relay needs."""


@dns.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def records(ctx: click.Context, as_json: bool) -> None:
    """Print the records in the form of a zone file."""
    home = home_of(ctx)
    settings = settings_of(home)
    for record in needed(home, settings):
        if as_json:
            print_json(record)
        else:
            click.echo(record.zone_line)
    for remark in remarks(settings):
        say(remark)
    if programme_needs_keys(home, settings):
        say(f"To sign relay's own letters with keys of their own: {COMMANDS[Mail.PROGRAMME]}")


@dns.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> int:
    """Check whether the records are in DNS, and sum up the DMARC reports."""
    home = home_of(ctx)
    settings = settings_of(home)
    return show_findings(asyncio.run(_findings(home, settings)), as_json)


async def _findings(home: Home, settings: Settings) -> list[Finding]:
    findings = await check_dns(needed(home, settings), settings)
    try:
        async with opened(home) as session:
            findings.append(await check_dmarc_reports(session.store, now()))
    except (HomeError, StoreError):
        pass  # relay check reports it
    return findings
