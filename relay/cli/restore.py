"""relay restore: restores a home from a backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import home_of, now, who_types
from relay.cli.verbs import Verb
from relay.operations.counted import counted
from relay.operations.restore import Given, Restored
from relay.operations.restore import restore as restore_home


@click.command(cls=Verb)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--hold", is_flag=True, help="Hold the queued letters: they may have been delivered since the backup.")
@click.option(
    "--unsealed", is_flag=True, help="Accept a backup of an old relay, which cannot show whether it was altered."
)
@click.option(
    "--old-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The vault.key from when the backup was made, if it was replaced since.",
)
@click.option(
    "--forgotten",
    "ledgers",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of keys/forgotten, the ledger of forgotten members; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def restore(
    ctx: click.Context,
    file: Path,
    *,
    hold: bool,
    unsealed: bool,
    old_key: Path | None,
    ledgers: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Restore a home from the backup FILE, into a folder that is new or holds only its keys folder.

    A backup that was altered is refused. Nothing is written outside of the folder. Members who were forgotten after the
    backup was made, as the ledger keys/forgotten says, are forgotten again.
    """
    home = home_of(ctx)
    given = Given(old_key, ledgers, who_types())
    result = asyncio.run(restore_home(home, file, now(), hold=hold, unsealed=unsealed, given=given))
    if as_json:
        counts = {"due": result.due, "held": hold, "forgotten": result.forgotten, "legal_hold": result.kept}
        print_json({"home": str(home.path), **counts, "sealed": result.sealed, "warnings": _warnings(result)})
    say(f"relay has its home in {home.path} again")
    if result.due and hold:
        held = counted(result.due, "delivery is", "deliveries are")
        say(f"{held} held: see relay queue list, then relay queue release or drop each")
    elif result.due:
        due = counted(result.due, "delivery leaves", "deliveries leave")
        say(f"{due} when relay starts; any delivered since the backup will arrive twice")
    if result.forgotten:
        say(f"{result.forgotten} people were forgotten after the backup was made; they are forgotten again")
    for warning in _warnings(result):
        say(f"Warning: {warning}")
    say(f"See whether anything is wrong: relay --home {home.path} check")


def _warnings(result: Restored) -> list[str]:
    """What the operator must look at before relay starts."""
    warnings = [f"{fault}; correct it before you start relay" for fault in result.faults]
    if not result.sealed:
        warnings.append(
            "this backup cannot show whether it was altered: read relay.toml and your own templates before you start "
            "relay"
        )
    if result.forgotten is None:
        warnings.append(
            "there is no ledger of forgotten members in keys, so people who were forgotten after this backup are back. "
            "If you have a copy of it, restore again with --forgotten FILE; if not, forget them again with relay "
            "member forget"
        )
    warnings += [
        f"pair {pair} is on legal hold in this backup, so members of it who were forgotten after the backup was made "
        f"are back. If the hold was lifted since, relay pair hold-legal {pair} off forgets them again"
        for pair in result.kept
    ]
    if result.foreign and not result.faults:
        warnings.append(
            "store.url in relay.toml lies outside of the home, and restore writes nothing there. The database is "
            f'{result.database}. Set store.url = "sqlite:{result.database.name}", or move the file yourself'
        )
    return warnings
