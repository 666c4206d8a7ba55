"""relay store: copies everything from one database to another, such as from SQLite to PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import home_of, now
from relay.cli.verbs import VerbGroup
from relay.home import Home, HomeError
from relay.operations.upgrade_backup import backing_up
from relay.store import Store, StoreError


@click.group(cls=VerbGroup)
def store() -> None:
    """Copy everything to another database."""


@store.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--json", "as_json", is_flag=True, help="One object: rows copied, by table.")
@click.pass_context
def copy(ctx: click.Context, source: str, target: str, as_json: bool) -> None:
    """Copy everything FROM one database TO a new one. FROM is not changed.

    Give both in the form of store.url: sqlite:relay.db or postgresql://user@host/name. Stop relay before you copy, and
    set store.url afterwards.
    """
    home = home_of(ctx)
    rows = asyncio.run(_copy(home, source, target))
    if as_json:
        print_json(rows)
    say(f"copied: {rows['pair']} pairs, {rows['journal']} journal entries, {rows['delivery']} deliveries still due")
    say(f"Now set store.url in {home.toml} to the new database, and start relay.")


def _place(home: Home, url: str) -> Path | str:
    try:
        return home.place(url)
    except HomeError:
        form = "give sqlite:relay.db or postgresql://user@host/name"
        raise click.UsageError(f"{url} names no database: {form}") from None


async def _copy(home: Home, source: str, target: str) -> dict[str, int]:
    vault, target_url = home.read_vault(), _place(home, target)
    store = await Store.open(_place(home, source), vault, checkpoints=False, before=backing_up(home, now))
    try:
        if await store.key_change.under_way() is not None:
            raise StoreError("the vault key is being replaced; let relay vault rotate finish first")
        await Store.create(target_url, vault)
        return await store.copy_into(target_url)
    finally:
        await store.close()
