"""relay dns: the records this relay needs, and whether they are there."""

from __future__ import annotations

import asyncio

import click

from relay.cli.check import show_findings
from relay.cli.output import print_json, say
from relay.cli.session import home_of, settings_of
from relay.operations.dns_check import check_dns
from relay.operations.dns_records import records as needed
from relay.operations.dns_records import remarks


@click.group()
def dns() -> None:
    """The DNS records this relay needs."""


@dns.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def records(ctx: click.Context, as_json: bool) -> None:
    """Print the records, ready to be pasted into a zone file."""
    home = home_of(ctx)
    settings = settings_of(home)
    for record in needed(settings, home.dkim_keys(settings)):
        if as_json:
            print_json(record)
        else:
            click.echo(record.zone_line)
    for remark in remarks(settings):
        say(remark)


@dns.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> int:
    """See whether the records stand in DNS as they should."""
    home = home_of(ctx)
    settings = settings_of(home)
    wanted = needed(settings, home.dkim_keys(settings))
    return show_findings(asyncio.run(check_dns(wanted, settings)), as_json)
