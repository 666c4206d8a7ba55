"""relay init: makes a new home."""

from __future__ import annotations

import asyncio

import click

from relay.cli.output import print_json, say
from relay.cli.session import home_of
from relay.cli.verbs import Verb
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


@click.command(cls=Verb)
@click.option("--domain", required=True, help="The domain of the aliases.")
@click.option(
    "--listen", callback=_address, metavar="HOST:PORT", help="Where relay listens for SMTP. Default: 127.0.0.1:8025."
)
@click.option(
    "--smarthost",
    callback=_address,
    metavar="HOST:PORT",
    help="The mail server that sends outgoing letters. Default: none, relay sends to each recipient's MX.",
)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def init(ctx: click.Context, domain: str, listen: Address | None, smarthost: Address | None, as_json: bool) -> None:
    """Make a new home in a folder that is empty or does not exist.

    Writes relay.toml, the keys and an empty database, and prints the next steps.
    """
    try:
        name = host_name(domain)
    except WrongValueError as wrong:
        raise click.BadParameter(f"must be {wrong}", param_hint="--domain") from None
    home = home_of(ctx)
    settings = asyncio.run(set_up(home, name, listen, smarthost))
    if as_json:
        paths = {"home": str(home.path), "settings": str(home.toml), "keys": str(home.keys)}
        print_json({"domain": name, **paths, "before_start": startable(settings)})
    say(f"relay has a home in {home.path}")
    say("")
    say(f"1. Copy {home.keys} to another machine now: without vault.key nobody can read the database.")
    say(f"2. Edit {home.toml}: set programme.name, and programme.operator (who gets mail to postmaster@{name}).")
    say(f"3. Publish these DNS records:      relay --home {home.path} dns records")
    say(f"4. See whether anything is wrong:  relay --home {home.path} check")
    say(f"5. Make the first pair:            relay --home {home.path} pair create --mentor … --mentee …")
    say(f"6. Start relay:                    relay --home {home.path} serve")
    say("")
    say("relay proves who wrote a letter by SPF, DKIM and DMARC, so it must listen where the MX record points. Behind")
    say('another mail server that checks authors, set authenticity.verify = "upstream" and its authserv_id.')
    for reason in startable(settings):
        say(f"Before relay can start: {reason}")
