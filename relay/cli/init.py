"""relay init: a new home."""

from __future__ import annotations

import asyncio

import click

from relay.cli.output import say
from relay.cli.session import home_of
from relay.operations.setup import set_up
from relay.settings import Address
from relay.settings_file import startable
from relay.settings_values import WrongValueError, host_name, read_value


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> Address | None:
    try:
        address: Address | None = read_value(Address, value) if value is not None else None
    except WrongValueError as wrong:
        raise click.BadParameter(f"must be {wrong}", ctx, param) from None
    return address


@click.command()
@click.option("--domain", required=True, help="The domain that pair addresses live in.")
@click.option(
    "--listen", callback=_address, metavar="HOST:PORT", help="Where letters come in. Default: 127.0.0.1:8025."
)
@click.option(
    "--smarthost",
    callback=_address,
    metavar="HOST:PORT",
    help="The mail server that carries letters on. Default: none.",
)
@click.pass_context
def init(ctx: click.Context, domain: str, listen: Address | None, smarthost: Address | None) -> None:
    """Make a new home, in a folder that is empty or not there yet.

    Makes relay.toml, the keys and an empty database, and says what to do next.
    """
    try:
        name = host_name(domain)
    except WrongValueError as wrong:
        raise click.BadParameter(f"must be {wrong}", param_hint="--domain") from None
    home = home_of(ctx)
    settings = asyncio.run(set_up(home, name, listen, smarthost))
    say(f"relay is at home in {home.path}")
    say("")
    say(f"1. Back up {home.keys} now, away from this machine: without vault.key the database cannot be opened.")
    say(f"2. Read {home.toml}: set programme.name, and programme.operator (who gets postmaster@{name}).")
    say(f"3. Publish these records in DNS:   relay --home {home.path} dns records")
    say(f"4. See whether anything is wrong:  relay --home {home.path} check")
    say(f"5. Make the first pair:            relay --home {home.path} pair create --mentor … --mentee …")
    say(f"6. Start:                          relay --home {home.path} serve")
    say("")
    say("Who wrote a letter is proven by SPF, DKIM and DMARC: let relay listen where the MX points to. Behind a mail")
    say('server that checks authors, set authenticity.verify = "upstream" and its authserv_id.')
    for reason in startable(settings):
        say(f"Before it can start: {reason}")
