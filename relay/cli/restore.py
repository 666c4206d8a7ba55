"""relay restore: a home from a backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from relay.cli.output import say
from relay.cli.session import home_of
from relay.upkeep.backup import restore as restored


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--hold", is_flag=True, help="Deliver nothing yet: what was waiting may have arrived since the backup.")
@click.pass_context
def restore(ctx: click.Context, file: Path, hold: bool) -> None:
    """Make a home of the backup FILE, in a folder that is new, or holds only the folder of its keys."""
    home = home_of(ctx)
    waiting = asyncio.run(restored(home, file, hold=hold))
    say(f"relay is at home in {home.path} again")
    if waiting and hold:
        say(f"{waiting} deliveries are held: see relay queue list, then relay queue retry or drop each")
    elif waiting:
        say(f"{waiting} deliveries go out when relay serves; those that arrived after the backup arrive once more")
    say(f"See whether anything is wrong: relay --home {home.path} check")
