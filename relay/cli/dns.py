"""relay dns: prints the DNS records that relay needs, and checks whether they are published."""

from __future__ import annotations

import asyncio

import click

from relay.cli.check import show_findings
from relay.cli.output import print_json, say
from relay.cli.session import home_of, settings_of
from relay.cli.verbs import VerbGroup
from relay.home import Home
from relay.operations.dkim_rotation import COMMANDS, further_records, programme_needs_keys, signing_records
from relay.operations.dns_check import check_dns
from relay.operations.dns_records import Record, remarks
from relay.operations.dns_records import records as needed
from relay.settings import Settings
from relay.signing_keys import Mail


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
    for record in _needed(home, settings):
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
    """Check whether the records are in DNS."""
    home = home_of(ctx)
    settings = settings_of(home)
    return show_findings(asyncio.run(check_dns(_needed(home, settings), settings)), as_json)


def _needed(home: Home, settings: Settings) -> list[Record]:
    """All records; during a DKIM key rotation also those of the new keys, and of old keys still needed."""
    return [*needed(settings, signing_records(home, settings)), *further_records(home, settings)]
