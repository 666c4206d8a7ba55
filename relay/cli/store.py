"""relay store: moving a programme from one database to another."""

from __future__ import annotations

import asyncio

import click

from relay.cli.output import print_json, say
from relay.cli.session import home_of
from relay.home import Home
from relay.store import Store, StoreError


@click.group()
def store() -> None:
    """The database."""


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--json", "as_json", is_flag=True, help="One object: how many rows of each kind.")
@click.pass_context
def copy(ctx: click.Context, source: str, target: str, as_json: bool) -> None:
    """Copy everything FROM one database TO a new one.

    Each is given as store.url gives it: sqlite:relay.db, postgresql://user@host/name. Stop relay first, and set
    store.url afterwards. FROM stays as it is.
    """
    home = home_of(ctx)
    rows = asyncio.run(_copied(home, source, target))
    if as_json:
        print_json(rows)
    say(f"copied: {rows['pair']} pairs, {rows['journal']} entries of the log, {rows['delivery']} deliveries still due")
    say(f"Now set store.url in {home.toml} to the new database, and start relay.")


async def _copied(home: Home, source: str, target: str) -> dict[str, int]:
    vault, whither = home.read_vault(), home.place(target)
    opened = await Store.open(home.place(source), vault, checkpoints=False)
    try:
        if await opened.key_change.under_way() is not None:
            raise StoreError("the vault key is being changed; let relay vault rotate end first")
        await Store.create(whither, vault)
        return await opened.copy_into(whither)
    finally:
        await opened.close()
