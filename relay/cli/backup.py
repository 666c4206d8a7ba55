"""relay backup: the whole home in one file."""

from __future__ import annotations

from pathlib import Path

import click

from relay.cli.output import print_json, say
from relay.cli.session import Session, in_session, now
from relay.operations.backup import back_up


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, resolve_path=True, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Also the keys: whoever has the file can then read everything in it.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_context
def backup(ctx: click.Context, file: Path, with_keys: bool, as_json: bool) -> None:
    """Save settings, own templates and database, as they are at this moment, into a new FILE.

    relay may go on meanwhile. The keys stay out: keep them at another place, for FILE is useless without them.
    FILE carries a seal made with the vault key, by which relay restore notices what was altered since.
    """

    async def work(session: Session) -> int:
        return await back_up(session.home, session.store, file, now(), keys=with_keys)

    octets = in_session(ctx, work)
    if as_json:
        print_json({"file": str(file), "octets": octets, "keys": with_keys})
    say(f"saved: {file} ({octets:,} octets)")
    if not with_keys:
        say("The keys are not in it. See that keys/vault.key lies at a second, safe place.")
