"""relay restore: a home from a backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from relay.cli.output import say
from relay.cli.session import home_of, now
from relay.operations.restore import Given, Restored
from relay.operations.restore import restore as restored


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--hold", is_flag=True, help="Deliver nothing yet: what was waiting may have arrived since the backup.")
@click.option(
    "--unsealed", is_flag=True, help="Also take a backup of an old relay, which does not show whether it was altered."
)
@click.option(
    "--old-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The vault.key that the backup was made under, when another one lies in keys now.",
)
@click.option(
    "--forgotten",
    "ledgers",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A ledger (keys/forgotten) kept elsewhere; repeatable.",
)
@click.pass_context
def restore(
    ctx: click.Context, file: Path, *, hold: bool, unsealed: bool, old_key: Path | None, ledgers: tuple[Path, ...]
) -> None:
    """Make a home of the backup FILE, in a folder that is new, or holds only the folder of its keys.

    A backup that was altered since it was made is not restored. Nothing is made outside of the folder. Whoever was
    forgotten after the backup was made, and so stands in the ledger keys/forgotten, is forgotten again.
    """
    home = home_of(ctx)
    made = asyncio.run(restored(home, file, now(), hold=hold, unsealed=unsealed, given=Given(old_key, ledgers)))
    say(f"relay is at home in {home.path} again")
    if made.due and hold:
        say(f"{made.due} deliveries are held: see relay queue list, then relay queue retry or drop each")
    elif made.due:
        say(f"{made.due} deliveries go out when relay serves; those that arrived after the backup arrive once more")
    if made.forgotten:
        say(f"{made.forgotten} people were forgotten after the backup was made; they are forgotten again")
    for warning in _warnings(made):
        say(f"Warning: {warning}")
    say(f"See whether anything is wrong: relay --home {home.path} check")


def _warnings(made: Restored) -> list[str]:
    """What the operator has to look at before relay serves."""
    warnings = [f"{fault}; correct it before you start relay" for fault in made.faults]
    if not made.sealed:
        warnings.append("this backup has no seal, so read relay.toml and your own templates before you start relay")
    if made.forgotten is None:
        warnings.append(
            "no ledger of who was forgotten lay in keys: whoever was forgotten after this backup was made is in it. If "
            "there is one, restore once more with --forgotten FILE, or forget them again (relay member forget)"
        )
    if made.foreign and not made.faults:
        warnings.append(
            "store.url in relay.toml names a place outside of the home, where restore makes nothing: the database is "
            f'{made.database}. Set store.url = "sqlite:{made.database.name}", or move it there yourself'
        )
    return warnings
